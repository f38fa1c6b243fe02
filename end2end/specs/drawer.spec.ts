// Where there is no room for the side panel it is a drawer: the focus goes into it, nothing under it can be reached, and
// closing it leads back.
import type { Browser, Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';

/** Priya holds a chat with Ana, in a window that has no room for the panel. */
async function held(browser: Browser) {
  const { meta, switchboard, discard } = await withWhatsApp('people');
  const page = await switchboard.signIn(browser, undefined, { viewport: { width: 1024, height: 800 } });
  const desk = new Console(page);
  await desk.follows('/assigned');
  await meta.writes('5511900000001', 'Ana Lima', 'Where is my parcel?');
  await desk.opens('Ana Lima');
  await desk.composer().waitFor();
  return { page, desk, discard };
}

test('the drawer takes the focus, keeps it, and gives it back', async ({ browser }) => {
  const { page, desk, discard } = await held(browser);
  const drawer = page.getByRole('dialog', { name: 'Customer' });
  const button = page.locator('.header__panel');
  for (const width of [1024, 390]) {
    await page.setViewportSize({ width, height: 800 });
    await expect(drawer).toHaveCount(0);
    await button.focus();
    await page.keyboard.press('Enter');
    await expect(drawer.getByRole('button', { name: 'Close' })).toBeFocused();
    await expect(drawer.getByText('+5511900000001')).toBeVisible();
    await axeFindsNothing(page);
    for (let step = 0; step < 12; step += 1) {
      await page.keyboard.press('Tab');
      expect(await isUnder(page)).toBe(false);
    }
    await page.keyboard.press('Escape');
    await expect(drawer).toHaveCount(0);
    await expect(button).toBeFocused();
    await expect(desk.composer()).toBeVisible();
  }

  // From the words one writes and back to them, and what one opens in it closes first.
  await desk.composer().focus();
  await page.keyboard.press('Alt+o');
  await expect(drawer).toBeVisible();
  await drawer.getByRole('button', { name: /contact/ }).press('Enter');
  const form = page.getByRole('dialog', { name: /contact/ });
  await expect(form).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(form).toHaveCount(0);
  await expect(drawer.getByRole('button', { name: /contact/ })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(desk.composer()).toBeFocused();
  await discard();
});

test('the drawer closes beside it, with its room, and where there is room for the panel it is none', async ({ browser }) => {
  const { page, desk, discard } = await held(browser);
  const drawer = page.getByRole('dialog', { name: 'Customer' });
  const panel = page.getByRole('region', { name: 'Customer' });
  await page.keyboard.press('p');
  await expect(drawer).toBeVisible();
  await page.mouse.click(200, 400);
  await expect(drawer).toHaveCount(0);
  await expect(page.locator('.header__name')).toHaveText('Ana Lima');

  // Whoever leaves the room does not find the next one covered.
  await page.locator('.header__panel').click();
  await expect(drawer).toBeVisible();
  await page.goBack();
  await expect(page.locator('.header__name')).toHaveCount(0);
  await desk.opens('Ana Lima');
  await desk.composer().waitFor();
  await expect(drawer).toHaveCount(0);

  await page.setViewportSize({ width: 1440, height: 800 });
  await expect(panel).toBeVisible();
  await page.locator('.header__panel').click();
  await expect(panel).toHaveCount(0);
  await page.locator('.header__panel').click();
  await expect(panel).toBeVisible();
  await expect(desk.composer()).toBeEditable();
  // A window that gets narrower covers nothing by itself.
  await page.setViewportSize({ width: 1024, height: 800 });
  await expect(panel).toHaveCount(0);
  await expect(drawer).toHaveCount(0);
  await discard();
});

/** Whether the focus is in what the drawer covers. */
async function isUnder(page: Page): Promise<boolean> {
  return page.evaluate(() => document.activeElement?.closest('.rail, .list, .chat, .tabbar') !== null);
}
