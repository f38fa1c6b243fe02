// X as X understands itself: its own client writes the same requests as our adapter. No browser. What our adapter writes is
// taken from the fixtures of its tests, which also say where it is sent.
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { Client } from '@xdevplatform/xdk';
import { Capture } from './capture.ts';

const channels = fileURLToPath(new URL('../../crates/channels', import.meta.url));
const fixture = (name: string) => readFileSync(join(channels, `fixtures/x/${name}.json`), 'utf8');

test.describe('what we send, by the client that X publishes', () => {
  let x: Capture;
  test.beforeAll(async () => { x = await Capture.open({ data: { id: '77', dm_event_id: '1900000000000000555' } }); });
  test.afterAll(() => x.close());

  const account = () => new Client({ accessToken: 'user-token', baseUrl: x.url });
  const app = () => new Client({ bearerToken: 'app-token', baseUrl: x.url });

  const written = async (name: string, path: string, call: (client: Client) => Promise<unknown>, client = account()) => {
    await call(client);
    const theirs = x.asked.at(-1)!;
    expect([theirs.method, theirs.path]).toEqual(['POST', path]);
    expect(JSON.parse(theirs.body)).toEqual(JSON.parse(fixture(`outbound/${name}`)));
  };
  const to = '1900000000000000111';
  const messages = `/2/dm_conversations/with/${to}/messages`;
  const attachments = [{ media_id: '1583157113245011970' }];

  test('a text', () => written('text', messages, (client) =>
    client.directMessages.createByParticipantId(to, { text: 'Olá 🙂' } as never)));
  test('a photo with its words', () => written('photo', messages, (client) =>
    client.directMessages.createByParticipantId(to, { text: 'A loja', attachments } as never)));
  test('a photo alone', () => written('photo_alone', messages, (client) =>
    client.directMessages.createByParticipantId(to, { attachments } as never)));
  test('the beginning of an upload', () => written('begin_upload', '/2/media/upload/initialize', (client) =>
    client.media.initializeUpload({ media_type: 'video/mp4', total_bytes: 11, media_category: 'dm_video' } as never)));
  test('a webhook', () => written('webhook', '/2/webhooks', (client) =>
    client.webhooks.create({ url: 'https://desk.example/webhooks/x/01939d3c-7a00-7000-8000-0000000000c1' } as never), app()));
  test('a subscription', () => written('subscription', '/2/activity/subscriptions', (client) =>
    client.activity.createSubscription(JSON.parse(fixture('outbound/subscription')) as never)));

  test('what is asked for is asked for at the same places', async () => {
    const client = account();
    const asked = async (call: Promise<unknown>) => {
      await call.catch(() => undefined);
      const { method, path } = x.asked.at(-1)!;
      return `${method} ${path.split('?')[0]}`;
    };
    expect(await asked(client.media.appendUpload('77', { body: { segment_index: 0, media: '' } } as never))).toBe('POST /2/media/upload/77/append');
    expect(await asked(client.media.finalizeUpload('77'))).toBe('POST /2/media/upload/77/finalize');
    expect(await asked(client.media.getUploadStatus('77', { command: 'STATUS' } as never))).toBe('GET /2/media/upload');
    expect(x.asked.at(-1)!.path).toContain('media_id=77');
    expect(await asked(client.users.getMe())).toBe('GET /2/users/me');
    expect(await asked(client.users.getById('111'))).toBe('GET /2/users/111');
    expect(await asked(app().webhooks.get())).toBe('GET /2/webhooks');
    expect(await asked(app().webhooks.validate('77'))).toBe('PUT /2/webhooks/77');
    expect(await asked(client.activity.getSubscriptions())).toBe('GET /2/activity/subscriptions');
    expect(await asked(client.directMessages.getEvents())).toBe('GET /2/dm_events');
  });

  test('a webhook is the app\'s to make, not the account\'s', async () => {
    await expect(account().webhooks.get()).rejects.toThrow(/BearerToken/);
  });
});

test('what X signs, by an HMAC that is not ours', () => {
  // The signature stands in the adapter's own tests.
  const proof = readFileSync(join(channels, 'tests/it/x.rs'), 'utf8');
  const signature = createHmac('sha256', 'consumer-secret').update(readFileSync(join(channels, 'fixtures/x/text.json'))).digest('base64');
  expect(proof).toContain(`"sha256=${signature}"`);
});
