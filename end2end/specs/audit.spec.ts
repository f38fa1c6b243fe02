// The audit trail: who changed what, for admins and, of their own teams, for managers; an agent has no such page.
import type { Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';

const lines = (page: Page) => page.getByRole('list', { name: 'What was done' }).getByRole('listitem');

test('what an admin does stands in the audit trail, which a manager reads of their team and an agent not at all', async ({ browser }) => {
  const { switchboard, discard } = await withWhatsApp('people');
  const priya = await switchboard.signIn(browser);
  const admin = new Console(priya);
  await switchboard.invite(priya, 'maria@acme.example', 'Maria Souza', 'agent');
  await switchboard.invite(priya, 'tom@acme.example', 'Tom Becker', 'team_manager');
  await admin.addsTeam('Billing');
  await priya.getByRole('button', { name: 'Rename Billing' }).click();
  await priya.getByLabel('New name of Billing').fill('Money matters');
  await priya.keyboard.press('Enter');
  await priya.locator('.rows__row', { hasText: 'Money matters' }).waitFor();
  await priya.getByRole('link', { name: 'People', exact: true }).click();
  await priya.getByLabel('Role of Maria Souza').selectOption('Team manager');
  await expect(priya.getByText('Saved.')).toBeVisible();
  await priya.getByLabel('Role of Maria Souza').selectOption('Agent');

  await priya.getByRole('link', { name: 'Audit', exact: true }).click();
  await expect(lines(priya).first()).toContainText('Priya Raman changed the role of Maria Souza from Team manager to Agent');
  await expect(lines(priya).nth(1)).toContainText('Priya Raman changed the role of Maria Souza from Agent to Team manager');
  await expect(lines(priya).nth(2)).toContainText('Priya Raman renamed the team “Billing” to “Money matters”');
  await expect(lines(priya).last()).toContainText('The command line set up this Switchboard, with Priya Raman as its first admin');
  await axeFindsNothing(priya);

  // By keyboard: one person's acts, which the address keeps.
  await priya.getByLabel('Who did it').focus();
  await priya.keyboard.type('Tom');
  await expect(lines(priya)).toHaveCount(1);
  await expect(lines(priya)).toContainText('Tom Becker joined as a Team manager into “Support”, invited by Priya Raman');
  await expect(priya).toHaveURL(/\/admin\/audit\?person=/);
  await priya.reload();
  await expect(lines(priya)).toHaveCount(1);
  await expect(priya.getByLabel('Who did it').locator('option:checked')).toHaveText('Tom Becker');

  const tom = await switchboard.signIn(browser, 'tom@acme.example');
  await new Console(tom).follows('/admin/audit');
  await expect(lines(tom).first()).toContainText('changed the role of Maria Souza');
  await expect(tom.getByText('Money matters')).toHaveCount(0);

  const maria = await switchboard.signIn(browser, 'maria@acme.example');
  await new Console(maria).follows('/admin/audit');
  await expect(maria.getByText('This page is for admins')).toBeVisible();
  await expect(maria.getByRole('link', { name: 'Audit' })).toHaveCount(0);
  await discard();
});

test('a long trail comes page by page, by keyboard, and the last page leaves the focus in the list', async ({ browser }) => {
  const { switchboard, discard } = await withWhatsApp('people');
  const priya = await switchboard.signIn(browser);
  await switchboard.invite(priya, 'maria@acme.example', 'Maria Souza', 'agent');
  await new Console(priya).follows('/admin/people');
  for (let capacity = 10; capacity < 62; capacity += 1) {
    const saved = priya.waitForResponse((response) => response.url().endsWith('/update_person'));
    await priya.getByLabel('How many rooms Maria Souza is given automatically').fill(String(capacity));
    await priya.keyboard.press('Enter');
    expect((await saved).ok()).toBe(true);
    await expect(priya.getByLabel('How many rooms Maria Souza is given automatically')).toHaveValue(String(capacity));
  }

  await new Console(priya).follows('/admin/audit');
  await expect(lines(priya)).toHaveCount(50);
  await priya.getByRole('button', { name: 'Show more' }).focus();
  await priya.keyboard.press('Enter');
  await expect(lines(priya).last()).toContainText('set up this Switchboard');
  await expect(priya.getByRole('button', { name: 'Show more' })).toHaveCount(0);
  await expect(priya.getByRole('list', { name: 'What was done' })).toBeFocused();
  await discard();
});
