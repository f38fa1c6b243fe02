// Every messenger is connected by an admin in the wizard, and a conversation with files goes both ways through it: the bot
// answers, a person enters, receipts move the ticks. The providers are stand-ins that the spec runs; no independent server
// of Messenger, Instagram, X, Google or our own API exists, and those of Twilio and Telegram know no files or receipts.
import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { Switchboard } from '../counterparts/switchboard.ts';
import { Api } from './providers/api.ts';
import { BusinessMessages, Rcs } from './providers/google.ts';
import { Instagram, Messenger } from './providers/inbox.ts';
import { Sms } from './providers/sms.ts';
import type { File, StandIn } from './providers/stand-in.ts';
import { Telegram } from './providers/telegram.ts';
import { WhatsApp } from './providers/whatsapp.ts';
import { X } from './providers/x.ts';

const PROVIDERS: Record<string, new () => StandIn> = {
  WhatsApp, Messenger, Instagram, Telegram, X, SMS: Sms, 'Google RCS': Rcs, 'Business Messages': BusinessMessages, 'our own API': Api,
};

const PARCEL = new URL('../../crates/simulator/assets/parcel.jpg', import.meta.url);
const parcel: File = { name: 'parcel.jpg', mime: 'image/jpeg', content: readFileSync(PARCEL) };

test.describe.configure({ mode: 'serial' });

// One desk for all of them: they stand in one list in the end.
let switchboard: Switchboard;
let page: Page;
let desk: Console;

test.beforeAll(async ({ browser }) => {
  switchboard = await Switchboard.withAdmin();
  await switchboard.start();
  page = await switchboard.signIn(browser);
  desk = new Console(page);
});

test.afterAll(async () => {
  await page.context().close();
  await switchboard.discard();
});

for (const [name, Provider] of Object.entries(PROVIDERS)) {
  test(`${name} is connected in the wizard and carries words, files and receipts both ways`, async () => {
    const provider = await new Provider().open();
    await desk.follows('/admin/channels');
    await connects(provider, name);

    expect((await provider.writes(`Hello by ${name}`)).status).toBe(200);
    expect((await provider.sends(parcel)).status).toBe(200);
    await desk.follows('/live');
    await desk.opens(provider.customer);
    await desk.sees(`Hello by ${name}`);
    const log = page.getByRole('log');
    if (provider instanceof BusinessMessages) await desk.sees(/^http.*\/files\//);
    else await expect.poll(() => log.locator('.bubble--them img').evaluate((photo: HTMLImageElement) => photo.naturalWidth)).toBeGreaterThan(0);
    await expect.poll(() => provider.texts.length, 'the bot has answered').toBeGreaterThan(0);

    await desk.entersChat();
    await desk.replies(`Good day by ${name}`);
    await expect.poll(() => provider.texts).toContain(`Good day by ${name}`);
    await page.locator('.composer input[type=file]').setInputFiles({ name: parcel.name, mimeType: parcel.mime, buffer: parcel.content });
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await expect.poll(() => provider.photos.map(({ content }) => content.length)).toEqual([parcel.content.length]);
    expect(provider.photos[0].mime).toContain(parcel.mime);
    await expect(log.locator('.bubble--us', { hasText: `Good day by ${name}` }).locator('.tick')).toHaveText(provider.reports);
    await expect(log.locator('.bubble--us', { has: page.locator('img') }).locator('.tick')).toHaveText(provider.reports);
    provider.close();
  });
}

test('all of them stand in one list', async () => {
  await desk.follows('/assigned');
  await expect(page.locator('.card')).toHaveCount(Object.keys(PROVIDERS).length);
});

/** An admin connects a channel whose provider is the stand-in, tells it the address, and tests it. */
async function connects(provider: StandIn, name: string): Promise<void> {
  await page.getByRole('button', { name: 'Connect a channel' }).click();
  await page.locator('.setup__kind', { has: page.getByText(provider.messenger, { exact: true }) }).click();
  const form = page.locator('form.setup');
  await form.getByLabel(/^Name/).fill(`Acme ${name}`);
  await form.locator('label', { has: page.getByText('Bot', { exact: true }) }).getByRole('combobox').selectOption({ index: 1 });
  const byHand = form.getByRole('button', { name: 'Enter the tokens by hand' });
  if (await byHand.isVisible()) await byHand.click();
  if (await form.getByText('Advanced', { exact: true }).isVisible()) await form.getByText('Advanced', { exact: true }).click();
  for (const [label, value] of provider.fields) {
    const field = form.getByLabel(new RegExp(`^${label}`));
    if (await field.evaluate((field) => field.tagName) === 'SELECT') await field.selectOption(value);
    else await field.fill(value);
  }
  const made = form.getByLabel(/^(Verify token|Webhook secret|Secret)/);
  if (await made.count()) provider.made = await made.inputValue();
  await form.getByRole('button', { name: 'Connect', exact: true }).click();

  const connected = page.getByRole('region', { name: 'The channel is connected' });
  const proof = connected.locator('.setup__proof');
  const says = async () => {
    await expect(proof).toContainText(`Connected as ${provider.account}.`);
    await expect(proof).toContainText(provider.isTold ? 'The provider delivers here.' : 'One step is left.');
  };
  await says();
  provider.hook = await connected.locator('.secret__text').first().innerText();
  await connected.getByRole('button', { name: 'Test connection' }).click();
  await says();
  await connected.getByRole('button', { name: 'Done' }).click();
}
