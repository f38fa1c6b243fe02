// What was said before comes in above as one goes up, also when it did not come at first.
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';

test('earlier messages that could not be loaded say why, and come when one asks again or the server is back', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('people');
  const messages = Array.from({ length: 200 }, (_, number) => ({
    from: '5511900000001',
    id: `wamid.LONG${number}`,
    timestamp: String(Math.floor(Date.now() / 1000)),
    type: 'text',
    text: { body: `message ${number}\nand more of it` },
  }));
  await meta.tells({ contacts: [{ profile: { name: 'Ana Lima' }, wa_id: '5511900000001' }], messages });
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  await desk.goesTo('Assigned');
  await desk.opens('Ana Lima');
  await desk.sees('message 199');

  let asked = 0;
  await page.route('**/api/fn/load_earlier', (route) => {
    asked += 1;
    return route.fulfill({ status: 503, body: '' });
  });
  const log = page.getByRole('log');
  const top = () => log.evaluate((log) => { log.scrollTop = 0; });
  const problem = log.getByText(/^Earlier messages could not be loaded\./);
  await top();
  await expect(problem).toBeVisible();
  // Going up and down asks nobody again.
  await log.evaluate((log) => { log.scrollTop = 600; });
  await top();
  await problem.getByRole('button', { name: 'Try again' }).click();
  await expect.poll(() => asked).toBe(2);
  await expect(problem).toBeVisible();
  await page.unroute('**/api/fn/load_earlier');
  const first = page.locator('.bubble').first();
  const before = await first.innerText();
  await problem.getByRole('button', { name: 'Try again' }).click();
  await expect(problem).toHaveCount(0);
  await expect(first).not.toHaveText(before);

  // Without a server there is nothing to press: it comes by itself once the server does.
  const oldest = await page.locator('.bubble').count();
  await switchboard.kill();
  await top();
  await expect(problem).toBeVisible();
  await switchboard.start();
  await expect(problem).toHaveCount(0, { timeout: 30_000 });
  await expect.poll(() => page.locator('.bubble').count()).toBeGreaterThan(oldest);
  await discard();
});
