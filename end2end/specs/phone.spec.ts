// The console on a phone: one pane at a time, back is the browser's back, and a keyboard on the screen covers nothing.
import type { Browser, Locator, Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';

const SIZE = { width: 390, height: 844 };

/** Priya at her phone; Ana has written to a channel with a bot. */
async function phone(browser: Browser) {
  const { meta, switchboard, discard } = await withWhatsApp('bot');
  const page = await switchboard.signIn(browser, undefined, { viewport: SIZE, isMobile: true, hasTouch: true });
  await meta.writes('5511900000001', 'Ana Lima', 'Where is my parcel?');
  const desk = new Console(page);
  await desk.opens('Ana Lima');
  await desk.sees('Where is my parcel?');
  return { meta, page, desk, discard };
}

test('a waiting chat is entered, answered and resolved, and back leads out of it', async ({ browser }) => {
  const { meta, page, desk, discard } = await phone(browser);
  const sections = page.getByRole('navigation', { name: 'Sections' });
  await expect(sections).toBeHidden();
  await desk.entersChat();
  await expect(page).toHaveURL(/\/assigned\//);

  // No keyboard on a screen has Shift Enter: Enter breaks the line, and the button sends.
  await expect(desk.composer()).toHaveAttribute('enterkeyhint', 'enter');
  await desk.composer().pressSequentially('It left Berlin today.\nIt arrives on Friday.');
  await expect(desk.composer()).toHaveValue('It left Berlin today.\nIt arrives on Friday.');
  await page.getByRole('button', { name: 'Send', exact: true }).tap();
  await expect.poll(() => meta.sent.at(-1)?.text?.body).toBe('It left Berlin today.\nIt arrives on Friday.');
  await expect(desk.composer()).toHaveValue('');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(SIZE.width);

  await desk.updatesStatus('Resolve', 'Found it in Berlin');
  await expect(page.locator('.bar')).toContainText('Resolved');
  await page.goBack();
  await expect(page).toHaveURL(/\/live$/);
  await expect(sections).toBeVisible();
  await expect(desk.card('Ana Lima')).toHaveCount(0);
  await desk.goesTo('Archived');
  await expect(desk.card('Ana Lima')).toContainText('Resolved');
  await desk.opens('Ana Lima');
  await page.getByRole('link', { name: 'Back to the list' }).tap();
  await expect(sections).toBeVisible();
  // The way back is not a step of its own: it does not lead into the chat again.
  await page.goBack();
  await expect(sections).toBeVisible();
  await expect(page.locator('.header__name')).toHaveCount(0);
  await discard();
});

test('what one writes and what one reads stay above a keyboard that covers the page', async ({ browser }) => {
  const { page, desk, discard } = await phone(browser);
  // As Safari has it: the page stays as large as it was, and what is seen of it gets smaller and moves.
  await page.addInitScript((height) => {
    Object.defineProperty(window, 'visualViewport', { value: Object.assign(new EventTarget(), { height, offsetTop: 0, scale: 1 }) });
  }, SIZE.height);
  await desk.entersChat();
  await desk.composer().waitFor();
  await desk.follows(new URL(page.url()).pathname);
  await desk.composer().waitFor();
  await expectWithin(page.locator('.composer'), 0, SIZE.height);

  await seesOf(page, { height: 460, offsetTop: 90, scale: 1 });
  for (const part of ['.header', '.composer', '.bubble >> nth=-1']) await expectWithin(page.locator(part), 90, 550);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: /Update status/ }).click();
  await expectWithin(page.getByRole('dialog'), 90, 550);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Insert emoji' }).click();
  await expectWithin(page.getByRole('dialog', { name: 'Emoji' }), 90, 550);
  await page.keyboard.press('Escape');

  // Whoever only zooms in moves over a page that stays as it is.
  await seesOf(page, { height: 422, offsetTop: 100, scale: 2 });
  await expectWithin(page.locator('.header'), 0, 60);
  const composer = await page.locator('.composer').boundingBox();
  expect(composer!.y + composer!.height).toBeGreaterThan(800);
  await discard();
});

/** What of the page is seen now. */
async function seesOf(page: Page, seen: { height: number; offsetTop: number; scale: number }): Promise<void> {
  await page.evaluate((now) => { Object.assign(window.visualViewport!, now).dispatchEvent(new Event('resize')); }, seen);
}

/** It stands between these heights of the page, whole. */
async function expectWithin(part: Locator, top: number, bottom: number): Promise<void> {
  await expect.poll(async () => {
    const box = await part.boundingBox();
    return box !== null && box.y >= top && box.y + box.height <= bottom;
  }, `${part} from ${top} to ${bottom}`).toBe(true);
}
