// The console fills the window and never scrolls as a whole: only its panes do.
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';

test('a long list, a long talk and a dialog leave the page where it is', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('people');
  const page = await switchboard.signIn(browser, undefined, { viewport: { width: 1280, height: 500 } });
  // More than Priya is given by herself, so that the queue is long; the last of them waits in it.
  for (let number = 10; number < 34; number += 1) {
    await meta.writes(`55119000000${number}`, `Customer ${number}`, 'Hello');
  }
  for (let number = 0; number < 12; number += 1) await meta.writes('5511900000033', 'Customer 33', `And another thing, number ${number}`);
  const desk = new Console(page);
  const room = () => page.evaluate(() => ({ whole: document.documentElement.scrollHeight, window: innerHeight, top: scrollY }));
  const expectStill = async () => expect(await room()).toEqual({ whole: 500, window: 500, top: 0 });

  await desk.follows('/live');
  await expect(page.locator('.card')).not.toHaveCount(0);
  await expectStill();
  await desk.opens('Customer 33');
  await desk.sees('number 11');
  await expectStill();
  await page.locator('.rail__me').click();
  await page.getByRole('menuitem', { name: 'Account and password…' }).click();
  await page.getByRole('dialog').waitFor();
  await expectStill();
  await page.keyboard.press('Escape');
  await desk.follows('/admin/people');
  await page.getByRole('heading', { name: 'People' }).waitFor();
  await expectStill();

  await discard();
});
