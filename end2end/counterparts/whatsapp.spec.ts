// WhatsApp as others understand it: Meta's own contract for what we send, and an adapter we did not write for what we
// receive. No browser. What our adapter writes and reads is taken from the fixtures and snapshots of its own tests.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sign } from '@octokit/webhooks-methods';
import { createWhatsAppAdapter } from '@chat-adapter/whatsapp';
import { expect, test } from '@playwright/test';
import { serve, type Prism } from './prism';

const channels = fileURLToPath(new URL('../../crates/channels', import.meta.url));
const contracts = process.env.CONTRACTS_DIR;

test.describe('what we send, by the contract Meta publishes', () => {
  test.skip(!contracts, 'CONTRACTS_DIR is not set');
  let prism: Prism;

  test.beforeAll(async () => {
    prism = await serve(withActions(readFileSync(join(contracts ?? '', 'meta-cloud-api.yaml'), 'utf8')));
  });
  test.afterAll(() => prism?.stop());

  const send = async (body: string) => {
    const response = await fetch(`${prism.url}/v26.0/801000000000002/messages`, {
      method: 'POST',
      headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
      body,
    });
    return { status: response.status, answer: await response.text() };
  };

  const folder = join(channels, 'fixtures/whatsapp/outbound');
  for (const file of readdirSync(folder)) {
    test(`${file} is accepted`, async () => {
      const { status, answer } = await send(readFileSync(join(folder, file), 'utf8'));
      expect(status, answer).toBe(200);
    });
  }

  test('a button with a title that is too long is refused, so the contract bites', async () => {
    const body = JSON.parse(readFileSync(join(folder, 'buttons.json'), 'utf8'));
    body.interactive.action.buttons[0].reply.title = 'more than twenty letters';
    expect((await send(JSON.stringify(body))).status).toBe(422);
  });
});

/** The published contract describes the actions of interactive messages, but does not refer to them. */
function withActions(yaml: string): string {
  const start = yaml.indexOf('\n    InteractiveObject:');
  const loose = '        action:\n          type: object\n';
  const place = yaml.indexOf(loose, start);
  expect(start, 'the contract has interactive messages').toBeGreaterThan(0);
  expect(place, 'their action is described loosely').toBeGreaterThan(0);
  const strict = "        action:\n          $ref: '#/components/schemas/ActionObject'\n";
  return yaml.slice(0, place) + strict + yaml.slice(place + loose.length);
}

test.describe('what we receive, by an adapter we did not write', () => {
  for (const fixture of ['text', 'hidden_phone', 'phone_only']) {
    test(`${fixture} says the same to both`, async () => {
      const [theirs] = await read(fixture);
      const [ours] = snapshot(fixture);
      expect(theirs.id).toBe(ours.message.message.id);
      expect(theirs.text).toBe(ours.message.message.content.text);
      expect(theirs.name).toBe(ours.message.customer.name);
      expect(ours.message.customer.ids).toContain(theirs.userId);
    });
  }

  test('picks are the same answers to both', async () => {
    const theirs = await read('picks');
    const ours = snapshot('picks').map((event) => event.message.message.content.picked);
    expect(theirs.map(({ title }) => title)).toEqual(ours.map(({ title }) => title));
    // Theirs keep no id where a template's button has no payload; ours then take its words.
    const named = theirs.flatMap(({ pick }, index) => (pick === undefined ? [] : [[pick, ours[index].id]]));
    expect(named.length).toBeGreaterThan(1);
    for (const [pick, id] of named) expect(pick).toBe(id);
  });

  test('reactions mean the same to both', async () => {
    const theirs = (await read('marks')).filter(({ emoji }) => emoji !== undefined);
    const ours = snapshot('marks').flatMap(({ reaction }) => (reaction ? [reaction] : []));
    // Theirs take a reaction without an emoji for one that was added; Meta says it was taken back.
    expect(theirs.slice(0, 2)).toEqual(ours.slice(0, 2).map(({ target, emoji }) => ({ target, emoji: emoji ?? '' })));
  });
});

type Told = Partial<Record<'id' | 'text' | 'name' | 'userId' | 'title' | 'pick' | 'target' | 'emoji', string>>;

/** What the other adapter makes of a fixture that a third party signed. */
async function read(fixture: string): Promise<Told[]> {
  const body = readFileSync(join(channels, `fixtures/whatsapp/${fixture}.json`), 'utf8');
  const told: Told[] = [];
  const adapter = createWhatsAppAdapter({
    accessToken: 'token',
    appSecret: 'app-secret',
    phoneNumberId: '801000000000002',
    verifyToken: 'verify-token',
    logger: silent as never,
  });
  await adapter.initialize(listener(told));
  const headers = { 'x-hub-signature-256': await sign('app-secret', body) };
  const response = await adapter.handleWebhook(new Request('http://localhost/', { method: 'POST', headers, body }));
  expect(response.status).toBe(200);
  return told;
}

const silent = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** As much of a chat as the other adapter talks to. */
function listener(told: Told[]): never {
  const kept = new Map<string, unknown>();
  const state = {
    get: async (key: string) => kept.get(key) ?? null,
    set: async (key: string, value: unknown) => void kept.set(key, value),
    setIfNotExists: async () => true,
    acquireLock: async (threadId: string) => ({ threadId, token: '1', expiresAt: 0 }),
    releaseLock: async () => {},
    delete: async (key: string) => void kept.delete(key),
  };
  return {
    getLogger: () => silent,
    getState: () => state,
    getUserName: () => 'bot',
    processMessage: (_adapter: unknown, _thread: string, message: any) =>
      told.push({ id: message.id, text: message.text, name: message.author.fullName, userId: message.author.userId }),
    processAction: (action: any) => told.push(pick(action)),
    processReaction: ({ messageId, rawEmoji }: any) => told.push({ target: messageId, emoji: rawEmoji ?? '' }),
  } as never;
}

function pick({ raw, actionId }: any): Told {
  const message = raw.message ?? raw;
  const reply = message.interactive?.button_reply ?? message.interactive?.list_reply;
  return reply ? { title: reply.title, pick: actionId } : { title: message.button.text, pick: message.button.payload };
}

/** What our adapter makes of a fixture, by the snapshot that its tests hold it to. */
function snapshot(fixture: string): any[] {
  const file = readFileSync(join(channels, `tests/it/snapshots/it__inbound__${fixture}.snap`), 'utf8');
  return file.split('\n').filter((line) => line.startsWith('  {')).map((line) => JSON.parse(line));
}
