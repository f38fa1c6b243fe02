// A reply that comes too late, into a chat that was archived meanwhile: no word is lost, and there is a way on.
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';
import { Switchboard } from '../counterparts/switchboard.ts';

test('a reply that an archived chat refused is sent by Reopen and send, once and after what came before', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('bot');
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  await meta.writes('5511900000001', 'Ana Lima', 'Is it on its way?');
  await desk.goesTo('Live');
  await desk.opens('Ana Lima');
  await desk.entersChat();
  const room = new URL(page.url()).pathname;
  const other = new Console(await switchboard.signIn(browser));
  await other.follows(room);

  // The words leave, and before they arrive the same chat is resolved in another browser.
  let go = () => {};
  const held = new Promise<void>((through) => { go = through; });
  await page.route('**/api/fn/send_message', async (route) => {
    await held;
    await route.continue();
  });
  await desk.replies('It left Berlin today');
  await desk.replies('It arrives on Friday');
  await other.updatesStatus('Resolve', 'done');
  await desk.expectCount('Archived', 1);
  go();
  const refused = page.locator('.tick--bad', { hasText: 'Not sent. The room is archived.' });
  await expect(refused).toHaveCount(2);
  await expect(page.locator('.bar')).toContainText('Your reply was not sent; it is kept.');
  expect(meta.sent.some((sent) => sent.text?.body.startsWith('It '))).toBe(false);

  await refused.first().getByRole('button', { name: 'Reopen and send' }).click();
  const ours = () => meta.sent.map((sent) => sent.text?.body).filter((body) => body?.startsWith('It '));
  await expect.poll(ours).toEqual(['It left Berlin today', 'It arrives on Friday']);
  await expect(page.locator('.tick--bad')).toHaveCount(0);
  await expect(desk.composer()).toHaveValue('');
  await desk.expectCount('Assigned', 1);
  await discard();
});

test('words that only a template gets through are copied into it, and are no draft any more once it was sent', async ({ browser }) => {
  const switchboard = await Switchboard.demo();
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  await desk.follows('/archived');
  const expired = page.locator('.card', { has: page.locator('.face__via--whatsapp'), hasText: 'Expired' }).first();
  const room = (await expired.getAttribute('href'))?.split('/').at(-1);
  await expired.click();
  await page.getByRole('button', { name: 'Send template' }).waitFor();
  // As if it had been written before the chat expired.
  const saved = await page.request.post('/api/fn/save_draft', {
    data: { room, mode: 'reply', text: 'your winter jacket' },
    headers: { origin: switchboard.url },
  });
  expect(saved.status()).toBe(200);
  await page.reload();
  await expect(page.locator('.bar')).toContainText(/window is closed/);
  await expect(page.locator(`.card[href*="${room}"]`)).toContainText('Draft: your winter jacket');
  await page.getByRole('button', { name: 'Send template' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Find a template').fill('kept you waiting');
  await dialog.locator('.template__found').click();
  await expect(dialog.getByText('Your reply was copied into {{first_name}}.')).toBeVisible();
  await expect(dialog.getByLabel('Value of {{first_name}}')).toHaveValue('your winter jacket');
  await expect(dialog.getByRole('group', { name: 'What the customer will read' })).toContainText('Hi your winter jacket, sorry');
  await dialog.getByLabel('Value of {{topic}}').fill('it');
  await dialog.getByLabel(/^End of the address/).fill('1');
  await dialog.getByRole('button', { name: 'Send template' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.locator(`.card[href*="${room}"]`)).not.toContainText('Draft:');
  await switchboard.discard();
});
