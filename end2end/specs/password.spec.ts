// A password is changed by whoever knows it, and replaced by a link when it is forgotten.
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { PASSWORD, Switchboard, alive, watchForCrashes } from '../counterparts/switchboard.ts';

const NEW = 'another long password';

test('an admin changes her password by keyboard alone and is signed out everywhere else', async ({ browser }) => {
  const switchboard = await Switchboard.withAdmin();
  await switchboard.start();
  const here = await switchboard.signIn(browser);
  const elsewhere = await switchboard.signIn(browser);

  await here.locator('.rail__me').focus();
  await here.keyboard.press('Enter');
  const item = here.getByRole('menuitem', { name: 'Account and password…' });
  await item.waitFor();
  for (let step = 0; step < 6; step += 1) await here.keyboard.press('ArrowDown');
  await expect(item).toBeFocused();
  await here.keyboard.press('Enter');
  const dialog = here.getByRole('dialog');
  await expect(dialog.getByLabel('Current password')).toBeFocused();
  await here.keyboard.type('not my password');
  await here.keyboard.press('Tab');
  await here.keyboard.type(NEW);
  await here.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toHaveText('The current password is wrong.');
  await expect(dialog.getByLabel('New password')).toHaveValue(NEW);

  await dialog.getByLabel('Current password').focus();
  await here.keyboard.press('ControlOrMeta+A');
  await here.keyboard.type(PASSWORD);
  await here.keyboard.press('Enter');
  await expect(here.getByText('Password changed. You are signed out everywhere else.')).toBeVisible();
  await expect(dialog).toBeHidden();
  await elsewhere.waitForURL(/\/sign-in/);
  await here.reload();
  await alive(here);
  await expect(here).toHaveURL(/\/live/);
  await elsewhere.close();
  await switchboard.discard();
});

test('somebody who forgot their password follows a link from their admin, once', async ({ browser }) => {
  const switchboard = await Switchboard.withAdmin();
  await switchboard.start();
  const priya = await switchboard.signIn(browser);
  await switchboard.invite(priya, 'maria@acme.example', 'Maria Souza', 'agent');
  await new Console(priya).follows('/admin/people');
  await priya.locator('.rows__row', { hasText: 'Maria Souza' }).getByRole('button', { name: 'Reset password' }).click();
  const dialog = priya.getByRole('dialog', { name: 'New password for Maria Souza' });
  const link = await dialog.locator('.secret__text').innerText();
  await dialog.getByRole('button', { name: 'Done' }).click();
  await expect(dialog).toBeHidden();

  const maria = await (await browser.newContext()).newPage();
  watchForCrashes(maria);
  await maria.goto(link);
  await alive(maria);
  await maria.getByLabel('New password').fill('short');
  await maria.getByRole('button', { name: 'Save and sign in' }).click();
  await expect(maria.getByRole('alert')).toHaveText('The password must have 10 to 200 characters.');
  await maria.getByLabel('New password').fill(NEW);
  await maria.getByRole('button', { name: 'Save and sign in' }).click();
  await maria.waitForURL(/\/live/);

  const late = await (await browser.newContext()).newPage();
  await late.goto(link);
  await expect(late.getByText('This link cannot be used')).toBeVisible();
  await switchboard.discard();
});
