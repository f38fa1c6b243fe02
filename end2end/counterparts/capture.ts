// Takes whatever it is asked, remembers it, and always answers the same: where two clients write the same request, their
// requests can be compared.
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Asked = { method: string; path: string; authorization?: string; body: string };

export class Capture {
  readonly asked: Asked[] = [];

  private constructor(private readonly server: Server, readonly url: string) {}

  static async open(answer: object): Promise<Capture> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const capture = new Capture(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    server.on('request', (request, response) => {
      let body = '';
      request.on('data', (part) => { body += part; });
      request.on('end', () => {
        capture.asked.push({ method: request.method ?? '', path: request.url ?? '', authorization: request.headers.authorization, body });
        response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
      });
    });
    return capture;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}
