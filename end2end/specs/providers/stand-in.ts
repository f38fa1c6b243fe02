// What the stand-ins for all providers share: a server, the customer's phone, and a shelf of files. What they say and take
// is written from the providers' own documentation, with Node's cryptography: it checks our adapters, and repeats none.
import { createHmac } from 'node:crypto';
import { type IncomingHttpHeaders, type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { deliver } from '../../counterparts/deliver.ts';

export type File = { name: string; mime: string; content: Buffer };

/** A request of ours, read whole. */
export type Asked = { method: string; path: string; query: URLSearchParams; headers: IncomingHttpHeaders; body: Buffer };

export type Answer = { status?: number; json: unknown } | { file: File };

/** One field of the wizard's form: what stands above it, and what an admin fills in. */
export type Field = [label: string, value: string];

export abstract class StandIn {
  /** What it is called in the wizard. */
  abstract readonly messenger: string;
  /** What an admin fills in. */
  abstract readonly fields: Field[];
  /** How the provider calls the account. */
  abstract readonly account: string;
  /** How the customer is called at the desk. */
  abstract readonly customer: string;
  /** How far a message is known to have come in the end. */
  abstract readonly reports: 'Sent' | 'Delivered' | 'Read';
  /** Whether the provider takes the address by its API. */
  readonly isTold: boolean = false;

  /** What the customer's phone shows. */
  readonly texts: string[] = [];
  readonly photos: File[] = [];
  /** Where webhooks go. */
  hook = '';
  /** What the wizard made, and an admin copies to the provider. */
  made = '';
  url = '';
  protected readonly shelf = new Map<string, File>();
  private count = 0;
  private server?: Server;

  async open(): Promise<this> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', async () => {
        const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
        const asked = { method: request.method ?? '', path: pathname, query: searchParams, headers: request.headers, body: Buffer.concat(chunks) };
        const answer = await this.answers(asked);
        if ('file' in answer) response.writeHead(200, { 'content-type': answer.file.mime }).end(answer.file.content);
        else response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer.json));
      });
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    this.server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return this;
  }

  close(): void {
    this.server?.closeAllConnections();
    this.server?.close();
  }

  /** The customer writes. */
  abstract writes(words: string): Promise<Response>;

  /** The customer sends a photo. */
  abstract sends(photo: File): Promise<Response>;

  protected abstract answers(asked: Asked): Answer | Promise<Answer>;

  /** A number that was not there before. */
  protected next(): number {
    this.count += 1;
    return this.count;
  }

  /** Delivers a webhook; `sign` gives its headers by its exact bytes. */
  protected async tells(content: object, sign: (body: string) => Record<string, string>): Promise<Response> {
    const body = JSON.stringify(content);
    return deliver(this.hook, { method: 'POST', body, headers: { 'content-type': 'application/json', ...sign(body) } });
  }

  /** Reports on a message once it has been answered for. */
  protected later(report: () => Promise<Response>): void {
    setTimeout(() => void report().catch(() => undefined), 50);
  }

  protected keeps(file: File): string {
    const id = String(901_000_000_000_000 + this.shelf.size);
    this.shelf.set(id, file);
    return id;
  }

  /** Takes a file that we lend by its address, as providers do. */
  protected async takes(link: string): Promise<void> {
    const lent = await fetch(link);
    this.photos.push({ name: '', mime: lent.headers.get('content-type') ?? '', content: Buffer.from(await lent.arrayBuffer()) });
  }
}

export const json = (asked: Asked) => JSON.parse(asked.body.toString('utf8') || '{}');

export const seconds = () => Math.floor(Date.now() / 1000);

/** `sha256=` and hex, as Meta signs. */
export const inHex = (secret: string, body: string) => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;

/** The parts of a form: text by name, and the one file. */
export function parts({ body, headers }: Asked): { text: Record<string, string>; file?: File } {
  const boundary = /boundary="?([^";]+)/.exec(headers['content-type'] ?? '')?.[1] ?? '';
  const text: Record<string, string> = {};
  let file: File | undefined;
  for (const part of body.toString('latin1').split(`--${boundary}`).slice(1, -1)) {
    const [head = '', content = ''] = part.split(/\r\n\r\n(.*)/s);
    const name = /name="([^"]+)"/.exec(head)?.[1] ?? '';
    const bytes = Buffer.from(content.slice(0, -2), 'latin1');
    const filename = /filename="([^"]+)"/.exec(head)?.[1];
    if (filename) file = { name: filename, mime: /content-type: (.+)/i.exec(head)?.[1].trim() ?? '', content: bytes };
    else text[name] = bytes.toString('utf8');
  }
  return { text, file };
}
