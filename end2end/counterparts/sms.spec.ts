// Twilio as others understand it: its own SDK for the proof of what we receive, its own contract for what we send, and
// an emulator we did not write for the way there and back. No browser.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { createEmulator } from 'emulate';
import twilio from 'twilio';
import { serve, type Prism } from './prism';
import { Switchboard, freePort } from './switchboard';

const channels = fileURLToPath(new URL('../../crates/channels', import.meta.url));
const contracts = process.env.CONTRACTS_DIR;

const ACCOUNT = 'AC00000000000000000000000000000001';
const NUMBER = '+15550001111';

test.describe('the signatures that our own tests hold to', () => {
  const tests = readFileSync(join(channels, 'tests/it/sms.rs'), 'utf8');
  const body = readFileSync(join(channels, 'fixtures/sms/text.form'), 'utf8');
  const address = 'https://desk.example/webhooks/sms/01939d3c-7a00-7000-8000-0000000000c1';
  const signed = (name: string) => new RegExp(`const ${name}: &str = "([^"]+)"`).exec(tests)?.[1] ?? '';
  const fields = Object.fromEntries(new URLSearchParams(body));

  for (const [name, token, url] of [
    ['SIGNATURE', 'auth-token', address],
    ['OLD_SIGNATURE', 'old-auth-token', address],
    ['FOREIGN_SIGNATURE', 'somebody-else', address],
    ['SIGNATURE_WITH_PORT', 'auth-token', address.replace('example', 'example:443')],
    ['SIGNATURE_WITH_QUERY', 'auth-token', `${address}?shop=a%20b&x=1`],
    ['SIGNATURE_WITH_8443', 'auth-token', address.replace('example', 'example:8443')],
    ['SIGNATURE_OF_ANOTHER_HOST', 'auth-token', address.replace('desk', 'desc')],
  ]) {
    test(`${name} is what Twilio's SDK makes`, () => {
      expect(twilio.getExpectedTwilioSignature(token, url, fields)).toBe(signed(name));
    });
  }

  test('the SDK takes what we take and refuses what we refuse', () => {
    const { validateRequest } = twilio;
    expect(validateRequest('auth-token', signed('SIGNATURE'), address, fields)).toBe(true);
    expect(validateRequest('auth-token', signed('SIGNATURE_WITH_PORT'), address, fields)).toBe(true);
    expect(validateRequest('auth-token', signed('FOREIGN_SIGNATURE'), address, fields)).toBe(false);
    expect(validateRequest('auth-token', signed('SIGNATURE'), address, { ...fields, New: '1' })).toBe(false);
  });
});

test.describe('what we send, by the contract Twilio publishes', () => {
  test.skip(!contracts, 'CONTRACTS_DIR is not set');
  let prism: Prism;

  test.beforeAll(async () => {
    prism = await serve(withListsOfOne(readFileSync(join(contracts ?? '', 'twilio-api-v2010.json'), 'utf8')));
  });
  test.afterAll(() => prism?.stop());

  const send = async (body: string) => {
    const response = await fetch(`${prism.url}/2010-04-01/Accounts/${ACCOUNT}/Messages.json`, {
      method: 'POST',
      headers: { authorization: basic('auth-token'), 'content-type': 'application/x-www-form-urlencoded' },
      body,
    });
    return { status: response.status, answer: await response.text() };
  };

  const folder = join(channels, 'fixtures/sms/outbound');
  for (const file of readdirSync(folder).filter((file) => file.endsWith('.form'))) {
    test(`${file} is accepted`, async () => {
      const { status, answer } = await send(readFileSync(join(folder, file), 'utf8').trim());
      expect(status, answer).toBe(201);
    });
  }

  test('a service with a wrong id is refused, so the contract bites', async () => {
    const body = readFileSync(join(folder, 'service.form'), 'utf8').trim();
    expect((await send(body.replace(/MG0+2/, 'MG2'))).status).toBe(422);
    expect((await send(body.replace(/^To=[^&]+&/, ''))).status).toBe(422);
  });
});

/** A form cannot tell a list of one from a text, and Prism takes it for a text. */
function withListsOfOne(json: string): string {
  const contract = JSON.parse(json);
  const { post } = contract.paths['/2010-04-01/Accounts/{AccountSid}/Messages.json'];
  const { properties } = post.requestBody.content['application/x-www-form-urlencoded'].schema;
  properties.MediaUrl = { oneOf: [properties.MediaUrl, properties.MediaUrl.items] };
  return JSON.stringify(contract);
}

test('a text goes through the bot and back by an emulated Twilio, which signs what it says', async () => {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const settings = { account_sid: ACCOUNT, auth_token: 'auth-token', sender: NUMBER, base_url: base };
  const switchboard = await Switchboard.withAdmin();
  const added = ['channel', 'add', '--kind', 'sms', '--name', 'Acme SMS', '--bot'];
  const channel = switchboard.command(added, JSON.stringify(settings)).split(' ')[0];
  await switchboard.start();
  const hook = `${switchboard.url}/webhooks/sms/${channel}`;
  const emulator = await createEmulator({
    service: 'twilio',
    port,
    seed: {
      twilio: {
        account: { sid: ACCOUNT, auth_token: 'auth-token', friendly_name: 'Acme Store' },
        phone_numbers: [{ phone_number: NUMBER, friendly_name: 'Acme', sms_url: hook }],
      },
    },
  });

  const ask = async (path: string, form?: Record<string, string>) => {
    const method = form ? 'POST' : 'GET';
    const body = form && new URLSearchParams(form);
    const answer = await fetch(`${base}${path}`, { method, body, headers: { authorization: basic('auth-token') } });
    expect(answer.ok, `${path}: ${answer.status}`).toBe(true);
    return answer.json();
  };
  const sent = async () => {
    const { messages } = await ask(`/2010-04-01/Accounts/${ACCOUNT}/Messages.json`);
    return messages.filter(({ direction }: { direction: string }) => direction !== 'inbound');
  };

  await ask('/_twilio/simulate/inbound-message', { From: '+5511900000001', To: NUMBER, Body: 'Oi! Where is my order? ã&🙂' });
  // The bot greets first; its question has the choices as numbered lines.
  const question = async () => (await sent()).find(({ body }: { body: string }) => /\n1\. /.test(body));
  await expect.poll(question).toMatchObject({ to: '+5511900000001', from: NUMBER });
  const answer = await question();
  await ask('/_twilio/simulate/message-status', { MessageSid: answer.sid, Status: 'delivered' });
  // Every knock of the emulator was let in.
  const log = await (await fetch(`${base}/?tab=webhooks`)).text();
  const knocks = [...log.matchAll(/<tr><td>([a-z.]+)<\/td><td>[^<]*<\/td><td>(\d*)<\/td>/g)].map(([, event, status]) => ({ event, status }));
  expect(knocks.map(({ event }) => event)).toEqual(expect.arrayContaining(['message.inbound', 'message.queued', 'message.delivered']));
  expect(knocks.filter(({ status }) => status !== '200')).toEqual([]);

  await emulator.close();
  await switchboard.discard();
});

function basic(token: string): string {
  return `Basic ${Buffer.from(`${ACCOUNT}:${token}`).toString('base64')}`;
}
