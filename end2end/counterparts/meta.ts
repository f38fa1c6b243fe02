// Meta, as far as a WhatsApp number needs it: signs webhooks and takes what is sent. Written from Meta's documentation,
// with Node's own HMAC, so that it checks our adapter instead of repeating it.
import { createHmac } from 'node:crypto';
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export const SECRET = 'app-secret-of-the-spec';
export const NUMBER = '801000000000002';
const TOKEN = 'access-token-of-the-spec';

export type Sent = { to?: string; recipient?: string; type?: string; text?: { body: string }; interactive?: { body: { text: string } } };

export class Meta {
  /** Everything that was sent to customers, in order. */
  readonly sent: Sent[] = [];
  private hook = '';
  private count = 0;

  private constructor(private readonly server: Server, readonly url: string) {}

  static async open(): Promise<Meta> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const meta = new Meta(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (request, answer) => {
      let body = '';
      request.on('data', (part) => { body += part; });
      request.on('end', () => {
        answer.setHeader('content-type', 'application/json');
        if (request.headers.authorization !== `Bearer ${TOKEN}`) {
          answer.writeHead(401).end(JSON.stringify({ error: { code: 190, message: 'Invalid OAuth access token' } }));
          return;
        }
        const message = JSON.parse(body) as Sent & { status?: string };
        if (message.status) {
          answer.end(JSON.stringify({ success: true }));
          return;
        }
        meta.sent.push(message);
        const id = `wamid.OUT${meta.sent.length}`;
        answer.end(JSON.stringify({ messaging_product: 'whatsapp', contacts: [{ input: message.to, wa_id: message.to }], messages: [{ id }] }));
        void meta.tells({ statuses: ['sent', 'delivered', 'read'].map((status) => ({ id, status, timestamp: seconds(), recipient_id: message.to })) });
      });
    });
    return meta;
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

  /** Delivers a webhook whose body is signed over its exact bytes. */
  async tells(value: object): Promise<Response> {
    const metadata = { display_phone_number: '15550001111', phone_number_id: NUMBER };
    const change = { field: 'messages', value: { messaging_product: 'whatsapp', metadata, ...value } };
    const body = JSON.stringify({ object: 'whatsapp_business_account', entry: [{ id: '701000000000001', changes: [change] }] });
    const signature = createHmac('sha256', SECRET).update(body).digest('hex');
    return fetch(this.hook, { method: 'POST', body, headers: { 'content-type': 'application/json', 'x-hub-signature-256': `sha256=${signature}` } });
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

const seconds = () => String(Math.floor(Date.now() / 1000));
