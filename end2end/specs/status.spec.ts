// Closing a chat: what is not sent yet is asked about, and what the customer wrote meanwhile is seen first.
import { readFileSync } from 'node:fs';
import type { Browser } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';
import { Meta } from '../counterparts/meta.ts';

const buffer = readFileSync(new URL('../../crates/simulator/assets/receipt.pdf', import.meta.url));

/** Priya holds a chat with Ana. */
async function held(browser: Browser) {
  const { meta, switchboard, discard } = await withWhatsApp('bot');
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  await meta.writes('5511900000001', 'Ana Lima', 'Where is it?');
  await desk.goesTo('Live');
  await desk.opens('Ana Lima');
  await desk.entersChat();
  await page.locator('.composer__mode', { hasText: 'Reply' }).waitFor();
  const dialog = page.getByRole('dialog');
  const asks = async () => page.getByRole('button', { name: 'Resolve', exact: true }).click();
  return { meta, page, desk, dialog, asks, discard };
}

test('a reply that is not sent is sent first, kept or discarded, as one says', async ({ browser }) => {
  const { meta, page, desk, dialog, asks, discard } = await held(browser);
  await desk.composer().fill('It left Berlin today');
  await asks();
  await expect(dialog).toContainText('Your reply is not sent yet: “It left Berlin today”');
  await axeFindsNothing(page);
  // A key alone closes nothing.
  await page.keyboard.press('Control+Enter');
  await expect(dialog.getByRole('button', { name: 'Send and resolve' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await desk.expectCount('Archived', 1);
  await desk.sees('It left Berlin today');
  await expect.poll(() => meta.sent.map((sent) => sent.text?.body)).toContain('It left Berlin today');

  // Undone, and closed again: the words stay for the next time.
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await desk.composer().fill('One more thing');
  await asks();
  await dialog.getByRole('button', { name: 'Keep draft' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.locator('.bar')).toContainText('Your unsent reply is kept.');
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await expect(desk.composer()).toHaveValue('One more thing');

  // Files are part of a reply, with and without words.
  await page.locator('.composer input[type=file]').setInputFiles({ name: 'receipt.pdf', mimeType: 'application/pdf', buffer });
  await asks();
  await expect(dialog).toContainText('“One more thing” and a file.');
  await dialog.getByRole('button', { name: 'Discard' }).click();
  await expect(dialog).toBeHidden();
  await page.getByRole('button', { name: 'Undo' }).first().click();
  await expect(desk.composer()).toHaveValue('');
  await expect(page.getByText('receipt.pdf')).toHaveCount(0);
  expect(meta.sent.some((sent) => sent.text?.body === 'One more thing' || sent.document)).toBe(false);
  await discard();
});

test('the dialog stays until the server has answered, and says what the customer wrote meanwhile', async ({ browser }) => {
  const { meta, page, desk, dialog, asks, discard } = await held(browser);
  await asks();
  await dialog.getByRole('textbox').fill('Found it');
  await page.route('**/api/fn/update_status', (route) => route.abort());
  await dialog.getByRole('button', { name: 'Resolve chat' }).click();
  await expect(dialog.getByRole('alert')).toHaveText('The server cannot be reached. What you wrote is kept.');
  await desk.expectCount('Assigned', 1);

  // The customer writes while the answer is on its way: refused, here and not at the edge of the screen.
  await page.unroute('**/api/fn/update_status');
  let go = () => {};
  const heldBack = new Promise<void>((through) => { go = through; });
  await page.route('**/api/fn/update_status', async (route) => {
    await heldBack;
    await route.continue();
  });
  await dialog.getByRole('button', { name: 'Resolve chat' }).click();
  await meta.writes('5511900000001', 'Ana Lima', 'Hello?');
  await expect(dialog).toContainText('1 new message since you opened this.');
  go();
  await expect(dialog.getByRole('button', { name: 'Resolve chat anyway' })).toBeEnabled();
  await expect(page.locator('.toast')).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Show' }).click();
  await expect(dialog).toBeHidden();
  await desk.sees('Hello?');
  await asks();
  await expect(dialog.getByRole('textbox')).toHaveValue('Found it');
  await meta.writes('5511900000001', 'Ana Lima', 'Anybody?');
  await dialog.getByRole('button', { name: 'Resolve chat anyway' }).click();
  await expect(dialog).toBeHidden();
  await desk.expectCount('Archived', 1);
  await discard();
});

test('a comment is asked for where the rules say so, and a reason stands with it in the transcript', async ({ browser }) => {
  const { page, desk, dialog, asks, discard } = await held(browser);
  const room = new URL(page.url()).pathname;
  await asks();
  await expect(dialog.getByLabel('Reason')).toHaveCount(0);
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  await desk.follows('/admin/rules');
  await page.getByRole('switch', { name: 'A comment is required to resolve a chat' }).check();
  const reasons = page.getByLabel('Reasons for closing a chat');
  await reasons.fill('Answered\nAnswered');
  await page.getByRole('button', { name: 'Save rules' }).click();
  await expect(page.getByText('The reasons have “Answered” twice.')).toBeVisible();
  await expect(reasons).toBeFocused();
  await reasons.fill('Answered\n\n Duplicate ');
  await page.getByRole('button', { name: 'Save rules' }).click();
  await expect(page.getByText('Saved. Every open console follows.')).toBeVisible();
  await page.reload();
  await expect(reasons).toHaveValue('Answered\nDuplicate');

  await desk.follows(room);
  await asks();
  await dialog.getByLabel('Reason').selectOption('Duplicate');
  await dialog.getByRole('button', { name: 'Resolve chat' }).click();
  await expect(dialog.getByRole('alert').filter({ hasText: 'The comment is missing: nobody may resolve a chat without one.' })).toBeVisible();
  await expect(dialog.getByRole('textbox')).toBeFocused();
  await expect(dialog.getByRole('textbox')).toHaveAttribute('aria-invalid', 'true');
  await expect(dialog.getByLabel('Reason')).toHaveValue('Duplicate');
  await axeFindsNothing(page);

  // Critical needs none, and is no closing.
  await dialog.locator('label', { hasText: 'Critical' }).first().click();
  await expect(dialog.getByText('The comment is missing')).toHaveCount(0);
  await expect(dialog.getByLabel('Reason')).toHaveCount(0);
  await dialog.locator('label', { hasText: 'Resolve' }).first().click();
  await expect(dialog.getByLabel('Reason')).toHaveValue('Duplicate');
  await dialog.getByRole('textbox').fill('she wrote by mail, too');
  await dialog.getByRole('button', { name: 'Resolve chat' }).click();
  await expect(dialog).toBeHidden();
  await desk.sees(/by you · Duplicate · “she wrote by mail, too”/);
  await discard();
});

test('feedback is ticked as the channel has it, and cannot be once the window is closed', async ({ browser }) => {
  const { meta, page, desk, dialog, asks, discard } = await held(browser);
  const room = new URL(page.url()).pathname;
  const box = dialog.getByRole('checkbox', { name: /^Send a feedback message/ });
  await asks();
  await expect(box).toBeChecked();
  await dialog.locator('label', { hasText: 'Abandon' }).first().click();
  await expect(box).not.toBeChecked();
  await box.check();
  await dialog.locator('label', { hasText: 'Critical' }).first().click();
  await expect(box).toBeChecked();
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  await desk.follows('/admin/channels');
  const row = page.locator('.rows__row', { hasText: 'Acme WhatsApp' });
  await row.getByRole('button', { name: 'Settings' }).click();
  await row.getByRole('switch', { name: /Ask for feedback when a chat is resolved/ }).uncheck();
  await row.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await desk.follows(room);
  await asks();
  await expect(box).not.toBeChecked();
  await expect(box).toBeEnabled();
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  // We hear of it a day late: by Meta's clock the window is closed.
  const yesterday = String(Math.floor(Date.now() / 1000) - 25 * 3_600);
  await meta.tells({
    contacts: [{ profile: { name: 'Bea Costa' }, wa_id: '5511900000002' }],
    messages: [{ from: '5511900000002', id: 'wamid.LATE', timestamp: yesterday, type: 'text', text: { body: 'Are you there?' } }],
  });
  await desk.goesTo('Live');
  await desk.opens('Bea Costa');
  await desk.entersChat();
  // Words do not get through any more; a template does, and the composer leads to it.
  await page.locator('.composer').getByRole('button', { name: 'Send template' }).click();
  await expect(dialog.getByRole('heading', { name: 'Send template' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await asks();
  await expect(box).toBeDisabled();
  await expect(box).not.toBeChecked();
  await expect(dialog).toContainText('24-hour window closed');
  await discard();
});

test('what one has just closed is taken back after one moved on as well, each chat by itself', async ({ browser }) => {
  const { meta, page, desk, dialog, asks, discard } = await held(browser);
  for (const [phone, name] of [['5511900000002', 'Bea Costa'], ['5511900000003', 'Caio Nunes']]) {
    await meta.writes(phone, name, 'And mine?');
    await desk.goesTo('Live');
    await desk.opens(name);
    await desk.entersChat();
    await expect(page.locator('.composer__mode', { hasText: 'Reply' })).toBeVisible();
  }
  await desk.goesTo('Assigned');
  const closes = async (name: string) => {
    await desk.opens(name);
    await asks();
    await dialog.getByRole('button', { name: 'Resolve chat' }).click();
    await expect(dialog).toBeHidden();
  };
  const toast = (name: string) => page.locator('.toast', { hasText: `${name}: Chat resolved.` });
  await closes('Ana Lima');
  await expect(page.locator('.notice').getByRole('button', { name: 'Undo' })).toBeVisible();
  await expect(page.locator('.toast')).toHaveCount(0);
  await closes('Bea Costa');
  await expect(toast('Ana Lima')).toBeVisible();
  await expect(page.locator('.notice').getByRole('button', { name: 'Undo' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(toast('Bea Costa')).toBeVisible();

  // The last one first, by its key.
  await page.keyboard.press('Control+Z');
  await expect(desk.card('Bea Costa')).toBeVisible();
  await expect(toast('Bea Costa')).toHaveCount(0);

  // And by the command bar. An offer that was carried through all of this could have come to its end meanwhile.
  await closes('Bea Costa');
  await page.keyboard.press('Control+K');
  await dialog.getByRole('combobox').fill('undo');
  await page.keyboard.press('Enter');
  await expect(desk.card('Bea Costa')).toBeVisible();
  await expect(toast('Bea Costa')).toHaveCount(0);

  // In a field the key takes back what was typed, and with nothing to undo the command bar offers nothing.
  await closes('Bea Costa');
  await desk.opens('Caio Nunes');
  await desk.composer().fill('Hello');
  await page.keyboard.press('Control+Z');
  await expect(desk.composer()).toHaveValue('');
  await expect(toast('Bea Costa')).toBeVisible();
  await toast('Bea Costa').getByRole('button', { name: 'Undo' }).click();
  await expect(desk.card('Bea Costa')).toBeVisible();
  // Ana's own offer ends as well.
  await expect(page.locator('.toast')).toHaveCount(0);
  await page.keyboard.press('Control+K');
  await dialog.getByRole('combobox').fill('undo');
  await expect(dialog.getByRole('option')).toHaveCount(0);
  await discard();
});
