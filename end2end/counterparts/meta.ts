// Meta, as far as a WhatsApp number needs it: signs webhooks, takes what is sent, and keeps files both ways. Written from Meta's documentation,
// with Node's own HMAC, so that it checks our adapter instead of repeating it.
import { createHmac } from 'node:crypto';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deliver } from './deliver.ts';

export const SECRET = 'app-secret-of-the-spec';
export const NUMBER = '801000000000002';
const TOKEN = 'access-token-of-the-spec';

type File = { id: string; caption?: string; filename?: string };

export type Sent = {
  to?: string;
  recipient?: string;
  type?: string;
  context?: { message_id: string };
  text?: { body: string };
  interactive?: { body: { text: string }; action?: { buttons?: { reply: { id: string; title: string } }[] } };
  image?: File;
  video?: File;
  audio?: File;
  document?: File;
  sticker?: File;
  reaction?: { message_id: string; emoji: string };
  template?: { name: string; language: { code: string }; components?: object[] };
};

type Kept = { content: Buffer; mime: string };

export class Meta {
  /** Everything that was sent to customers, in order. */
  readonly sent: Sent[] = [];
  /** Every file that came up or that a customer sent, by its id. */
  readonly files = new Map<string, Kept>();
  private hook = '';
  private count = 0;

  private constructor(private readonly server: Server, readonly url: string) {}

  static async open(): Promise<Meta> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const meta = new Meta(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (request, answer) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => meta.answers(request, Buffer.concat(chunks), answer));
    });
    return meta;
  }

  private answers(request: IncomingMessage, body: Buffer, answer: ServerResponse): void {
    const says = (document: object, status = 200) =>
      answer.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(document));
    if (request.headers.authorization !== `Bearer ${TOKEN}`) {
      says({ error: { code: 190, message: 'Invalid OAuth access token' } }, 401);
      return;
    }
    const [, place = '', last = ''] = /\/([^/]+)\/([^/?]+)(?:\?|$)/.exec(request.url ?? '') ?? [];
    if (request.method === 'GET') {
      const file = this.files.get(last);
      if (!file) says({ error: { code: 100, error_subcode: 33, message: 'Object does not exist' } }, 400);
      else if (place === 'files') answer.writeHead(200, { 'content-type': file.mime }).end(file.content);
      else says({ id: last, url: `${this.url}/files/${last}`, mime_type: file.mime, file_size: file.content.length });
      return;
    }
    if (last === 'media') {
      says({ id: this.keeps(uploaded(body, request.headers['content-type'] ?? '')) });
      return;
    }
    const message = JSON.parse(body.toString('utf8')) as Sent & { status?: string };
    if (message.status) {
      says({ success: true });
      return;
    }
    this.sent.push(message);
    const id = `wamid.OUT${this.sent.length}`;
    says({ messaging_product: 'whatsapp', contacts: [{ input: message.to, wa_id: message.to }], messages: [{ id }] });
    const statuses = ['sent', 'delivered', 'read'].map((status) => ({ id, status, timestamp: seconds(), recipient_id: message.to }));
    // The desk may be gone by then, and the test with it.
    this.tells({ statuses }).catch((error) => {
      if (this.server.listening) throw error;
    });
  }

  private keeps(file: Kept): string {
    const id = String(901_000_000_000_001 + this.files.size);
    this.files.set(id, file);
    return id;
  }

  /** The channel's settings, as `switchboard channel add` reads them. */
  settings(): string {
    return JSON.stringify({ phone_number_id: NUMBER, access_token: TOKEN, app_secret: SECRET, verify_token: 'verify', base_url: this.url });
  }

  /** Where webhooks go. */
  knocksAt(hook: string): void {
    this.hook = hook;
  }

  /** A customer writes. */
  async writes(phone: string, name: string, words: string): Promise<Response> {
    this.count += 1;
    return this.tells({
      contacts: [{ profile: { name }, wa_id: phone }],
      messages: [{ from: phone, id: `wamid.IN${this.count}`, timestamp: seconds(), type: 'text', text: { body: words } }],
    });
  }

  /** A customer presses the button of this title under the newest question. */
  async picks(phone: string, name: string, title: string): Promise<Response> {
    const asked = this.sent.findLastIndex((sent) => sent.interactive?.action?.buttons?.some(({ reply }) => reply.title === title));
    const button = this.sent[asked]?.interactive?.action?.buttons?.find(({ reply }) => reply.title === title);
    if (!button) throw new Error(`nobody was offered “${title}”`);
    this.count += 1;
    return this.tells({
      contacts: [{ profile: { name }, wa_id: phone }],
      messages: [{
        from: phone, id: `wamid.IN${this.count}`, timestamp: seconds(), context: { from: '15550001111', id: `wamid.OUT${asked + 1}` },
        type: 'interactive', interactive: { type: 'button_reply', button_reply: button.reply },
      }],
    });
  }

  /** A customer sends a file, as Meta's `kind` of it. */
  async sends(phone: string, name: string, kind: 'image' | 'video' | 'audio' | 'document' | 'sticker', file: Kept, more: object = {}): Promise<Response> {
    this.count += 1;
    const said = { id: this.keeps(file), mime_type: file.mime, ...more };
    return this.tells({
      contacts: [{ profile: { name }, wa_id: phone }],
      messages: [{ from: phone, id: `wamid.IN${this.count}`, timestamp: seconds(), type: kind, [kind]: said }],
    });
  }

  /** Delivers a webhook whose body is signed over its exact bytes. */
  async tells(value: object): Promise<Response> {
    const metadata = { display_phone_number: '15550001111', phone_number_id: NUMBER };
    const change = { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } };
    const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '701000000000001', changes: [change] }] });
    const signature = createHmac('sha256', SECRET).update(body).digest('hex');
    return deliver(this.hook, { method: 'POST', body, headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` } });
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const seconds = () => String(Math.floor(Date.now() / 1000));

/** The file in a form. */
function uploaded(body: Buffer, type: string): Kept {
  const boundary = /boundary=(.+)/.exec(type)?.[1] ?? '';
  const form = body.toString('latin1').split(`--${boundary}`);
  const [head = '', content = ''] = form.find((part) => part.includes('name="file"'))?.split(/\r\n\r\n(.*)/s) ?? [];
  const mime = /content-type: (.+)/i.exec(head)?.[1].trim() ?? '';
  return { content: Buffer.from(content.slice(0, -2), 'latin1'), mime };
}
