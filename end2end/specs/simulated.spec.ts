// axe finds nothing on the demo's own pages: the simulator that plays the customers, and the shop with the web chat.
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Switchboard, watchForCrashes } from '../counterparts/switchboard.ts';

const SIZES = [{ width: 1440, height: 900 }, { width: 390, height: 844 }];
const KINDS = ['whatsapp', 'messenger', 'instagram', 'telegram', 'x', 'sms', 'google', 'api'];

test('axe finds nothing in the simulator on any messenger, and in the shop with its chat', async ({ browser }) => {
  test.setTimeout(400_000);
  const switchboard = await Switchboard.demo();
  for (const viewport of SIZES) {
    const context = await browser.newContext({ baseURL: switchboard.url, viewport });
    const page = await context.newPage();
    watchForCrashes(page);
    await page.goto('/simulator');
    for (const kind of KINDS) {
      await page.locator(`.channel[data-kind="${kind}"]`).click();
      await expect(page.locator(`body[data-kind="${kind}"]`)).toHaveCount(1);
      await page.getByLabel('Message as the customer').fill('Is anybody there?');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('log')).toContainText('Is anybody there?');
      await page.getByLabel('Send something else').click();
      await axeFindsNothing(page);
      await page.getByLabel('Send something else').click();
    }
    await page.locator('.channel[data-kind="x"]').click();
    await page.getByLabel('Send something else').click();
    await page.getByRole('button', { name: 'Video', exact: true }).click();
    const film = page.getByRole('log').locator('video').last();
    // It plays: its length is known.
    await expect.poll(() => film.evaluate((film) => (film as HTMLVideoElement).duration)).toBeGreaterThan(0);
    await page.getByText('Add a person').click();
    await axeFindsNothing(page);

    await page.goto('/simulator/site');
    await axeFindsNothing(page);
    await page.getByRole('button', { name: /chat/i }).click();
    const chat = page.frameLocator('iframe');
    await chat.getByLabel('Your message').fill('Do you ship lemon trees?');
    await chat.getByLabel('Your message').press('Enter');
    await expect(chat.getByRole('log')).toContainText('Do you ship lemon trees?');
    await axeFindsNothing(page);
    await page.goto('/simulator/site/delivery');
    await axeFindsNothing(page);
    await context.close();
  }
  await switchboard.discard();
});
