// A chat that can wait leaves the list until its time, until somebody wakes it, or until the customer writes.
import type { Browser } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';

/** Priya holds a chat with Ana. */
async function held(browser: Browser) {
  const { meta, switchboard, discard } = await withWhatsApp('bot');
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  await meta.writes('5511900000001', 'Ana Lima', 'Call me tomorrow');
  await desk.goesTo('Live');
  await desk.opens('Ana Lima');
  await desk.entersChat();
  await page.locator('.composer__mode', { hasText: 'Reply' }).waitFor();
  return { meta, switchboard, page, desk, discard };
}

test('a chat is put off by menu, stands under Snoozed, and is woken', async ({ browser }) => {
  const { page, desk, discard } = await held(browser);
  await desk.expectCount('Assigned', 1);

  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: /Snooze/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: /In an hour/ }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await desk.sees(/snoozed/i);
  await expect(desk.card('Ana Lima')).toHaveCount(0);
  await desk.expectCount('Assigned', 0);

  await page.getByRole('button', { name: 'Snoozed' }).click();
  await expect(page).toHaveURL(/snoozed/);
  await expect(desk.card('Ana Lima')).toHaveCount(1);
  await page.reload();
  await expect(desk.card('Ana Lima')).toHaveCount(1);
  await desk.opens('Ana Lima');
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Wake up' }).click();
  await expect(desk.card('Ana Lima')).toHaveCount(0);
  await page.getByRole('button', { name: 'Snoozed' }).click();
  await expect(desk.card('Ana Lima')).toHaveCount(1);
  await desk.expectCount('Assigned', 1);
  await discard();
});

test('a chat is put off by key, and the customer\'s next word brings it back', async ({ browser }) => {
  const { meta, page, desk, discard } = await held(browser);

  await page.keyboard.press('Escape');
  await page.keyboard.press('z');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: /In an hour/ })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await desk.goesTo('Assigned');
  await expect(desk.card('Ana Lima')).toHaveCount(0);

  await meta.writes('5511900000001', 'Ana Lima', 'I am back already');
  await expect(desk.card('Ana Lima')).toContainText('I am back already');
  await desk.expectCount('Assigned', 1);
  await discard();
});

test('a time that has passed or is too far away is refused in words, and the chat stays', async ({ browser }) => {
  const { page, desk, discard } = await held(browser);
  const local = (days: number) => page.evaluate((ahead) => {
    const at = new Date(Date.now() + ahead * 86_400_000);
    return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
  }, days);

  await page.keyboard.press('Escape');
  await page.keyboard.press('z');
  const dialog = page.getByRole('dialog');
  const time = dialog.getByLabel('Another time');
  const button = dialog.getByRole('button', { name: 'Snooze', exact: true });
  await expect(button).toBeDisabled();
  for (const days of [-1, 31]) {
    await time.fill(await local(days));
    await expect(dialog.getByRole('status')).toHaveText('The time must lie ahead, by at most 30 days.');
    await expect(button).toBeDisabled();
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(desk.card('Ana Lima')).toHaveCount(1);

  await page.keyboard.press('z');
  await time.fill(await local(2));
  await expect(dialog.locator('.snooze__problem')).toBeEmpty();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(desk.card('Ana Lima')).toHaveCount(0);
  await discard();
});

test('a key that comes at once after a dialog was closed opens the next one, which stays', async ({ browser }) => {
  const { page, discard } = await held(browser);
  await page.keyboard.press('Escape');
  await page.keyboard.press('z');
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('button', { name: /In an hour/ })).toBeFocused();

  // The browser says that a dialog has closed a moment after it has: this key is between the two.
  for (const [code, name] of [['KeyZ', 'Snooze'], ['KeyA', 'Assign'], ['KeyZ', 'Snooze']]) {
    const isTold = page.evaluate((key) => new Promise<void>((told) => {
      const shown = document.querySelector('dialog')!;
      shown.addEventListener('close', () => told(), { once: true });
      shown.close();
      document.body.dispatchEvent(new KeyboardEvent('keydown', { code: key, bubbles: true, cancelable: true }));
    }), code);
    await isTold;
    await expect(page.getByRole('dialog', { name })).toBeVisible();
  }
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await discard();
});

test('what can no longer be put off says so and stays where it is', async ({ browser }) => {
  const { switchboard, page, desk, discard } = await held(browser);
  const other = new Console(await switchboard.signIn(browser));
  await other.follows(new URL(page.url()).pathname);
  await page.keyboard.press('Escape');
  await page.keyboard.press('z');
  const dialog = page.getByRole('dialog');
  await dialog.waitFor();

  // The same chat is resolved in another browser while this one decides.
  await other.updatesStatus('Resolve', 'done');
  await desk.expectCount('Archived', 1);
  await dialog.getByRole('button', { name: /In an hour/ }).click();

  await expect(page.getByText('The room is archived.')).toBeVisible();
  await desk.expectCount('Archived', 1);
  await discard();
});
