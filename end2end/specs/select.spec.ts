// Bulk actions: a manager selects chats and does one thing in all of them; what refuses says why and stops no other. What is
// selected is also saved as a file for a spreadsheet.
import { readFileSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** Tom manages Support, to whose queue Ana and Bia have written; Caio's message is a day old, and so his window is closed. */
async function waiting(browser: Browser, options = {}) {
  const { meta, switchboard, discard } = await withWhatsApp('people');
  const priya = await switchboard.signIn(browser);
  await switchboard.invite(priya, 'tom@acme.example', 'Tom Becker', 'team_manager');
  const page = await switchboard.signIn(browser, 'tom@acme.example', options);
  // Nobody is given anything by itself.
  for (const one of [priya, page]) {
    await one.getByRole('button', { name: 'You' }).locator('visible=true').click();
    await one.getByRole('menuitemradio', { name: 'Away' }).click();
  }
  await meta.tells({
    contacts: [{ profile: { name: 'Caio Nunes' }, wa_id: '5511900000003' }],
    messages: [{ from: '5511900000003', id: 'wamid.OLD', timestamp: String(Math.floor(Date.now() / 1000) - 25 * 3600), type: 'text', text: { body: 'Anybody there?' } }],
  });
  await meta.writes('5511900000001', 'Ana Lima', 'Is it the storm?');
  await meta.writes('5511900000002', 'Bia Reis', 'The storm?');
  const desk = new Console(page);
  await desk.follows('/live');
  await desk.expectCount('Live', 3);
  return { meta, switchboard, priya, page, desk, dialog: page.getByRole('dialog'), discard };
}

const row = (page: Page, name: string) => page.locator('.selecting').getByRole('checkbox', { name });
const selected = (page: Page) => page.locator('.selecting__count');

/** The lines of the file that Export saves, without the titles. */
async function exported(page: Page) {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export', exact: true }).press('Enter');
  const saved = await download;
  expect(saved.suggestedFilename()).toMatch(/^Chats \d{4}-\d\d-\d\d\.csv$/);
  const text = readFileSync(await saved.path(), 'utf8');
  expect(text).toMatch(/^\uFEFFChat,Customer,Phone,E-mail,Channel,Team,Case,/);
  return text.split('\r\n').slice(1, -1);
}

test('a manager selects three chats and resolves them, and the one that refuses says why and stays', async ({ browser }) => {
  const { meta, priya, page, desk, dialog, discard } = await waiting(browser);
  // By keyboard: what the list had at its top has the focus, and arrows go on.
  await page.getByRole('button', { name: 'Select chats' }).press('Enter');
  await expect(row(page, 'Bia Reis')).toBeFocused();
  await page.keyboard.press('Space');
  await expect(selected(page)).toContainText('1 selected');
  await page.keyboard.press('ArrowDown');
  await expect(row(page, 'Ana Lima')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.locator('.selecting')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Select chats' })).toBeFocused();

  // With Shift, all between are taken.
  await page.keyboard.press('x');
  await row(page, 'Bia Reis').click();
  await row(page, 'Caio Nunes').click({ modifiers: ['Shift'] });
  await expect(selected(page)).toContainText('3 selected');
  await expect(row(page, 'Ana Lima')).toBeChecked();
  await axeFindsNothing(page);

  await page.getByRole('button', { name: 'Update status…' }).click();
  await dialog.getByRole('textbox').fill('The storm is over');
  await expect(dialog).toContainText('1 chat cannot be asked and stays as it is: 24-hour window closed');
  await axeFindsNothing(page, 'dialog');
  await dialog.getByRole('button', { name: 'Resolve 3 chats' }).click();
  await expect(dialog).toContainText('2 of 3 chats resolved.');
  await expect(dialog.getByRole('list', { name: 'Not done' })).toContainText('Caio Nunes');
  await expect(dialog.getByRole('list', { name: 'Not done' })).toContainText('The 24-hour window is closed');
  await dialog.getByText('Done in 2 chats').click();
  await expect(dialog.getByRole('list', { name: 'Done', exact: true }).getByRole('link')).toHaveText(['Ana Lima', 'Bia Reis']);
  await axeFindsNothing(page, 'dialog');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect.poll(() => meta.sent.map((sent) => sent.to).sort(), { timeout: 20_000 }).toEqual(['5511900000001', '5511900000002']);

  // What refused is still selected; without asking it goes, and is taken back.
  await expect(selected(page)).toContainText('1 selected');
  await page.getByRole('button', { name: 'Update status…' }).click();
  await expect(dialog.getByRole('checkbox')).toBeDisabled();
  await dialog.getByRole('button', { name: 'Resolve 1 chat' }).click();
  await expect(dialog).toContainText('1 chat resolved.');
  await dialog.getByRole('button', { name: 'Undo in 1 chat' }).click();
  await expect(dialog).toContainText('1 chat as before.');
  await page.keyboard.press('Escape');
  await expect(page.locator('.selecting')).toHaveCount(0);
  await expect(desk.card('Caio Nunes')).toBeVisible();

  // What leaves the list is selected no more.
  await page.keyboard.press('x');
  await row(page, 'Caio Nunes').click();
  const admin = new Console(priya);
  await admin.follows('/live');
  await admin.opens('Caio Nunes');
  await admin.entersChat();
  await expect(selected(page)).toContainText('1 left the list');
  await expect(page.getByRole('button', { name: 'Update status…' })).toHaveCount(0);

  // Back to the queue.
  await page.keyboard.press('Escape');
  await desk.goesTo('Assigned');
  await page.keyboard.press('x');
  await row(page, 'Caio Nunes').click();
  await page.getByRole('button', { name: 'Return to queue…' }).click();
  await page.keyboard.press('Control+Enter');
  await expect(dialog).toContainText('1 chat back in the queue.');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(page.locator('.selecting')).toHaveCount(0);

  // What is archived is only exported, with the words it was closed with.
  await desk.goesTo('Archived');
  await page.getByRole('button', { name: 'Select chats' }).click();
  await expect(row(page, 'Ana Lima')).toBeVisible();
  await page.keyboard.press('Control+a');
  await expect(selected(page)).toContainText('2 selected');
  await expect(page.locator('.selecting__bar').getByRole('button')).toHaveText(['Export']);
  const lines = await exported(page);
  expect(lines).toHaveLength(2);
  for (const line of lines) expect(line).toMatch(/^http.+\/archived\/.+,\+551190000000[12],,Acme WhatsApp,Support,1,.+,Tom Becker,Resolved,No,.*,The storm is over,,,\d+$/);
  await discard();
});

test('two selected chats are saved as a file for a spreadsheet, which takes no name for a formula', async ({ browser }) => {
  const { meta, page, desk, discard } = await waiting(browser, PHONE);
  await meta.writes('5511900000004', '=1+1, "Duda"', 'Is it the storm?');
  await desk.expectCount('Live', 4);
  await page.getByRole('button', { name: 'Select chats' }).tap();
  await expect(page.getByRole('button', { name: 'Export' })).toHaveCount(0);
  await row(page, '=1+1, "Duda"').tap();
  await row(page, 'Ana Lima').tap();
  await expect(page.getByRole('button', { name: 'Export' })).toBeInViewport({ ratio: 1 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await axeFindsNothing(page);

  const lines = await exported(page);

  // As they stand in the list.
  expect(lines).toHaveLength(2);
  expect(lines[0]).toContain('/live/');
  expect(lines[0]).toContain(`,"'=1+1, ""Duda""",+5511900000004,`);
  expect(lines[1]).toContain(',Ana Lima,+5511900000001,');
  await expect(page.getByText('The chats are exported.')).toBeVisible();
  await expect(selected(page)).toContainText('2 selected');

  // One that fails is told, and nothing is saved.
  await page.route('/rooms/export', (route) => route.fulfill({ status: 422, json: { error: { field: 'rooms', message: 'The rooms cannot be read.' } } }));
  await page.getByRole('button', { name: 'Export' }).tap();
  await expect(page.getByText('The rooms cannot be read.')).toBeVisible();
  await discard();
});

test('on a phone a manager takes chats together, and an agent selects none', async ({ browser }) => {
  const { switchboard, priya, page, desk, dialog, discard } = await waiting(browser, PHONE);
  await page.getByRole('button', { name: 'Select chats' }).tap();
  await row(page, 'Ana Lima').tap();
  await row(page, 'Caio Nunes').tap();
  await expect(selected(page)).toContainText('2 selected');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  await axeFindsNothing(page);
  await page.getByRole('button', { name: 'Assign…' }).tap();
  await dialog.getByText('Tom Becker (you)').tap();
  await axeFindsNothing(page, 'dialog');
  await dialog.getByRole('button', { name: 'Assign 2 chats' }).tap();
  await expect(dialog).toContainText('2 chats assigned.');
  await dialog.getByRole('button', { name: 'Close' }).tap();
  await desk.expectCount('Assigned', 2);
  await desk.expectCount('Live', 1);

  // Who joins is given what waits.
  await switchboard.invite(priya, 'maria@acme.example', 'Maria Souza', 'agent');
  const maria = await switchboard.signIn(browser, 'maria@acme.example');
  const agent = new Console(maria);
  await agent.follows('/assigned');
  await expect(agent.card('Bia Reis')).toBeVisible();
  // Once what comes later is there, the edge of the list is.
  await maria.getByRole('separator').waitFor();
  await expect(maria.getByRole('button', { name: 'Select chats' })).toHaveCount(0);
  await discard();
});

test('every chat of a long list is selected, and their number is confirmed in words', async ({ browser }) => {
  const { meta, page, desk, dialog, discard } = await waiting(browser);
  for (let number = 10; number < 65; number += 1) await meta.writes(`55119000000${number}`, `Customer ${number}`, 'Is it the storm?');
  await desk.expectCount('Live', 58);
  await page.reload();
  await page.getByRole('button', { name: 'Select chats' }).click();
  // A page of them, and those in which something was said since.
  await page.getByRole('checkbox', { name: /^All 5\d loaded$/ }).check();
  await expect(selected(page)).toContainText(/5\d selected/);
  await page.getByRole('button', { name: 'Select all in this list' }).click();
  await expect(selected(page)).toContainText('58 selected');
  expect(await exported(page)).toHaveLength(58);
  // Of more than can be selected at once, the file has all, until one is taken out.
  await page.route('**/list_matching', async (route) => {
    const matching = await (await route.fetch()).json();
    await route.fulfill({ json: { ...matching, rooms: matching.rooms.slice(0, 5), is_cut: true } });
  });
  await page.getByRole('button', { name: 'Select all in this list' }).click();
  await expect(selected(page)).toContainText('5 selected');
  await expect(page.locator('.selecting__cut')).toContainText('An export has all.');
  expect(await exported(page)).toHaveLength(58);
  await page.locator('.selecting').getByRole('checkbox', { name: 'Customer', checked: true }).first().uncheck();
  expect(await exported(page)).toHaveLength(4);
  await page.unroute('**/list_matching');
  await page.getByRole('button', { name: 'Select all in this list' }).click();
  await expect(selected(page)).toContainText('58 selected');
  await page.getByRole('button', { name: 'Update status…' }).click();
  await dialog.locator('label', { hasText: 'Abandon' }).click();
  await dialog.getByRole('button', { name: 'Abandon 58 chats' }).click();
  await expect(dialog.getByRole('alert').filter({ hasText: 'Abandon fifty-eight chats?' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Yes, abandon 58 chats' }).click();
  await expect(dialog).toContainText('58 chats abandoned.');
  await dialog.getByRole('button', { name: 'Undo in 58 chats' }).click();
  await expect(dialog).toContainText('58 chats as before.');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await desk.expectCount('Live', 58);
  await discard();
});
