// Google as others understand it: Node's own crypto for the proofs of either side, and Google's own client for the
// Business Messages it retired. For RCS there is no client or contract to be had. No browser.
import { createHmac, createPublicKey, verify } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import businessMessages from 'businessmessages';

const channels = fileURLToPath(new URL('../../crates/channels', import.meta.url));
const fixtures = join(channels, 'fixtures/google');
const fixture = (path: string) => readFileSync(join(fixtures, path), 'utf8');

test.describe('the signatures that our own tests hold to', () => {
  const tests = readFileSync(join(channels, 'tests/it/google.rs'), 'utf8');
  for (const [name, token, path] of [
    ['SIGNATURE', 'client-token', 'rcs/text.json'],
    ['OLD_SIGNATURE', 'old-client-token', 'rcs/text.json'],
    ['FOREIGN_SIGNATURE', 'somebody-else', 'rcs/text.json'],
    ['RETIRED_SIGNATURE', 'client-token', 'business_messages/text.json'],
  ]) {
    test(`${name} is what Node's crypto makes`, () => {
      const signed = new RegExp(`const ${name}: &str =\\s+"([^"]+)"`).exec(tests)?.[1];
      expect(createHmac('sha512', token).update(fixture(path)).digest('base64')).toBe(signed);
    });
  }
});

test('the claim we sign in with is one of the key, as Google asks for it', () => {
  const key = JSON.parse(fixture('service_account.json'));
  const [header, claims, signature] = fixture('claim.jwt').trim().split('.');
  const signed = Buffer.from(`${header}.${claims}`);
  expect(verify('sha256', signed, createPublicKey(key.private_key), Buffer.from(signature, 'base64url'))).toBe(true);
  const read = (part: string) => JSON.parse(Buffer.from(part, 'base64url').toString());
  expect(read(header)).toEqual({ alg: 'RS256', typ: 'JWT', kid: key.private_key_id });
  const { iss, aud, scope, iat, exp } = read(claims);
  expect({ iss, aud, scope }).toEqual({
    iss: key.client_email,
    aud: key.token_uri,
    scope: 'https://www.googleapis.com/auth/rcsbusinessmessaging',
  });
  expect(exp - iat).toBe(3600);
});

test.describe("what Google's own client sends for the same message", () => {
  const folder = 'business_messages/outbound';
  for (const file of readdirSync(join(fixtures, folder))) {
    test(`${file} is the same request`, async () => {
      const ours = JSON.parse(fixture(`${folder}/${file}`));
      expect(await theirs(ours)).toEqual(ours);
    });
  }
});

type Request = { method: string; path: string; body: object };

/** The request that the other client makes to say `ours.body` at the same place. */
async function theirs(ours: Request): Promise<Request> {
  let asked: Request | undefined;
  const server = createServer((request, answer) => {
    let body = '';
    request.on('data', (part) => { body += part; });
    request.on('end', () => {
      asked = { method: request.method ?? '', path: request.url ?? '', body: JSON.parse(body) };
      answer.setHeader('content-type', 'application/json').end('{}');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const rootUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { messages } = new businessMessages.businessmessages_v1.Businessmessages({ version: 'v1' }).conversations;
  const name = ours.path.replace('/v1/', '');
  if (ours.method === 'PATCH') {
    await messages.updateReceipt({ name, requestBody: ours.body }, { rootUrl });
  } else {
    await messages.create({ parent: name.replace('/messages', ''), requestBody: ours.body }, { rootUrl });
  }
  server.close();
  return asked as Request;
}
