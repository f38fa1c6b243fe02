// WhatsApp as others understand it: Meta's own contract for what we send, and an adapter we did not write for what we
// receive. No browser. What our adapter writes and reads is taken from the fixtures and snapshots of its own tests.
import { readFileSync, readdirSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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

  const ask = async (method: string, path: string, body?: string, type = 'application/json') => {
    const headers = { authorization: 'Bearer token', ...(body === undefined ? {} : { 'content-type': type }) };
    const response = await fetch(`${prism.url}/v26.0/${path}`, { method, headers, body });
    return { status: response.status, answer: await response.text() };
  };
  const send = (body: string) => ask('POST', '801000000000002/messages', body);

  const folder = join(channels, 'fixtures/whatsapp/outbound');
  for (const file of readdirSync(folder)) {
    test(`${file} is accepted`, async () => {
      const { status, answer } = await send(readFileSync(join(folder, file), 'utf8'));
      expect(status, answer).toBe(200);
    });
  }

  const spoiled: [string, string, (body: any) => void][] = [
    ['a button with a title that is too long', 'buttons', (body) => { body.interactive.action.buttons[0].reply.title = 'more than twenty letters'; }],
    ['a photo without its id', 'photo', (body) => { delete body.image.id; }],
    ['a sticker with words', 'sticker', (body) => { body.sticker.caption = 'words'; }],
    ['a place in another planet\'s words', 'location', (body) => { body.location.planet = 'Mars'; }],
    ['a reaction with another key', 'reaction', (body) => { body.reaction.id = '1'; }],
    ['a template without its language', 'template_named', (body) => { delete body.template.language; }],
    ['a template without its name', 'template_positional', (body) => { delete body.template.name; }],
  ];
  for (const [what, file, spoil] of spoiled) {
    test(`${what} is refused, so the contract bites`, async () => {
      const body = JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8'));
      spoil(body);
      expect((await send(JSON.stringify(body))).status).toBe(422);
    });
  }

  const request = (file: string) => readFileSync(join(channels, 'fixtures/whatsapp/requests', file), 'utf8');

  test('a file that goes up is accepted', async () => {
    const { status, answer } = await ask('POST', '801000000000002/media', upload(), 'multipart/form-data; boundary=BOUNDARY');
    expect(status, answer).toBe(200);
  });

  test('to be delivered to is accepted', async () => {
    const { status, answer } = await ask('POST', '701000000000001/subscribed_apps', request('subscribed_apps.json'));
    expect(status, answer).toBe(200);
  });

  for (const path of request('paths.txt').trim().split('\n')) {
    test(`${path} can be asked for`, async () => {
      const { status, answer } = await ask('GET', path);
      expect(status, answer).toBe(200);
    });
  }
});

/** The body of an upload, as our adapter's own test holds it to. */
function upload(): string {
  return readFileSync(join(channels, 'fixtures/whatsapp/requests/media.txt'), 'utf8').replaceAll('\n', '\r\n');
}

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

test.describe('what we send, by an adapter we did not write', () => {
  const thread = 'whatsapp:801000000000002:5511900000001';
  let graph: Graph;

  test.beforeAll(async () => {
    graph = await Graph.open();
  });
  test.afterAll(() => graph?.close());

  const photo = { data: Buffer.from('xxxxxxxxxx'), filename: 'foto.jpg', mimeType: 'image/jpeg' };
  const bill = { data: Buffer.from('xxxxxxxxxx'), filename: 'nota.pdf', mimeType: 'application/pdf' };
  const template = () => JSON.parse(readFileSync(join(channels, 'fixtures/whatsapp/outbound/template_named.json'), 'utf8')).template;
  const same: [string, (adapter: any) => Promise<unknown>][] = [
    ['text', (adapter) => adapter.postMessage(thread, { raw: 'Olá 🙂' })],
    ['reply', (adapter) => adapter.reply(thread, 'wamid.IN01=', { raw: 'Sim' })],
    ['photo', (adapter) => adapter.postMessage(thread, { raw: 'veja', files: [photo] })],
    ['document', (adapter) => adapter.postMessage(thread, { raw: 'segue a nota', files: [bill] })],
    ['reaction', (adapter) => adapter.addReaction(thread, 'wamid.IN01=', '👍')],
    ['reaction_removed', (adapter) => adapter.removeReaction(thread, 'wamid.IN01=', '👍')],
    ['template_named', (adapter) => {
      const { name, language, components } = template();
      return adapter.sendTemplate(thread, { name, language: language.code, components });
    }],
    ['read', (adapter) => adapter.markAsRead('wamid.IN01=')],
  ];
  for (const [fixture, send] of same) {
    test(`${fixture} is the same request from both`, async () => {
      const theirs = await graph.hears(send);
      const ours = JSON.parse(readFileSync(join(channels, `fixtures/whatsapp/outbound/${fixture}.json`), 'utf8'));
      // Only we ask for our own key back.
      delete ours.biz_opaque_callback_data;
      expect(JSON.parse(theirs.messages[0])).toEqual(ours);
    });
  }

  test('a file goes up in the same parts from both', async () => {
    const { uploads: [theirs] } = await graph.hears((adapter) => adapter.postMessage(thread, { raw: '', files: [bill] }));
    const ours = parts(upload(), 'BOUNDARY');
    // Meta documents the type as a part of its own as well; the name of the file is nobody's business but theirs.
    const { type, ...others } = ours;
    expect(type).toBe('application/pdf');
    expect(theirs).toEqual(others);
  });
});

/** The parts of a form by their names, and the type and content of the file. */
function parts(body: string, boundary: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const part of body.split(`--${boundary}`).slice(1, -1)) {
    const [head, content] = part.split('\r\n\r\n');
    const name = /name="([^"]+)"/.exec(head)?.[1] ?? '';
    const type = /content-type: (.+)/i.exec(head)?.[1];
    found[name] = (type ? `${type.trim()}: ` : '') + content.trimEnd();
  }
  return found;
}

type Heard = { messages: string[]; uploads: Record<string, string>[] };

/** The Graph API as far as the other adapter goes: it takes everything and remembers it. */
class Graph {
  private heard: Heard = { messages: [], uploads: [] };

  private constructor(private readonly server: Server, private readonly url: string) {}

  static async open(): Promise<Graph> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const graph = new Graph(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (request, answer) => {
      let body = '';
      request.setEncoding('latin1').on('data', (chunk) => { body += chunk; });
      request.on('end', () => {
        const boundary = /boundary=(.+)/.exec(request.headers['content-type'] ?? '')?.[1];
        if (boundary) graph.heard.uploads.push(parts(body, boundary));
        else graph.heard.messages.push(Buffer.from(body, 'latin1').toString('utf8'));
        const taken = boundary ? { id: '901000000000001' } : { success: true, messages: [{ id: 'wamid.OUT1=' }] };
        answer.setHeader('content-type', 'application/json').end(JSON.stringify(taken));
      });
    });
    return graph;
  }

  /** What the other adapter asks for while it does something. */
  async hears(does: (adapter: any) => Promise<unknown>): Promise<Heard> {
    this.heard = { messages: [], uploads: [] };
    await does(other({ apiUrl: this.url }));
    return this.heard;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
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

  test('files are the same to both', async () => {
    const theirs = await read('media');
    const ours = snapshot('media').map((event) => event.message.message);
    expect(theirs.map(({ id }) => id)).toEqual(ours.map(({ id }) => id));
    let compared = 0;
    for (const [index, { file }] of theirs.entries()) {
      const [mine] = ours[index].files;
      // Theirs know a file by its id alone.
      if (!file?.id) continue;
      expect({ id: mine.handle, mime: mine.mime }).toEqual({ id: String(file.id), mime: file.mime });
      if (ours[index].content.files.files[0].kind === 'document') expect(mine.name).toBe(file.name);
      compared += 1;
    }
    expect(compared).toBe(7);
    expect(theirs[0].text).toBe(ours[0].content.files.text);
    expect(theirs[2].text).toBe(ours[2].content.files.text);
  });

  test('reactions mean the same to both', async () => {
    const theirs = (await read('marks')).filter(({ emoji }) => emoji !== undefined);
    const ours = snapshot('marks').flatMap(({ reaction }) => (reaction ? [reaction] : []));
    // Theirs take a reaction without an emoji for one that was added; Meta says it was taken back.
    expect(theirs.slice(0, 2)).toEqual(ours.slice(0, 2).map(({ target, emoji }) => ({ target, emoji: emoji ?? '' })));
  });
});

type Told = Partial<Record<'id' | 'text' | 'name' | 'userId' | 'title' | 'pick' | 'target' | 'emoji', string>> & { file?: { id?: string; mime?: string; name?: string } };

/** What the other adapter makes of a fixture that a third party signed. */
async function read(fixture: string): Promise<Told[]> {
  const body = readFileSync(join(channels, `fixtures/whatsapp/${fixture}.json`), 'utf8');
  const told: Told[] = [];
  const adapter = other({});
  await adapter.initialize(listener(told));
  const headers = { 'x-hub-signature-256': await sign('app-secret', body) };
  const response = await adapter.handleWebhook(new Request('http://localhost/', { method: 'POST', headers, body }));
  expect(response.status).toBe(200);
  return told;
}

function other(options: { apiUrl?: string }) {
  return createWhatsAppAdapter({
    accessToken: 'token',
    appSecret: 'app-secret',
    phoneNumberId: '801000000000002',
    verifyToken: 'verify-token',
    logger: silent as never,
    ...options,
  });
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
      told.push({ id: message.id, text: message.text, name: message.author.fullName, userId: message.author.userId, file: file(message) }),
    processAction: (action: any) => told.push(pick(action)),
    processReaction: ({ messageId, rawEmoji }: any) => told.push({ target: messageId, emoji: rawEmoji ?? '' }),
  } as never;
}

function file({ attachments: [first] }: any): Told['file'] {
  return first && { id: first.fetchMetadata?.mediaId, mime: first.mimeType, name: first.name };
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
