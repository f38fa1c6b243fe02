// The side panel gathers a room's notes and files, and leads to where they stand in the conversation.
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { Shop, Visitor } from '../counterparts/shop.ts';
import { Switchboard } from '../counterparts/switchboard.ts';

const parcel = { name: 'parcel.jpg', mimeType: 'image/jpeg', buffer: readFileSync(new URL('../../crates/simulator/assets/parcel.jpg', import.meta.url)) };

test('notes and files of a long conversation are found beside it', async ({ browser }) => {
  const switchboard = await Switchboard.withAdmin();
  const channel = switchboard.command(['channel', 'list']).split('\n')[0].split(' ')[0];
  await switchboard.start();
  const shop = await Shop.open(switchboard.url, channel);
  const visitor = await Visitor.arrive(browser, shop);
  await visitor.chat.locator('input[type=file]').setInputFiles(parcel);
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  await page.locator('.card').first().click();
  await desk.entersChat();
  const notes = page.getByRole('region', { name: 'Notes' });
  const files = page.getByRole('region', { name: 'Files' });
  await expect(notes.getByRole('button', { name: /Notes/ })).toHaveText('Notesnone');
  await expect(files.getByRole('link', { name: 'parcel.jpg' })).toBeVisible();

  await desk.notes('The parcel is at the depot');
  await expect(notes.getByRole('listitem')).toHaveText(/^The parcel is at the depotYou/);
  await page.locator('.composer__mode', { hasText: 'Reply' }).click();
  // So many that the first ones are not loaded any more.
  for (let number = 0; number < 70; number += 1) {
    await desk.composer().fill(`Step ${number}`);
    await desk.composer().press('Enter');
  }
  await visitor.sees('Step 69');
  await desk.follows(new URL(page.url()).pathname);
  await desk.sees('Step 69');
  await expect(page.locator('.bubble--note')).toHaveCount(0);
  await expect(files.getByRole('listitem')).toHaveCount(1);
  await axeFindsNothing(page);

  await notes.getByRole('button', { name: /The parcel is at the depot/ }).click();
  await expect(page.locator('.bubble--note')).toBeInViewport();
  await expect(page.locator('.bubble--note')).toBeFocused();
  await files.getByRole('button', { name: 'Show parcel.jpg in the conversation' }).click();
  await expect(page.getByRole('log').getByAltText('Photo: parcel.jpg')).toBeInViewport();
  const opened = page.waitForEvent('popup');
  await files.getByRole('link', { name: 'parcel.jpg' }).click();
  expect(new URL((await opened).url()).pathname).toMatch(/^\/files\//);

  await notes.getByRole('button', { name: /^Notes/ }).click();
  await expect(notes.getByRole('listitem')).toHaveCount(0);
  shop.close();
  await switchboard.discard();
});
