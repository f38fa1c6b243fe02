// From a customer's first word to the archive: the path that everything else stands on.
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';
import { Shop, Visitor } from '../counterparts/shop.ts';
import { PASSWORD, Switchboard, alive, watchForCrashes } from '../counterparts/switchboard.ts';

test('a new installation carries a web conversation from the first word to the archive', async ({ browser }) => {
  const switchboard = await Switchboard.prepare();
  await switchboard.start();
  const context = await browser.newContext({ baseURL: switchboard.url });
  const page = await context.newPage();
  watchForCrashes(page);

  // First run: nothing to edit before it.
  await page.goto('/');
  await page.waitForURL(/\/setup/);
  await alive(page);
  await page.getByLabel('Your name').fill('Priya Raman');
  await page.getByLabel('E-mail').fill('priya@acme.example');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create the admin' }).click();
  await page.waitForURL(/\/(live|assigned|archived)/);
  await alive(page);

  await page.goto('/admin/channels');
  await alive(page);
  const snippet = await page.getByText('data-channel=').first().innerText();
  const channel = /data-channel="([0-9a-f-]+)"/.exec(snippet)?.[1] ?? '';
  const shop = await Shop.open(switchboard.url, channel);
  const visitor = await Visitor.arrive(browser, shop);
  await visitor.writes('Where is my parcel?');
  await visitor.sees(/talk to a person|order/i);

  const desk = new Console(page);
  await desk.follows('/live');
  await page.locator('.card').first().click();
  await desk.sees('Where is my parcel?');
  await desk.entersChat();
  await visitor.sees('Priya Raman joined the chat');
  await desk.replies('Hello, this is Priya.');
  await visitor.sees('Hello, this is Priya.');
  await visitor.writes('Great, it is order 48-2210');
  await desk.sees('Great, it is order 48-2210');
  await desk.notes('The carrier lost it once before');
  await desk.updatesStatus('Resolve', 'Found it in Berlin');
  await desk.goesTo('Archived');
  await expect(page.locator('.card').first()).toContainText('Resolved');
  await visitor.sees('This conversation has ended');
  expect(await visitor.chat.getByRole('log').innerText()).not.toContain('lost it once');

  shop.close();
  await switchboard.discard();
});

test('a WhatsApp conversation goes through the bot, a person and the archive, each message once', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('bot');

  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  expect((await meta.writes('5511900000001', 'Ana Lima', 'Oi! Where is my order?')).status).toBe(200);
  await desk.goesTo('Live');
  await desk.opens('Ana Lima');
  await desk.sees('Oi! Where is my order?');

  // The customer answers the bot by a button, and the agent sees which.
  const asked = () => meta.sent.filter(({ interactive }) => interactive?.body.text.includes('What is it about?'));
  await expect.poll(() => asked().length).toBe(1);
  await meta.picks('5511900000001', 'Ana Lima', 'Where is my order');
  await expect(page.locator('.bubble--them', { hasText: 'Where is my order' }).last()).toHaveText(/Where is my order$/);
  await expect(page.locator('.bubble__choice--picked')).toHaveText('Where is my order');
  await desk.sees('What is your order number?');
  await desk.entersChat();
  await desk.replies('Olá Ana, one moment.');
  await expect.poll(() => meta.sent.some((sent) => sent.text?.body === 'Olá Ana, one moment.')).toBe(true);
  await expect(page.locator('.tick:visible', { hasText: 'Read' }).first()).toBeVisible();

  // What leads somewhere can be followed; what leads elsewhere than it reads cannot.
  await meta.writes('5511900000001', 'Ana Lima', 'Is it https://acme.example/track?id=48-2210, or https://acme.example@evil.example/?');
  const link = page.getByRole('log').getByRole('link', { name: /acme/ });
  await expect(link).toHaveText('https://acme.example/track?id=48-2210');
  await expect(link).toHaveAttribute('href', 'https://acme.example/track?id=48-2210');
  await expect(link).toHaveAttribute('rel', 'noopener noreferrer nofollow');
  await expect(link).toHaveAttribute('target', '_blank');

  // Providers repeat themselves.
  const words = 'It is order 48-2210';
  await meta.writes('5511900000001', 'Ana Lima', words);
  await desk.sees(words);
  await desk.updatesStatus('Resolve', 'Sent the tracking link');
  await desk.goesTo('Archived');
  await desk.opens('Ana Lima');
  expect((await desk.words()).filter((said) => said === words)).toHaveLength(1);

  // The customer writes again: the room is Live again, as a new case.
  await meta.writes('5511900000001', 'Ana Lima', 'One more thing');
  await desk.goesTo('Live');
  await desk.opens('Ana Lima');
  await desk.sees('One more thing');

  await discard();
});
