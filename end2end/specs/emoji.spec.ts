// Emoji are found by words and put in where the cursor is, by keys alone, in replies and in notes.
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { Shop, Visitor } from '../counterparts/shop.ts';
import { Switchboard } from '../counterparts/switchboard.ts';

test('an emoji goes where the cursor is, and the last ones come first', async ({ browser }) => {
  const switchboard = await Switchboard.withAdmin();
  const channel = switchboard.command(['channel', 'list']).split('\n')[0].split(' ')[0];
  await switchboard.start();
  const shop = await Shop.open(switchboard.url, channel);
  const visitor = await Visitor.arrive(browser, shop);
  await visitor.writes('Hello');
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  await page.locator('.card').first().click();
  await desk.entersChat();
  const picker = page.getByRole('dialog', { name: 'Emoji' });

  await desk.composer().fill('Thanks Ana');
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Alt+i');
  await expect(picker.getByRole('combobox')).toBeFocused();
  await page.keyboard.type('thank you');
  await expect(picker.getByRole('option', { name: 'folded hands' })).toHaveAttribute('aria-selected', 'true');
  await axeFindsNothing(page);
  await page.keyboard.press('Enter');
  await expect(picker).toBeHidden();
  await expect(desk.composer()).toBeFocused();
  await expect(desk.composer()).toHaveValue('Thanks🙏 Ana');
  await page.keyboard.type('!');
  await page.keyboard.press('Enter');
  await visitor.sees('Thanks🙏! Ana');

  await page.locator('.composer__mode', { hasText: 'Private note' }).click();
  await page.getByRole('button', { name: 'Insert emoji' }).click();
  await expect(picker.getByRole('option').first()).toHaveAccessibleName('folded hands');
  await picker.getByRole('button', { name: 'Smileys & Emotion' }).click();
  await picker.getByRole('option', { name: 'grinning face', exact: true }).click();
  await expect(desk.composer()).toHaveValue('😀');
  await page.keyboard.press('Alt+i');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Shift+Enter');
  await expect(picker).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(picker).toBeHidden();
  await expect(desk.composer()).toHaveValue('😀🙏');

  // The button closes it as well.
  await page.getByRole('button', { name: 'Insert emoji' }).click();
  await expect(picker.getByRole('combobox')).toBeFocused();
  await page.getByRole('button', { name: 'Insert emoji' }).click();
  await expect(picker).toBeHidden();

  // On a phone it is a sheet that is seen whole.
  await page.setViewportSize({ width: 390, height: 844 });
  await page.getByRole('button', { name: 'Insert emoji' }).click();
  await expect(picker.getByRole('option').first()).toBeVisible();
  const box = await picker.boundingBox();
  expect(box).toMatchObject({ x: 0, width: 390 });
  expect(box!.y + box!.height).toBe(844);
  await axeFindsNothing(page);
  shop.close();
  await switchboard.discard();
});
