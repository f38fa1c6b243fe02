// What the list leaves out: only what can be left out is offered, and an empty list says why it is empty.
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';
import { alive } from '../counterparts/switchboard.ts';

test('one\'s own chats are asked for where chats are somebody\'s, and an empty list shows the way to all', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('bot');
  await meta.writes('5511900000001', 'Ana Lima', 'Anybody there?');
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  const mine = page.getByRole('button', { name: 'Mine', exact: true });
  const empty = page.locator('.list .empty');
  await desk.follows('/live?mine');
  await expect(desk.card('Ana Lima')).toBeVisible();
  await expect(mine).toHaveCount(0);

  await desk.goesTo('Assigned');
  await mine.click();
  await expect(empty).toContainText('No chats of yours here');
  await empty.getByRole('button', { name: 'Show all' }).click();
  await expect(mine).toHaveAttribute('aria-pressed', 'false');
  await expect(empty).toContainText('Nothing assigned');

  // Live is as full as ever, and what was chosen holds again behind it, also on another day.
  await mine.click();
  await expect(empty).toContainText('No chats of yours here');
  await desk.goesTo('Live');
  await expect(desk.card('Ana Lima')).toBeVisible();
  await page.reload();
  await alive(page);
  await expect(desk.card('Ana Lima')).toBeVisible();
  await desk.goesTo('Archived');
  await expect(mine).toHaveAttribute('aria-pressed', 'true');
  await desk.goesTo('Live');
  await desk.opens('Ana Lima');
  await desk.entersChat();
  await expect(page).toHaveURL(/\/assigned\/.*\?mine$/);
  await expect(desk.card('Ana Lima')).toBeVisible();

  await mine.click();
  await page.getByLabel('Channel').selectOption({ label: 'Website' });
  await expect(empty).toContainText('No chats on this channel');
  await empty.getByRole('button', { name: 'Show all' }).click();
  await expect(desk.card('Ana Lima')).toBeVisible();
  await discard();
});
