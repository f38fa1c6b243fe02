import assert from 'node:assert/strict';
import test from 'node:test';

import {
  backoff, cleanName, enqueue, fileKind, fitsFile, headline, initials, linkify, mark, markSeen, marked, mayRetry, newConversation, nextToSend, refusalWords, retryDelay, setProblem, subjectOf, take, takeBack, unread, uuidv7,
} from '../../public/widget/core.js';

const positions = (talk) => talk.entries.map((entry) => entry.position);
const said = (position, more = {}) => ({ position, id: `m${position}`, at: position, author: 'agent', kind: 'text', text: `no. ${position}`, ...more });
const links = (text) => linkify(text).filter((piece) => piece.href).map((piece) => piece.href);

test('an id is a UUIDv7 that carries its time', () => {
  const id = uuidv7(0x0123456789ab, new Uint8Array(10).fill(0xff));
  assert.equal(id, '01234567-89ab-7fff-bfff-ffffffffffff');
  assert.match(uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10))), /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test('later ids sort after earlier ones', () => {
  const random = new Uint8Array(10).fill(7);
  const ids = [1_700_000_000_000, 1_700_000_000_001, 1_800_000_000_000].map((now) => uuidv7(now, random));
  assert.deepEqual([...ids].sort(), ids);
});

test('waiting doubles, is spread, and never exceeds half a minute', () => {
  assert.equal(backoff(0, 0), 300);
  assert.equal(backoff(0, 1), 1_000);
  assert.equal(backoff(3, 1), 8_000);
  assert.equal(backoff(40, 1), 30_000);
});

test('a wait the server asks for is kept, up to two minutes', () => {
  assert.equal(retryDelay('3', 9, 0), 3_000);
  assert.equal(retryDelay('86400', 0, 0), 120_000);
  assert.equal(retryDelay(null, 0, 1), 1_000);
  assert.equal(retryDelay('Wed, 21 Oct 2026 07:28:00 GMT', 0, 1), 1_000);
});

test('only what may succeed later is tried again by itself', () => {
  assert.deepEqual([0, 408, 425, 429, 500, 503].map(mayRetry), Array(6).fill(true));
  assert.deepEqual([400, 401, 403, 404, 409, 413, 422].map(mayRetry), Array(7).fill(false));
});

test('a refusal is told in the server’s words where it has any', () => {
  assert.equal(refusalWords(422, { error: { field: 'text', message: 'it is empty' } }), 'it is empty');
  assert.equal(refusalWords(422, { error: { message: { toString: 'x' } } }), 'it was not accepted');
  assert.equal(refusalWords(413), 'it is too long');
  assert.equal(refusalWords(403, { error: { message: 'You are not allowed to write here.' } }), 'this chat takes no messages from you now');
});

test('a sign shows at once in the place of the one before, and one that was refused does not', () => {
  const talk = newConversation();
  take(talk, [said(1, { reactions: [{ by: 'agent', emoji: '🎉' }, { by: 'you', emoji: '👍' }] })], true);
  const signs = () => marked(talk, talk.entries[0]).reactions?.map((sign) => sign.emoji);
  enqueue(talk, { id: 'a', at: 1, mark: { message: 'm1', mark: { reacted: '❤' } } });
  assert.deepEqual(signs(), ['🎉', '❤']);
  enqueue(talk, { id: 'b', at: 2, mark: { message: 'm1', mark: { reacted: null } } });
  assert.deepEqual(signs(), ['🎉']);
  setProblem(talk, 'b', 'it is odd');
  assert.deepEqual(signs(), ['🎉', '❤']);
  takeBack(talk, 'a');
  assert.deepEqual(signs(), ['🎉', '👍']);
});

test('other words and a deletion show at once, and what was refused is not done', () => {
  const talk = newConversation();
  take(talk, [said(1, { author: 'you', text: 'order 21', files: [{}] })], true);
  const now = () => marked(talk, talk.entries[0]);
  enqueue(talk, { id: 'a', at: 1, mark: { message: 'm1', mark: { edited: '' } } });
  assert.deepEqual([now().text, now().edited, now().files.length], ['', true, 1]);
  enqueue(talk, { id: 'b', at: 2, mark: { message: 'm1', mark: 'deleted' } });
  assert.deepEqual([now().kind, now().text, now().files], ['deleted', '', []]);
  setProblem(talk, 'b', 'it is odd');
  assert.deepEqual([now().kind, now().edited], ['text', true]);
});

test('entries heard in any order, and twice, stand once and in order', () => {
  const talk = newConversation();
  take(talk, [said(7), said(2), said(9)], true);
  take(talk, [said(2), said(4), said(7)], true);
  assert.deepEqual(positions(talk), [2, 4, 7, 9]);
});

test('an answer to a message does not move the cursor past what was not heard yet', () => {
  const talk = newConversation();
  take(talk, [said(1)], true);
  take(talk, [said(3, { author: 'you' })], false);
  assert.equal(talk.cursor, 1);
  take(talk, [said(2), said(3, { author: 'you' })], true);
  assert.equal(talk.cursor, 3);
  assert.deepEqual(positions(talk), [1, 2, 3]);
});

test('a message stands once whether its echo or its answer comes first', () => {
  const talk = newConversation();
  enqueue(talk, { id: 'a', at: 1, text: 'hi' });
  take(talk, [said(1, { id: 'a', author: 'you', stage: 'delivered' })], true);
  take(talk, [said(1, { id: 'a', author: 'you', stage: 'sent' })], false);
  assert.equal(talk.pending.length, 0);
  assert.equal(talk.entries.length, 1);
  assert.equal(talk.entries[0].stage, 'delivered');
});

test('a read message never goes back to delivered', () => {
  const talk = newConversation();
  take(talk, [said(1, { author: 'you', stage: 'sent' })], true);
  for (const stage of ['delivered', 'read', 'delivered', 'sent', 'nonsense']) mark(talk, 'm1', stage);
  assert.equal(talk.entries[0].stage, 'read');
  markSeen(talk, 5);
  markSeen(talk, 3);
  markSeen(talk, 'many');
  assert.equal(talk.seen, 5);
});

test('a refused message does not hold up the next, and can be tried again or taken back', () => {
  const talk = newConversation();
  enqueue(talk, { id: 'a', text: 'one' });
  enqueue(talk, { id: 'b', text: 'two' });
  setProblem(talk, 'a', 'it is too long');
  assert.equal(nextToSend(talk).id, 'b');
  setProblem(talk, 'a', undefined);
  assert.equal(nextToSend(talk).id, 'a');
  assert.equal(takeBack(talk, 'a').text, 'one');
  assert.deepEqual(talk.pending.map((message) => message.id), ['b']);
});

test('unread counts what others said after the last thing read, without lines', () => {
  const talk = newConversation();
  take(talk, [said(1), said(2), said(3, { author: 'you' }), said(4, { author: 'bot' }), said(5, { kind: 'line', author: 'system' })], true);
  talk.read = 1;
  assert.equal(unread(talk), 2);
});

test('web and mail addresses become links, without the sentence’s own punctuation', () => {
  assert.deepEqual(links('See https://example.com/a. And (http://example.org/b_(c)), ok?'), ['https://example.com/a', 'http://example.org/b_(c)']);
  assert.deepEqual(links('write to mailto:me@example.com!'), ['mailto:me@example.com']);
});

test('a link shows exactly what was written', () => {
  const text = 'a https://EXAMPLE.com/?q=1&r=<b> z';
  assert.equal(linkify(text).map((piece) => piece.text).join(''), text);
});

test('nothing but http, https and mailto is ever a link', () => {
  for (const text of [
    'javascript:alert(1)', 'JaVaScRiPt://x%0aalert(1)', 'data:text/html,<script>', 'vbscript:x', 'file:///etc/passwd',
    'ftp://example.com', '//example.com', 'www.example.com', '<a href="javascript:x">', 'https://', 'http://[::1', 'https://bank.example@evil.example',
    'https://user:word@evil.example/', 'xhttps://example.com', 'https:example.com',
  ]) assert.deepEqual(links(text), [], text);
});

test('a link ends where writing is turned around or hidden', () => {
  assert.deepEqual(links('https://example.com/\u202egpj.exe'), ['https://example.com/']);
  assert.deepEqual(links('https://exam\u200bple.com'), ['https://exam/']);
});

test('a very long text is cut into links in no time', () => {
  const started = performance.now();
  linkify('http://'.repeat(20_000));
  linkify(`https://a.b/${'('.repeat(50_000)}`);
  linkify('https://a.b/'.concat(')'.repeat(100_000)));
  assert.ok(performance.now() - started < 1_000);
});

test('a name is one short line that cannot turn the writing around', () => {
  assert.equal(cleanName(' Priya\n\u202eNair\u0000 '), 'Priya Nair');
  assert.equal([...cleanName('x'.repeat(500))].length, 60);
  assert.equal(cleanName('\u200b', 'Bot'), 'Bot');
  assert.equal(cleanName(null, 'Bot'), 'Bot');
});

test('initials are one or two letters', () => {
  assert.equal(initials('Priya de Nair'), 'PN');
  assert.equal(initials('Zoë'), 'Z');
  assert.equal(initials(''), '');
});

test('the head says who answers and whether a person is there', () => {
  assert.deepEqual(headline({ handler: 'agent', name: 'Priya Nair', online: true }, 'Acme', 'Bot'), {
    who: 'person', title: 'Priya Nair from Acme', words: 'A person is here', online: true, picture: 'PN',
  });
  assert.equal(headline({ handler: 'bot' }, 'Acme', 'Garden bot').title, 'Garden bot');
  assert.match(headline({ handler: 'queue', online: true }, 'Acme').words, /soon/);
  assert.match(headline({ handler: 'none', online: false }, 'Acme').words, /Leave a message/);
});

test('a picture that is too large for one goes as a document', () => {
  assert.equal(fileKind('image/png', 5_000_000), 'photo');
  assert.equal(fileKind('image/png', 5_000_001), 'document');
  assert.equal(fileKind('image/svg+xml', 9), 'document');
  assert.equal(fileKind('audio/ogg', 9), 'audio');
  assert.deepEqual([0, 1, 100_000_000, 100_000_001].map(fitsFile), [false, true, true, false]);
});

test('whom a site’s token is about is read in any script, and from what is none nothing is', () => {
  const about = (claims) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.proof`;
  assert.equal(subjectOf(about({ sub: 'ユーザー-17?>' })), 'ユーザー-17?>');
  for (const odd of ['', 'none', 'e30.%%%.x', 'e30.bm9uZQ.x']) assert.equal(subjectOf(odd), '');
});
