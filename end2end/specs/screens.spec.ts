// axe finds nothing on the pages that lead into the console.
import type { Browser, Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { PASSWORD, Switchboard, alive, watchForCrashes } from '../counterparts/switchboard.ts';

const PHONE = { viewport: { width: 390, height: 844 } };

test('axe finds nothing on the way in: first run, signing in, an invitation and a forgotten password', async ({ browser }) => {
  test.setTimeout(300_000);
  const switchboard = await Switchboard.prepare();
  await switchboard.start();
  const page = await stranger(browser, switchboard.url);
  await page.goto('/');
  await page.waitForURL(/\/setup/);
  await alive(page);
  await axeFindsNothing(page);
  await page.getByLabel('Your name').fill('Priya Raman');
  await page.getByLabel('E-mail').fill('priya@acme.example');
  await page.getByLabel('Password').fill('short');
  await page.getByRole('button', { name: 'Create the admin' }).click();
  await page.getByRole('alert').filter({ hasText: 'must have' }).waitFor();
  await axeFindsNothing(page);
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create the admin' }).click();
  await page.waitForURL(/\/live/);
  await alive(page);

  const guest = await stranger(browser, switchboard.url);
  await guest.goto('/sign-in');
  await alive(guest);
  await axeFindsNothing(guest);
  await guest.getByLabel('E-mail').fill('priya@acme.example');
  await guest.getByLabel('Password').fill('not her password');
  await guest.getByRole('button', { name: 'Sign in' }).click();
  await guest.getByRole('alert').filter({ hasText: /\S/ }).first().waitFor();
  await axeFindsNothing(guest);

  await new Console(page).follows('/admin/people');
  await page.locator('.invite__email input').fill('maria@acme.example');
  await page.getByRole('button', { name: 'Invite' }).click();
  const invitation = await page.locator('.secret__text').innerText();
  await axeFindsNothing(page);
  await guest.goto(invitation);
  await alive(guest);
  await axeFindsNothing(guest);
  await guest.getByLabel('Your name').fill('Maria Souza');
  await guest.getByLabel('Password').fill(PASSWORD);
  await guest.getByRole('button', { name: /join/i }).click();
  await guest.waitForURL(/\/live/);

  await new Console(page).follows('/admin/people');
  await page.locator('.rows__row', { hasText: 'Maria Souza' }).getByRole('button', { name: 'Reset password' }).click();
  const dialog = page.getByRole('dialog');
  const link = await dialog.locator('.secret__text').innerText();
  await axeFindsNothing(page, 'dialog');
  const forgetful = await stranger(browser, switchboard.url, PHONE);
  for (const address of [link, `${invitation}x`]) {
    await forgetful.goto(address);
    await alive(forgetful);
    await axeFindsNothing(forgetful);
  }
  await switchboard.discard();
});

/** Somebody who is not signed in. */
async function stranger(browser: Browser, url: string, options = {}): Promise<Page> {
  const context = await browser.newContext({ baseURL: url, ...options });
  const page = await context.newPage();
  watchForCrashes(page);
  return page;
}
