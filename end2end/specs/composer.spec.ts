// What an agent does with files and with a customer's message, and what the customer gets of it.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';
import { Shop, Visitor } from '../counterparts/shop.ts';
import { Switchboard } from '../counterparts/switchboard.ts';

const buffer = readFileSync(new URL('../../crates/simulator/assets/parcel.jpg', import.meta.url));
const parcel = { name: 'parcel.jpg', mimeType: 'image/jpeg', buffer };
const receipt = { name: 'receipt.pdf', mimeType: 'application/pdf', buffer: readFileSync(new URL('../../crates/simulator/assets/receipt.pdf', import.meta.url)) };

test('files are pasted, taken back and sent with words; a message is answered by name and signed', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('bot');
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  await meta.writes('5511900000001', 'Ana Lima', 'Is it the blue one?');
  await desk.opens('Ana Lima');
  await desk.entersChat();
  await expect(desk.composer()).toBeVisible();
  await expect.poll(() => meta.sent.length).toBeGreaterThan(0);
  const before = meta.sent.length;

  await pastes(page, 'first.jpg');
  await pastes(page, 'second.jpg');
  const chips = page.getByRole('list', { name: 'Files to send' }).getByRole('listitem');
  await expect(chips).toHaveCount(2);
  await page.getByRole('button', { name: 'Remove first.jpg' }).click();
  await expect(chips).toHaveText(/second\.jpg/);
  await desk.composer().fill('This one');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect.poll(() => meta.sent.slice(before)).toEqual([expect.objectContaining({ type: 'image', image: expect.objectContaining({ caption: 'This one' }) })]);
  expect(meta.files.get(meta.sent.at(-1)!.image!.id)?.content.length).toBe(buffer.length);
  await page.locator('.composer input[type=file]').setInputFiles(receipt);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect.poll(() => meta.sent.at(-1)?.document?.filename).toBe('receipt.pdf');

  // Files are dropped anywhere on the conversation, also while a note is written; a miss leaves the page where it is.
  await page.locator('.composer__mode', { hasText: 'Private note' }).click();
  await desk.composer().fill('For the team');
  await drags(page, 'dragover', '.transcript');
  await expect(page.locator('.drop-zone')).toHaveText('Drop files for your reply to Ana Lima on WhatsApp');
  await drags(page, 'dragover', '.list');
  await expect(page.locator('.drop-zone')).toHaveCount(0);
  await drags(page, 'drop', '.list');
  await expect(chips).toHaveCount(0);
  await drags(page, 'dragover', '.header');
  await expect(page.locator('.drop-zone')).toBeVisible();
  await drags(page, 'drop', '.transcript');
  await expect(page.locator('.drop-zone')).toHaveCount(0);
  await expect(chips).toHaveText(/parcel\.jpg/);
  await expect(desk.composer()).toBeFocused();
  await expect(desk.composer()).toHaveValue('');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect.poll(() => meta.sent.at(-1)?.type).toBe('image');

  const question = page.locator('.bubble--them', { hasText: 'Is it the blue one?' });
  await question.hover();
  await question.getByRole('button', { name: 'Reply or react' }).click();
  await page.getByRole('menuitem', { name: 'Reply' }).click();
  await expect(page.getByText('Reply to: Is it the blue one?')).toBeVisible();
  await desk.replies('Yes, that one');
  await expect.poll(() => meta.sent.at(-1)).toMatchObject({ text: { body: 'Yes, that one' }, context: { message_id: 'wamid.IN1' } });
  await expect(page.getByText('Reply to:')).toBeHidden();

  for (const [emoji, width] of [['👍', 1440], ['', 390]] as const) {
    await page.setViewportSize({ width, height: 844 });
    await page.getByRole('log').evaluate((log) => log.scrollTo(0, 0));
    await question.hover();
    await question.getByRole('button', { name: 'Reply or react' }).click();
    await isSeenWhole(page);
    await page.getByRole('menuitemradio', { name: '👍' }).click();
    await expect.poll(() => meta.sent.at(-1)?.reaction).toEqual({ message_id: 'wamid.IN1', emoji });
  }
  await discard();
});

test('a visitor and an agent send each other pictures in the chat of a site', async ({ browser }) => {
  const switchboard = await Switchboard.withAdmin();
  const channel = switchboard.command(['channel', 'list']).split('\n')[0].split(' ')[0];
  await switchboard.start();
  const shop = await Shop.open(switchboard.url, channel);
  const visitor = await Visitor.arrive(browser, shop);
  await visitor.chat.locator('input[type=file]').setInputFiles(parcel);
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  await page.locator('.card').first().click();
  await expect.poll(() => widths(page.getByRole('log').locator('.bubble--them img'))).toEqual([expect.any(Number)]);
  await desk.entersChat();
  await page.locator('.composer input[type=file]').setInputFiles({ ...parcel, name: 'ours.jpg' });
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(visitor.chat.getByRole('log').getByAltText('ours.jpg')).toBeVisible();
  await expect.poll(() => widths(visitor.chat.getByRole('log').getByAltText('ours.jpg'))).toEqual([expect.any(Number)]);
  shop.close();
  await switchboard.discard();
});

/** The open menu is within the transcript, above which and beside which it would be cut off. */
async function isSeenWhole(page: Page): Promise<void> {
  const edges = (element: Element) => { const { left, top, right, bottom } = element.getBoundingClientRect(); return { left, top, right, bottom }; };
  await expect.poll(async () => {
    const [menu, log] = [await page.getByRole('menu').evaluate(edges), await page.getByRole('log').evaluate(edges)];
    return menu.top >= log.top && menu.left >= log.left && menu.right <= log.right && menu.bottom <= log.bottom;
  }).toBe(true);
}

/** How wide the pictures are that can be seen; one that could not be loaded is not among them. */
async function widths(pictures: ReturnType<Page['locator']>): Promise<number[]> {
  return pictures.evaluateAll((all) => (all as HTMLImageElement[]).map((picture) => picture.naturalWidth).filter((width) => width > 0));
}

/** Moves a picture from the machine over a part of the page, or drops it there. */
async function drags(page: Page, type: 'dragover' | 'drop', part: string): Promise<void> {
  await page.locator(part).first().evaluate((place, [type, content]) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], 'parcel.jpg', { type: 'image/jpeg' }));
    // What nobody prevents, the browser opens in the place of the page.
    const isTaken = !place.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
    if (!isTaken) throw new Error(`a ${type} here leaves the page`);
  }, [type, buffer.toString('base64')]);
}

/** Pastes a picture into the composer. */
async function pastes(page: Page, name: string): Promise<void> {
  await page.locator('.composer__field').evaluate((field, [name, content]) => {
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))], name, { type: 'image/jpeg' }));
    field.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, [name, buffer.toString('base64')]);
}
