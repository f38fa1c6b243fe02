// A server for the widget alone: it speaks the protocol at the head of public/widget/frame.js and does as it is told,
// so that the specs can show what no healthy server does. The site stands on an origin of its own.

import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

const PUBLIC = new URL('../../public/', import.meta.url);
const TYPES = { js: 'text/javascript', css: 'text/css', html: 'text/html' };
const FRAME_POLICY = (site) =>
  `default-src 'none'; script-src 'nonce-testnonce'; style-src 'self'; style-src-attr 'none'; connect-src 'self' ws:; base-uri 'none'; form-action 'self'; frame-ancestors ${site}; require-trusted-types-for 'script'`;

export async function startCounterpart({ attributes = '', sitePolicy = true } = {}) {
  const state = {
    entries: [], sockets: new Set(), answers: [], requests: [], position: 0, seen: 0, read: undefined, hasSocket: true, tokens: new Set(),
    session: { bot_name: 'Garden bot', online: true, status: { handler: 'none' } }, page: 50, frame: 200,
  };
  const tell = (frame) => state.sockets.forEach((socket) => socket.write(textFrame(JSON.stringify(frame))));
  const add = (entry) => {
    state.position = entry.position ?? state.position + 1;
    const whole = { id: randomUUID(), at: Date.now(), kind: 'text', text: '', ...entry, position: state.position };
    state.entries.push(whole);
    return whole;
  };

  const server = createServer((request, response) => answer(request, response).catch(() => response.destroy()));
  const site = createServer((request, response) => {
    const host = `http://127.0.0.1:${server.address().port}`;
    // As strict as a site can be and still carry the widget: no inline style, no inline script, Trusted Types.
    const policy = `default-src 'none'; script-src ${host}; frame-src ${host}; require-trusted-types-for 'script'`;
    response.writeHead(200, { 'Content-Type': 'text/html', ...(sitePolicy && { 'Content-Security-Policy': policy }) });
    const script = `<script async src="${host}/widget.js" data-channel="c1" ${attributes}></script>`;
    response.end(`<!doctype html><html lang="en"><head><meta name="viewport" content="width=device-width"><title>Acme Garden</title></head>
      <body><main><h1>Acme Garden</h1><p>Everything that grows.</p><a href="/other">Another page</a></main>${script}${script}</body></html>`);
  });

  async function answer(request, response) {
    const url = new URL(request.url, 'http://server');
    const send = (status, body, headers = {}) => {
      response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
      response.end(body === undefined ? '' : JSON.stringify(body));
    };
    if (url.pathname.startsWith('/widget/v1/')) {
      let text = '';
      for await (const chunk of request) text += chunk;
      const path = url.pathname.slice('/widget/v1/'.length);
      const body = text ? JSON.parse(text) : {};
      state.requests.push({ path, body, authorization: request.headers.authorization, query: url.search });
      const planned = state.answers.findIndex((plan) => plan.path === path);
      if (planned >= 0) {
        const [plan] = state.answers.splice(planned, 1);
        await plan.after;
        if (plan.status === 0) return response.destroy();
        if (plan.keeps) add({ id: body.id, author: 'you', text: body.text });
        return send(plan.status, plan.body, plan.headers);
      }
      return protocol(path, url, body, send, request.headers.authorization);
    }
    if (url.pathname === '/widget/frame' && state.frame !== 200) {
      if (state.frame === 0) return response.destroy();
      return send(state.frame, { error: { message: 'there is no such chat' } });
    }
    const path = url.pathname === '/widget/frame' ? 'widget/frame.html' : url.pathname.slice(1);
    let file = await readFile(new URL(path, PUBLIC), 'utf8');
    const headers = { 'Content-Type': TYPES[path.split('.').at(-1)] };
    if (url.pathname === '/widget/frame') {
      const values = { nonce: 'testnonce', channel: url.searchParams.get('channel'), channel_name: 'Acme Garden', origin: url.searchParams.get('origin'), accent: '', theme: url.searchParams.get('theme') ?? '' };
      file = file.replace(/\{\{(\w+)\}\}/g, (_, name) => values[name]);
      headers['Content-Security-Policy'] = FRAME_POLICY(`http://127.0.0.1:${site.address().port}`);
    }
    response.writeHead(200, headers);
    response.end(file);
  }

  function protocol(path, url, body, send, authorization) {
    if (path === 'sessions') {
      const token = state.tokens.has(body.token) ? body.token : randomUUID();
      state.tokens.add(token);
      const entries = state.entries.slice(-state.page);
      return send(200, {
        ...state.session, token, entries, more: state.entries.length > entries.length, position: state.position, read: state.read, seen: state.seen,
      });
    }
    if (!state.tokens.has(authorization?.replace('Bearer ', ''))) return send(401, { error: { message: 'unknown token' } });
    if (path === 'messages') {
      const known = state.entries.find((entry) => entry.id === body.id);
      const kind = body.pick ? 'picked' : body.feedback ? 'feedback_answer' : 'text';
      const text = body.pick?.title ?? body.feedback?.comment ?? body.text ?? '';
      const answered = state.entries.find((entry) => entry.id === body.reply_to);
      const reply_to = answered && { id: answered.id, author: answered.author, name: answered.name, kind: answered.kind, text: answered.text };
      const entry = known ?? add({ id: body.id, author: 'you', kind, text, reply_to, feedback: body.feedback?.id, score: body.feedback?.score, stage: 'sent' });
      if (!known && !state.isMute) tell({ entry });
      return send(200, { entry });
    }
    if (path === 'marks') {
      const entry = state.entries.find((known) => known.id === body.message);
      const { reacted, edited } = body.mark;
      const others = (entry.reactions ?? []).filter((sign) => sign.by !== 'you');
      if (body.mark === 'deleted') Object.assign(entry, { kind: 'deleted', text: '', files: undefined });
      else if (edited !== undefined) Object.assign(entry, { text: edited, edited: true });
      entry.reactions = reacted ? [...others, { by: 'you', emoji: reacted }] : others;
      tell({ changed: entry });
      return send(200, { entry });
    }
    if (path === 'entries' && url.searchParams.has('before')) {
      const older = state.entries.filter((entry) => entry.position < Number(url.searchParams.get('before')));
      return send(200, { entries: older.slice(-state.page), more: older.length > state.page });
    }
    if (path === 'entries') {
      const entries = state.entries.filter((entry) => entry.position > Number(url.searchParams.get('after')));
      return send(200, { entries, status: state.session.status, seen: { position: state.seen } });
    }
    if (path === 'read') state.read = body.position;
    return send(204);
  }

  server.on('upgrade', (request, socket) => {
    if (!state.hasSocket) return socket.destroy();
    const accept = createHash('sha1').update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
    socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
    socket.on('error', () => {});
    socket.on('close', () => state.sockets.delete(socket));
    socket.once('data', (bytes) => {
      const { resume } = JSON.parse(unmask(bytes));
      state.requests.push({ path: 'live', body: resume });
      socket.write(textFrame(JSON.stringify({ status: state.session.status })));
      socket.write(textFrame(JSON.stringify({ seen: { position: state.seen } })));
      for (const entry of state.entries.filter(({ position }) => position > resume.after)) socket.write(textFrame(JSON.stringify({ entry })));
      state.sockets.add(socket);
    });
  });

  const listen = (which, port) => new Promise((resolve) => which.listen(port, '127.0.0.1', resolve));
  await listen(server, 0);
  await listen(site, 0);
  const { port } = server.address();
  const drop = () => {
    state.sockets.forEach((socket) => socket.destroy());
    server.closeAllConnections();
  };
  return {
    state,
    site: `http://127.0.0.1:${site.address().port}`,
    frame: `http://127.0.0.1:${port}/widget/frame?channel=c1&origin=`,
    tell,
    /** Somebody on our side, or the product, says something. */
    say(entry) {
      const whole = add({ author: 'agent', name: 'Priya', ...entry });
      tell({ entry: whole });
      return whole;
    },
    /** It is kept, but no socket tells it: as when the socket died a moment before. */
    keepQuietly: (entry) => add({ author: 'agent', name: 'Priya', ...entry }),
    /** The next request to `path` is answered so; status 0 breaks the line, `keeps` after the message was kept; `after` is waited for. */
    plan: (path, status, more = {}) => state.answers.push({ path, status, ...more }),
    drop,
    down: () => new Promise((resolve) => {
      server.close(resolve);
      state.sockets.forEach((socket) => socket.destroy());
      server.closeAllConnections();
    }),
    up: () => listen(server, port),
    async close() {
      drop();
      site.closeAllConnections();
      server.close();
      site.close();
    },
  };
}

function textFrame(text) {
  const payload = Buffer.from(text);
  const head = payload.length < 126 ? Buffer.from([0x81, payload.length]) : Buffer.from([0x81, 126, payload.length >> 8, payload.length & 255]);
  return Buffer.concat([head, payload]);
}

function unmask(bytes) {
  const isLong = (bytes[1] & 127) === 126;
  const start = isLong ? 4 : 2;
  const length = isLong ? bytes.readUInt16BE(2) : bytes[1] & 127;
  const mask = bytes.subarray(start, start + 4);
  return bytes.subarray(start + 4, start + 4 + length).map((byte, index) => byte ^ mask[index % 4]).toString();
}
