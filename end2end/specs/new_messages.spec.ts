// Whoever opens a chat sees where what they have not read begins, and no line where all of it is new or nothing is.
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';

test('what came while one was elsewhere stands under a line, until the chat is opened again', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('people');
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  const line = page.getByText('New messages');
  await desk.follows('/assigned');
  await meta.writes('5511900000001', 'Ana Lima', 'Where is my parcel?');
  await desk.opens('Ana Lima');
  await desk.sees('Where is my parcel?');
  await expect(line).toHaveCount(0);
  await expect(desk.card('Ana Lima').locator('.card__unread')).toHaveCount(0);

  await desk.goesTo('Assigned');
  await expect(page.locator('.header__name')).toHaveCount(0);
  for (const words of ['It is order 48-2210', 'Hello?']) await meta.writes('5511900000001', 'Ana Lima', words);
  await expect(desk.card('Ana Lima').locator('.card__unread')).toContainText('2');
  await desk.opens('Ana Lima');
  await expect(line).toBeVisible();
  await expect(page.locator('.transcript__new + .bubble')).toContainText('It is order 48-2210');
  await meta.writes('5511900000001', 'Ana Lima', 'Are you there?');
  await desk.sees('Are you there?');
  await expect(line).toHaveCount(1);

  await desk.goesTo('Assigned');
  await expect(page.locator('.header__name')).toHaveCount(0);
  await desk.opens('Ana Lima');
  await desk.sees('Are you there?');
  await expect(line).toHaveCount(0);
  await discard();
});

test('who stands at the newest words stays there when the window is made narrow, and who went up stays up', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('people');
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  const log = page.getByRole('log');
  const toEnd = async () => log.evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);
  await desk.follows('/assigned');
  const long = 'My parcel should have been here on Monday, and nobody tells me where it is or when it comes. ';
  for (let number = 1; number <= 12; number++) await meta.writes('5511900000001', 'Ana Lima', `${number}: ${long.repeat(4)}`);
  await desk.opens('Ana Lima');
  await desk.sees(/^12: /);
  await expect.poll(toEnd).toBeLessThan(2);

  for (const width of [1000, 390, 700, 1440]) {
    await page.setViewportSize({ width, height: 844 });
    await expect.poll(toEnd, `at ${width}`).toBeLessThan(2);
    await expect(page.getByRole('button', { name: 'Newest' })).toHaveCount(0);
  }
  await log.hover();
  await page.mouse.wheel(0, -900);
  await expect(page.getByRole('button', { name: 'Newest' })).toBeVisible();
  await meta.writes('5511900000001', 'Ana Lima', 'Hello?');
  await expect(page.getByRole('button', { name: '1 new' })).toBeVisible();
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(page.getByRole('button', { name: '1 new' })).toBeVisible();
  await discard();
});
