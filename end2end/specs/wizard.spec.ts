// An admin connects a channel and puts it right: what is wrong is said where it is, what was typed stays, and the page lives.
import type { Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { Meta } from '../counterparts/meta.ts';
import { alive, Switchboard } from '../counterparts/switchboard.ts';
import { Messenger } from './providers/inbox.ts';
import { Telegram } from './providers/telegram.ts';

test('a half-filled form outlasts what customers write meanwhile, and connecting leaves the page alive', async ({ browser }) => {
  const meta = await Meta.open();
  const switchboard = await Switchboard.withAdmin();
  const settings = JSON.stringify({ ...JSON.parse(meta.settings()), access_token_expires_at: '1900000000' });
  const whatsapp = switchboard.command(['channel', 'add', '--kind', 'whatsapp', '--name', 'Acme WhatsApp'], settings).split(' ')[0];
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
  // A moment of another year says which.
  await expect(page.locator('.rows__row', { hasText: 'Acme WhatsApp' })).toContainText(/Access token ends [^·]*2030/);
  await expect(page.locator('#crash-banner')).toBeHidden();

  meta.close();
  await switchboard.discard();
});

test.describe('an admin', () => {
  let switchboard: Switchboard;
  let page: Page;

  test.beforeAll(async ({ browser }) => {
    switchboard = await Switchboard.withAdmin();
    await switchboard.start();
    page = await switchboard.signIn(browser);
  });
  test.afterAll(async () => {
    await page.context().close();
    await switchboard.discard();
  });

  test('is told of a wrong token at its field, and once it is right the provider delivers', async () => {
    const telegram = await new Telegram().open();
    await new Console(page).follows('/admin/channels');
    await page.getByRole('button', { name: 'Connect a channel' }).click();
    await axeFindsNothing(page);
    await page.locator('.setup__kind', { hasText: 'Telegram' }).click();
    const form = page.locator('form.setup');
    await form.getByText('Advanced', { exact: true }).click();
    await axeFindsNothing(page);
    await form.getByLabel(/^Bot token/).fill('110201543:another-bots-token');
    await form.getByLabel(/^API address/).fill(telegram.url);
    await form.getByRole('button', { name: 'Connect', exact: true }).click();

    const connected = page.getByRole('region', { name: 'The channel is connected' });
    await expect(connected.getByRole('alert').filter({ hasText: 'Bot token is not accepted by the provider' })).toBeVisible();
    await expect(form.getByLabel(/^Bot token/)).toHaveAttribute('aria-invalid', 'true');
    await axeFindsNothing(page);
    await connected.getByRole('button', { name: 'Done' }).click();

    // It is put right later, in its settings; its test has Telegram deliver.
    const row = page.locator('.rows__row', { hasText: 'Telegram' });
    await row.getByRole('button', { name: 'Test connection' }).click();
    await row.getByLabel(/^Bot token/).fill(telegram.fields[0][1]);
    await row.getByRole('button', { name: 'Save' }).click();
    await expect(row.locator('form')).toBeHidden();
    await row.getByRole('button', { name: 'Test connection' }).click();
    await expect(row.locator('.setup__proof')).toHaveText('Connected as @acme_bot. The provider delivers here.');
    await axeFindsNothing(page);
    telegram.close();
  });

  test('is told what to do by hand at Meta, and copies it even where the browser lets nobody copy', async () => {
    const messenger = await new Messenger().open();
    await new Console(page).follows('/admin/channels');
    await page.getByRole('button', { name: 'Connect a channel' }).click();
    await page.locator('.setup__kind', { hasText: 'Messenger' }).filter({ hasText: 'Facebook' }).click();
    const form = page.locator('form.setup');
    await form.getByText('Advanced', { exact: true }).click();
    for (const [label, value] of messenger.fields) await form.getByLabel(new RegExp(`^${label}`)).fill(value);
    await form.getByRole('button', { name: 'Connect', exact: true }).click();
    const connected = page.getByRole('region', { name: 'The channel is connected' });
    await expect(connected.locator('.setup__proof')).toContainText('Enter the webhook address and the verify token at Meta');

    const line = connected.locator('.secret__line', { hasText: 'Verify token' });
    const token = await line.locator('code').innerText();
    await page.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError')); });
    await line.getByRole('button', { name: 'Copy' }).click();
    await expect(line.getByLabel('Press Ctrl+C')).toBeFocused();
    expect(await page.evaluate(() => getSelection()?.toString() || (document.activeElement as HTMLTextAreaElement).value)).toBe(token);
    await expect(line.getByText('Copied')).toBeHidden();
    await axeFindsNothing(page);
    messenger.close();
  });

  test('gives providers and sites the public address, by whatever address the console was reached', async ({ browser }) => {
    const elsewhere = await switchboard.signIn(browser, 'priya@acme.example', { baseURL: `http://127.0.0.1:${switchboard.port}` });
    await elsewhere.goto('/admin/channels');
    await alive(elsewhere);
    await elsewhere.getByRole('button', { name: 'Connect a channel' }).click();
    await elsewhere.locator('.setup__kind', { hasText: 'on your own site' }).click();
    const form = elsewhere.locator('form.setup');
    await form.getByLabel(/^Name/).fill('Shop');
    await form.getByRole('button', { name: 'Connect', exact: true }).click();
    const connected = elsewhere.getByRole('region', { name: 'The channel is connected' });
    await expect(connected.locator('.secret__text')).toContainText(`<script async src="${switchboard.url}/widget.js" data-channel="`);
    await connected.getByRole('button', { name: 'Done' }).click();
    await expect(elsewhere.locator('.rows__row', { hasText: 'Shop' }).locator('.secret__text')).toContainText(`src="${switchboard.url}/widget.js"`);
    const provided = elsewhere.locator('.rows__row', { hasText: 'Telegram' }).first().locator('.secret__text');
    await expect(provided).toContainText(`${switchboard.url}/webhooks/telegram/`);
    await elsewhere.context().close();
  });

  test('types on in open settings while the channel changes', async () => {
    await new Console(page).follows('/admin/channels');
    const row = page.locator('.rows__row').first();
    await row.getByRole('button', { name: 'Settings' }).click();
    await row.getByLabel(/^Name/).fill('Half a na');
    await row.getByRole('button', { name: 'Pause' }).click();
    await expect(row.getByRole('button', { name: 'Go on' })).toBeVisible();
    await expect(row.getByLabel(/^Name/)).toHaveValue('Half a na');
    await row.getByRole('button', { name: 'Go on' }).click();
    await expect(row.getByRole('button', { name: 'Pause' })).toBeVisible();
  });

  test('leaves a page while its answer is under way, and nothing breaks', async () => {
    const tabs = page.getByRole('navigation', { name: 'Administration' });
    /** Does something whose answer comes once the page has been left. */
    const leaves = async (door: string, act: () => Promise<void>) => {
      let goOn = () => {};
      const held = new Promise<void>((resolve) => { goOn = resolve; });
      await page.route(`**/${door}*`, async (route) => { await held; await route.continue(); });
      const asked = page.waitForRequest(`**/${door}*`);
      await act();
      await asked;
      await tabs.getByRole('link', { name: 'Trouble' }).click();
      await expect(page).toHaveURL(/\/admin\/trouble/);
      const answered = page.waitForResponse(`**/${door}*`);
      goOn();
      await answered;
      await page.evaluate(() => new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown))));
      await page.unroute(`**/${door}*`);
      await expect(page.locator('#crash-banner')).toBeHidden();
    };
    await new Console(page).follows('/admin/people');
    await leaves('invite', async () => {
      await page.locator('.invite__email input').fill('maria@acme.example');
      await page.getByRole('button', { name: 'Invite' }).click();
    });
    await tabs.getByRole('link', { name: 'Channels' }).click();
    await leaves('place_channel', async () => {
      await page.locator('.rows__row').first().getByRole('button', { name: 'Settings' }).click();
      await page.getByRole('button', { name: 'Save' }).click();
    });
    await tabs.getByRole('link', { name: 'Flows' }).click();
    const flow = page.locator('.rows__row').first();
    await flow.getByRole('button', { name: 'Export' }).click();
    const json = await flow.locator('pre').innerText();
    await leaves('import_flow', async () => {
      await page.getByLabel('A flow as JSON').fill(json);
      await page.getByRole('button', { name: 'Import' }).click();
    });
  });
});
