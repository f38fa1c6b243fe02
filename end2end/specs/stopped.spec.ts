// A channel whose access token has expired, in the demo: admins are told on every page until it works again.
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { Switchboard } from '../counterparts/switchboard.ts';

test('a channel that stops is told to admins wherever they are, and no longer once it is mended', async ({ browser }) => {
  const switchboard = await Switchboard.demo();
  const play = `${switchboard.url}/simulator/api`;
  const { channels, customers } = await (await fetch(`${play}/state`)).json();
  const channel = channels.find(({ kind }: { kind: string }) => kind === 'whatsapp');
  const customer = customers.find((customer: { channel: string }) => customer.channel === channel.id);
  const does = async (what: string, body: object) => {
    const done = await fetch(`${play}/customers/${customer.id}/${what}`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
    });
    expect(done.ok).toBe(true);
  };

  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  const told = page.locator('.stopped');
  await does('messages', { text: 'Is anybody there?' });
  // Others of that name wrote some time ago.
  await desk.card(customer.name).filter({ hasText: 'now' }).click();
  await desk.sees('Is anybody there?');
  await expect(told).toHaveCount(0);
  await does('switches', { answer: 'expired_token' });
  await desk.entersChat();
  await desk.replies('Yes, I am.');

  await expect(told).toContainText('has stopped sending');
  await expect(page.getByTitle('A channel has stopped').first()).toBeVisible();
  await axeFindsNothing(page);
  await desk.goesTo('Archived');
  await expect(told).toBeVisible();
  const maria = await switchboard.signIn(browser, 'maria@acme.example');
  await expect(maria.locator('.stopped')).toHaveCount(0);

  await does('switches', {});
  await told.getByRole('link', { name: 'Open channels' }).click();
  const row = page.locator('.rows__row', { has: page.locator('.face__via--whatsapp') });
  await row.getByRole('button', { name: 'Test connection' }).click();
  await expect(told).toHaveCount(0);
  await expect(page.getByTitle('A channel has stopped')).toHaveCount(0);
  await switchboard.discard();
});
