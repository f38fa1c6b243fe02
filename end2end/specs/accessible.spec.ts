// axe finds nothing, light and dark, at the desk and on a phone; and the desk works by keyboard alone.
import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { Shop, Visitor } from '../counterparts/shop.ts';
import { Switchboard } from '../counterparts/switchboard.ts';

const SIZES = [{ width: 1440, height: 900 }, { width: 390, height: 844 }];

test('axe finds nothing on the console and the chat, in every theme and size', async ({ browser }) => {
  // Forty pages are looked at.
  test.setTimeout(300_000);
  const switchboard = await Switchboard.withAdmin();
  const channel = switchboard.command(['channel', 'list']).split('\n')[0].split(' ')[0];
  await switchboard.start();
  const shop = await Shop.open(switchboard.url, channel);
  const visitor = await Visitor.arrive(browser, shop);
  await visitor.writes('Hello');
  for (const viewport of SIZES) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await switchboard.signIn(browser, 'priya@acme.example', { viewport, colorScheme });
      for (const path of ['/live', '/assigned', '/archived', '/admin/people', '/admin/teams', '/admin/channels', '/admin/flows', '/admin/rules', '/admin/audit', '/admin/trouble']) {
        await new Console(page).follows(path);
        const found = await new AxeBuilder({ page }).analyze();
        expect(found.violations.map((violation) => `${path}: ${violation.id} ${violation.nodes.map((node) => node.target)}`)).toEqual([]);
      }
      await new Console(page).follows('/live');
      await page.locator('.card').first().click();
      await new Console(page).sees('Hello');
      const found = await new AxeBuilder({ page }).analyze();
      expect(found.violations.map((violation) => `room: ${violation.id} ${violation.nodes.map((node) => node.target)}`)).toEqual([]);
      await page.context().close();
    }
  }
  const frame = await visitor.page.context().newPage();
  await frame.goto(`${switchboard.url}/widget/frame?channel=${channel}`);
  await frame.getByLabel('Your message').waitFor();
  const inChat = await new AxeBuilder({ page: frame }).analyze();
  expect(inChat.violations.map((violation) => violation.id)).toEqual([]);
  shop.close();
  await switchboard.discard();
});

test('a chat is entered, answered and resolved by keyboard alone', async ({ browser }) => {
  const switchboard = await Switchboard.withAdmin();
  const channel = switchboard.command(['channel', 'list']).split('\n')[0].split(' ')[0];
  await switchboard.start();
  const shop = await Shop.open(switchboard.url, channel);
  const visitor = await Visitor.arrive(browser, shop);
  await visitor.writes('Hello');
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  await page.keyboard.press('1');
  await page.locator('.card').first().waitFor();
  await page.keyboard.press('j');
  await desk.sees('Hello');
  await page.keyboard.press('c');
  await expect(page.getByRole('textbox', { name: /Message to/ })).toBeFocused();
  await page.keyboard.press('Escape');
  await page.keyboard.press('r');
  await page.keyboard.type('Hi there');
  await page.keyboard.press('Enter');
  await visitor.sees('Hi there');
  await page.keyboard.press('Escape');
  await page.keyboard.press('.');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Control+Enter');
  await visitor.sees('This conversation has ended');
  shop.close();
  await switchboard.discard();
});
