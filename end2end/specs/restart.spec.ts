// The server dies in the middle of a conversation and comes back; nobody reloads anything.
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { Shop, Visitor } from '../counterparts/shop.ts';
import { Switchboard } from '../counterparts/switchboard.ts';

test('after a crash every message is there once and in order, without a reload', async ({ browser }) => {
  const switchboard = await Switchboard.withAdmin();
  const channel = switchboard.command(['channel', 'list']).split('\n')[0].split(' ')[0];
  await switchboard.start();
  const shop = await Shop.open(switchboard.url, channel);
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  const visitor = await Visitor.arrive(browser, shop);
  await visitor.writes('one');
  await desk.goesTo('Live');
  await page.locator('.card').first().click();
  await desk.entersChat();
  await desk.replies('two');
  await visitor.sees('two');

  await switchboard.kill();
  // Both go on writing while nobody answers; what they wrote waits.
  await visitor.writes('three');
  await desk.composer().fill('four');
  await desk.composer().press('Enter');
  await desk.sees('four');
  await switchboard.start();

  await desk.sees('three');
  await visitor.sees('four');
  await visitor.writes('five');
  await desk.sees('five');
  const words = (await desk.words()).filter((said) => /^(one|two|three|four|five)$/.test(said));
  expect(words.toSorted()).toEqual(['five', 'four', 'one', 'three', 'two']);
  expect(words.slice(0, 2)).toEqual(['one', 'two']);
  expect(words.at(-1)).toBe('five');
  // The customer's side has the same, in the same order.
  const theirs = await visitor.chat.getByRole('log').innerText();
  const order = words.map((word) => theirs.lastIndexOf(word));
  expect(order.every((at) => at >= 0)).toBe(true);
  expect([...order].sort((a, b) => a - b)).toEqual(order);

  shop.close();
  await switchboard.discard();
});
