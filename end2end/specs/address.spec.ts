// The address bar says what is shown, from the first step on: a reload and a copied link lead there.
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { Switchboard, alive } from '../counterparts/switchboard.ts';

test('the address follows the first step, and a reload stays there', async ({ browser }) => {
  const switchboard = await Switchboard.withAdmin();
  await switchboard.start();
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  await desk.follows('/live');
  await desk.goesTo('Archived');
  await page.reload();
  await alive(page);
  await expect(page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: 'Archived' })).toHaveAttribute('aria-current', /.+/);
  await page.goBack();
  await expect(page).toHaveURL(/\/live/);
  await switchboard.discard();
});
