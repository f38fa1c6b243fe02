// A customer who is blocked is not heard and hears nothing, everywhere at once, until somebody lets them in again; and what was
// said can be saved as a text.
import { readFileSync } from 'node:fs';
import type { Browser, Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';
import { Shop, Visitor } from '../counterparts/shop.ts';
import { Switchboard } from '../counterparts/switchboard.ts';

const PHONE = '5511900000001';

/** Priya holds a chat with Ana. */
async function held(browser: Browser) {
  const { meta, switchboard, discard } = await withWhatsApp('people');
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  await meta.writes(PHONE, 'Ana Lima', 'Win a prize now');
  await opens(desk, 'Ana Lima');
  return { meta, switchboard, page, desk, discard };
}

/** Takes the chat, unless it was given to one already. */
async function opens(desk: Console, name: string): Promise<void> {
  await desk.follows('/assigned');
  await desk.opens(name);
  await desk.page.locator('.composer__mode', { hasText: 'Reply' }).waitFor();
}

async function chooses(page: Page, item: string): Promise<void> {
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

test('a customer who is blocked in one browser is blocked in every other, and let in again', async ({ browser }) => {
  const { meta, switchboard, page, desk, discard } = await held(browser);
  const path = new URL(page.url()).pathname;
  await switchboard.invite(page, 'tom@acme.example', 'Tom Becker', 'admin');
  const other = new Console(await switchboard.signIn(browser, 'tom@acme.example'));
  for (const console of [desk, other]) await console.follows(path);
  await desk.composer().fill('Please stop that');

  await chooses(page, 'Block customer…');
  const dialog = page.getByRole('dialog', { name: 'Block customer' });
  await expect(dialog).toContainText('What they write on WhatsApp is dropped');
  await expect(dialog.getByRole('button', { name: 'Cancel' })).toBeFocused();
  await axeFindsNothing(page);
  await dialog.getByRole('button', { name: 'Block', exact: true }).click();
  await expect(dialog).toBeHidden();

  await expect(desk.composer()).toHaveCount(0);
  await expect(page.getByText('You blocked this customer')).toBeVisible();
  await desk.sees('You blocked the customer: what they write is dropped');
  await expect(page.locator('.header .chip', { hasText: 'Blocked' })).toBeVisible();
  await axeFindsNothing(page);
  await expect(other.page.getByText('Priya Raman blocked this customer')).toBeVisible();
  await other.sees('Priya Raman blocked the customer: what they write is dropped');
  await expect(other.card('Ana Lima').locator('.chip', { hasText: 'Blocked' })).toBeVisible();

  expect((await meta.writes(PHONE, 'Ana Lima', 'Hear me out')).status).toBe(200);
  // The colleague lets them in again; what comes then is heard, and the word before it never was.
  await chooses(other.page, 'Unblock customer');
  await expect(other.page.getByText('Customer unblocked.')).toBeVisible();
  await desk.sees('Tom Becker unblocked the customer');
  await expect(desk.composer()).toHaveValue('Please stop that');
  await meta.writes(PHONE, 'Ana Lima', 'I am sorry');
  await desk.sees('I am sorry');
  expect(await desk.words()).toEqual(['Win a prize now', 'I am sorry']);
  await desk.replies('All right.');
  await expect.poll(() => meta.sent.some((sent) => sent.text?.body === 'All right.')).toBe(true);
  await discard();
});

test('a visitor who is blocked is told so decently and keeps their words', async ({ browser }) => {
  const switchboard = await Switchboard.withAdmin();
  await switchboard.start();
  const page = await switchboard.signIn(browser);
  await page.goto('/admin/channels');
  const snippet = await page.getByText('data-channel=').first().innerText();
  const shop = await Shop.open(switchboard.url, /data-channel="([0-9a-f-]+)"/.exec(snippet)?.[1] ?? '');
  const visitor = await Visitor.arrive(browser, shop);
  await visitor.writes('Win a prize now');
  await visitor.sees(/talk to a person|order/i);
  const desk = new Console(page);
  await desk.follows('/live');
  await page.locator('.card').first().click();
  await desk.sees('Win a prize now');

  await chooses(page, 'Block customer…');
  await page.getByRole('dialog').getByRole('button', { name: 'Block', exact: true }).click();
  await expect(page.getByText('You blocked this customer')).toBeVisible();
  await visitor.writes('A real question');

  await visitor.sees('Not sent: this chat takes no messages from you now.');
  await visitor.chat.getByRole('button', { name: 'Edit', exact: true }).click();
  await expect(visitor.chat.getByLabel('Your message')).toHaveValue('A real question');
  expect(await visitor.chat.getByRole('log').innerText()).not.toMatch(/block/i);
  shop.close();
  await switchboard.discard();
});

test('a conversation is saved as a text without what only the team knows', async ({ browser }) => {
  const { page, desk, discard } = await held(browser);
  await desk.replies('We sell jackets.\nNothing else.');
  await desk.notes('Looks like a spammer');

  const download = page.waitForEvent('download');
  await chooses(page, 'Transcript');
  const saved = await download;

  expect(saved.suggestedFilename()).toMatch(/^Transcript Ana Lima \d{4}-\d\d-\d\d\.txt$/);
  const text = readFileSync(await saved.path(), 'utf8');
  expect(text).toMatch(/^Conversation with Ana Lima\nChannel: Acme WhatsApp\nFrom .+ UTC to .+ UTC\n\nCase 1 · opened .+ UTC · open\n/);
  expect(text).toMatch(/\n\[.+ UTC\] Ana Lima: Win a prize now\n\[.+ UTC\] Priya Raman: We sell jackets\.\n {4}Nothing else\.\n$/);
  expect(text).not.toContain('spammer');
  await desk.sees('Looks like a spammer');
  await discard();
});
