// An admin connects a channel while customers write: what is being filled in stays, and the page lives.
import { expect, test } from '@playwright/test';
import { Meta } from '../counterparts/meta.ts';
import { alive, Switchboard } from '../counterparts/switchboard.ts';

test('a half-filled form outlasts what customers write meanwhile, and connecting leaves the page alive', async ({ browser }) => {
  const meta = await Meta.open();
  const switchboard = await Switchboard.withAdmin();
  const whatsapp = switchboard.command(['channel', 'add', '--kind', 'whatsapp', '--name', 'Acme WhatsApp'], meta.settings()).split(' ')[0];
  await switchboard.start();
  meta.knocksAt(`${switchboard.url}/webhooks/whatsapp/${whatsapp}`);
  const page = await switchboard.signIn(browser);
  const listening = page.waitForEvent('websocket');
  await page.goto('/admin/channels');
  await alive(page);
  const socket = await listening;

  await page.getByRole('button', { name: 'Connect a channel' }).click();
  await page.locator('.setup__kind', { hasText: 'Telegram' }).click();
  const form = page.locator('form.setup');
  await form.getByLabel(/^Name/).fill('Acme bot');
  await form.getByLabel(/^Bot token/).fill('110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw');
  const heard = socket.waitForEvent('framereceived', (frame) => String(frame.payload).includes('Anybody there?'));
  await meta.writes('5511900000001', 'Ana Lima', 'Anybody there?');
  await heard;
  await page.evaluate(() => new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown))));
  await expect(form.getByLabel(/^Name/)).toHaveValue('Acme bot');
  await expect(form.getByLabel(/^Bot token/)).toHaveValue('110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw');

  // Meta's counterpart is no Telegram, so the test of the connection fails, in words; the channel is there all the same.
  await form.getByText('Advanced', { exact: true }).click();
  await form.getByLabel(/^API address/).fill(meta.url);
  await form.getByRole('button', { name: 'Connect', exact: true }).click();
  const connected = page.getByRole('region', { name: 'The channel is connected' });
  await expect(connected.locator('.setup__proof--bad')).toContainText(/\w+ \w+/);
  await connected.getByRole('button', { name: 'Done' }).click();
  await expect(page.locator('.rows__row', { hasText: 'Acme bot' })).toBeVisible();
  await expect(page.locator('#crash-banner')).toBeHidden();

  meta.close();
  await switchboard.discard();
});
