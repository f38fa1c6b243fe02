// Messenger and Instagram as others understand them. No independent server for either exists, on npm or on PyPI, and Meta
// publishes no contract: whether Meta takes what we send is not proven here. What is: that a client we did not write sends
// the same bodies, and that a third party signs as we expect. No browser. What our adapters write is taken from the
// fixtures of their own tests.
import { readFileSync } from 'node:fs';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sign, verify } from '@octokit/webhooks-methods';
import { expect, test } from '@playwright/test';
import messaging from 'messaging-api-messenger';

const channels = fileURLToPath(new URL('../../crates/channels', import.meta.url));
const ANA = '7100000000000001';
const KEY = '01939d3c-7a00-7000-8000-000000000001:1/1';

type Body = Record<string, any>;

/** What our adapter writes, by the fixture that its tests hold it to. */
const ours = (name: string): Body => JSON.parse(readFileSync(join(channels, `fixtures/${name}.json`), 'utf8'));

test.describe('what we send, by a client we did not write', () => {
  const heard: { path: string; type: string; body: string }[] = [];
  let server: Server;
  let client: InstanceType<typeof messaging.MessengerClient>;

  test.beforeAll(async () => {
    server = createServer((request, answer) => {
      let body = '';
      request.on('data', (part) => { body += part; });
      request.on('end', () => {
        heard.push({ path: request.url ?? '', type: request.headers['content-type'] ?? '', body });
        answer.setHeader('content-type', 'application/json');
        answer.end(JSON.stringify({ recipient_id: ANA, message_id: 'm_Z', attachment_id: '55' }));
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = new messaging.MessengerClient({ accessToken: 'EAAtoken', version: '26.0', origin, skipAppSecretProof: true });
  });
  test.beforeEach(() => { heard.length = 0; });
  test.afterAll(() => server?.close());

  /** The one body that it sent to `path`. */
  const theirs = (path: string): Body => {
    expect(heard.map((one) => one.path.split('?')[0])).toEqual([`/v26.0/me/${path}`]);
    return JSON.parse(heard[0].body);
  };

  /** Theirs call every message an update unless told otherwise; ours are answers, which Instagram is told no type for. */
  const sameMessage = (name: string) => {
    const { messaging_type, ...sent } = theirs('messages');
    const { messaging_type: type, ...written } = ours(name);
    expect(sent).toEqual(written);
    if (messaging_type !== 'UPDATE') expect(messaging_type).toBe(type);
    else expect([undefined, 'RESPONSE']).toContain(type);
  };

  const choices = ['Sim', 'Não'].map((title) => ({ contentType: 'text' as const, title, payload: title.toLowerCase() }));
  const attachment = (type: 'image' | 'file', payload: object) => ({ attachment: { type, payload }, metadata: KEY }) as never;

  for (const product of ['messenger', 'instagram']) {
    test(`${product}: a text with the key that comes back`, async () => {
      await client.sendMessage(ANA, { text: 'Olá 🙂', metadata: KEY } as never);
      sameMessage(`${product}/outbound/text`);
    });

    test(`${product}: what a person writes late`, async () => {
      await client.sendMessage(ANA, { text: 'Olá 🙂', metadata: KEY } as never, { tag: 'HUMAN_AGENT' });
      sameMessage(`${product}/outbound/human_agent`);
      expect(theirs('messages').messaging_type).toBe('MESSAGE_TAG');
    });

    test(`${product}: answers to pick`, async () => {
      await client.sendMessage(ANA, { text: 'Ok?', metadata: KEY } as never, { quickReplies: choices } as never);
      sameMessage(`${product}/outbound/quick_replies`);
    });
  }

  for (const [type, id] of [['image', '5500000000000001'], ['file', '5500000000000002']] as const) {
    test(`messenger: an uploaded ${type} by its id`, async () => {
      await client.sendMessage(ANA, attachment(type, { attachmentId: id }));
      sameMessage(`messenger/outbound/${type}`);
    });
  }

  test('instagram: a photo by its address', async () => {
    await client.sendMessage(ANA, attachment('image', { url: 'https://desk.example/lent/7' }));
    sameMessage('instagram/outbound/image');
  });

  test('messenger: an upload names its file and is kept', async () => {
    await client.uploadImage(Buffer.from('png bytes'), { filename: 'jacket.png', isReusable: true });
    expect(heard.map((one) => one.path.split('?')[0])).toEqual(['/v26.0/me/message_attachments']);
    expect(heard[0].type).toContain('multipart/form-data');
    const [, message] = /name="message"\r\n\r\n(.*)\r\n/.exec(heard[0].body) ?? [];
    expect(JSON.parse(message)).toEqual(ours('messenger/outbound/upload'));
    expect(heard[0].body).toMatch(/name="filedata"; filename="jacket.png"/);
  });

  test('messenger: signs', async () => {
    await client.typingOn(ANA);
    expect(theirs('messages')).toEqual(ours('messenger/outbound/typing'));
    heard.length = 0;
    await client.markSeen(ANA);
    expect(theirs('messages')).toEqual(ours('messenger/outbound/seen'));
  });

  test('a body that differs is noticed, so the comparison bites', async () => {
    await client.sendMessage(ANA, { text: 'Olá', metadata: KEY } as never);
    expect(() => sameMessage('messenger/outbound/text')).toThrow();
  });
});

test.describe('what we receive, signed by a third party', () => {
  for (const product of ['messenger', 'instagram']) {
    const body = readFileSync(join(channels, `fixtures/${product}/text.json`), 'utf8');
    const source = readFileSync(join(channels, `tests/it/${product}.rs`), 'utf8');
    const trusted = /const SIGNATURE: &str = "(.*)"/.exec(source)?.[1] ?? '';

    test(`${product}: the signature that our tests trust is the third party's, too`, async () => {
      expect(await sign('app-secret', body)).toBe(trusted);
    });

    test(`${product}: the body holds for its very bytes only`, async () => {
      expect(await verify('app-secret', body, trusted)).toBe(true);
      expect(await verify('somebody-else', body, trusted)).toBe(false);
      expect(await verify('app-secret', JSON.stringify(JSON.parse(body)), trusted)).toBe(false);
    });
  }
});
