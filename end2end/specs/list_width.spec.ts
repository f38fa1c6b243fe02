// The list is as wide as somebody made it: by mouse, touch or keys, and again from the first paint on when they come back.
import { type Page, expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { Switchboard } from '../counterparts/switchboard.ts';

const width = (page: Page) => page.locator('.list').evaluate((list) => list.getBoundingClientRect().width);

test('the list is made wider, remembered, and put back', async ({ browser }) => {
  const switchboard = await Switchboard.withAdmin();
  await switchboard.start();
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  const edge = page.getByRole('separator', { name: 'Width of the list' });
  await expect(edge).toHaveAttribute('aria-valuenow', '340');

  await edge.focus();
  await page.keyboard.press('ArrowRight');
  await expect(edge).toHaveAttribute('aria-valuenow', '356');
  await page.keyboard.press('End');
  await expect(edge).toHaveAttribute('aria-valuenow', '520');
  await page.keyboard.press('Home');
  await expect(edge).toHaveAttribute('aria-valuenow', '280');
  const box = (await edge.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, 400);
  await page.mouse.down();
  await page.mouse.move(60 + 420, 420, { steps: 4 });
  await page.mouse.up();
  await page.mouse.move(900, 500);
  expect(await width(page)).toBe(420);
  await axeFindsNothing(page);

  // What moves after the first paint is counted by the browser.
  await page.addInitScript(() => {
    const shifts: number[] = [];
    Object.assign(window, { shifts });
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => shifts.push((entry as unknown as { value: number }).value))).observe({ type: 'layout-shift', buffered: true });
  });
  await desk.follows('/live');
  await expect(edge).toHaveAttribute('aria-valuenow', '420');
  expect(await width(page)).toBe(420);
  expect(await page.evaluate(() => (window as unknown as { shifts: number[] }).shifts)).toEqual([]);

  // A narrow window leaves enough for the conversation.
  await page.setViewportSize({ width: 800, height: 800 });
  await expect(edge).toHaveAttribute('aria-valuenow', '360');
  await page.setViewportSize({ width: 1440, height: 900 });
  await edge.dblclick();
  await expect(edge).toHaveAttribute('aria-valuenow', '340');
  await desk.follows('/live');
  expect(await width(page)).toBe(340);
  await page.setViewportSize({ width: 390, height: 844 });
  await expect(edge).toBeHidden();
  await switchboard.discard();
});
