// The chat's line to the server: the session, the live socket with polling as its fallback, and the queue of what is
// sent. It changes the conversation and says so; it draws nothing. The protocol stands at the head of frame.js.

import {
  backoff, lastPosition, mark, markSeen, mayRetry, newConversation, nextToSend, refusalWords, retryDelay, setProblem, take, waitingWords,
} from './core.js';

const BASE = '/widget/v1/';
const ANSWER_WITHIN = 20_000;
const SILENCE_MOST = 60_000;
const POLL_SHOWN = 3_000;
const POLL_HIDDEN = 20_000;

/**
 * Connects `talk` for `channel`, as whom the site's `identity` proves, if there is one. `token` is `{ get, set }` of what is kept
 * between visits, `chosen` the files that are on their way, by message: `{ file, url }`. `on` hears `change()`, `status({handler, name, online})`, `typing({who, name, on})`,
 * `session({ botName, greeting, signs })`, `network({ up, words })` and `gone(words)`.
 */
export function connect({ channel, identity, token, talk, chosen, isShown, on }) {
  let current = null;
  let status = { handler: 'none' };
  let stopped = false;
  let isFlushing = false;
  let typing = { isOn: false };
  let typingHeard = false;
  let typingTold = Promise.resolve();
  let isUp = false;
  let polling = null;
  let failures = 0;
  let busy = '';
  let heardAt = 0;
  let isBack = false;
  let hangUp = () => {};
  let beginning = null;
  const sleepers = new Set();
  const files = new Map();

  /** Waits, but not longer than until something speaks for trying at once: network back, chat shown. */
  const pause = (milliseconds) => new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      sleepers.delete(done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    sleepers.add(done);
  });
  const wake = () => [...sleepers].forEach((done) => done());

  async function call(method, path, body) {
    const headers = current ? { Authorization: `Bearer ${current}` } : {};
    if (body) headers['Content-Type'] = 'application/json';
    try {
      const answer = await fetch(BASE + path, {
        method, headers, body: body && JSON.stringify(body), credentials: 'omit', cache: 'no-store', signal: AbortSignal.timeout(ANSWER_WITHIN),
      });
      const isJson = answer.headers.get('Content-Type')?.includes('json');
      const content = isJson ? await answer.json() : null;
      return { status: answer.status, body: content, retryAfter: answer.headers.get('Retry-After') };
    } catch {
      return { status: 0 };
    }
  }

  async function fetchFile(id) {
    const answer = await fetch(`${BASE}files/${id}`, { headers: { Authorization: `Bearer ${current}` }, credentials: 'omit' });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return URL.createObjectURL(await answer.blob());
  }

  /** Sends a chosen file ahead of the message that will carry it. */
  async function upload(message) {
    const { file } = chosen.get(message.id) ?? {};
    if (!file) return { status: 410, body: { error: { message: 'the file is no longer here; choose it again' } } };
    const { kind, name } = message.local;
    try {
      const answer = await fetch(`${BASE}files?kind=${kind}&name=${encodeURIComponent(name)}`, {
        method: 'POST', headers: { Authorization: `Bearer ${current}`, 'Content-Type': 'application/octet-stream' }, body: file, credentials: 'omit',
      });
      const isJson = answer.headers.get('Content-Type')?.includes('json');
      return { status: answer.status, body: isJson ? await answer.json() : null, retryAfter: answer.headers.get('Retry-After') };
    } catch {
      return { status: 0 };
    }
  }

  function tellNetwork(up) {
    isUp = up;
    on.network({ up, words: busy });
  }

  function setStatus(news) {
    status = { ...status, ...news };
    on.status(status);
  }

  /** One beginning at a time, whoever asks for it. */
  const begin = () => (beginning ??= beginNow().finally(() => { beginning = null; }));

  async function beginNow() {
    for (let attempt = 0; !stopped; attempt += 1) {
      current = null;
      const answer = await call('POST', 'sessions', { channel, token: token.get() ?? undefined, identity });
      if (answer.status === 200 && answer.body?.token) return arrive(answer.body);
      if (!mayRetry(answer.status)) {
        // A closed chat opens again, and is still this visitor's then.
        if (answer.status === 401 && token.get() && attempt === 0) token.set(null);
        else return giveUp(refusalWords(answer.status, answer.body));
      } else {
        busy = waitingWords(answer.status);
        tellNetwork(false);
        await pause(retryDelay(answer.retryAfter, attempt));
      }
    }
  }

  function giveUp(words) {
    stopped = true;
    on.gone(words);
  }

  function arrive(session) {
    current = session.token;
    token.set(session.token);
    busy = '';
    Object.assign(talk, newConversation(), { pending: talk.pending });
    take(talk, session.entries ?? [], true);
    talk.more = Boolean(session.more);
    talk.read = session.read ?? lastPosition(talk);
    talk.cursor = Math.max(talk.cursor, session.position ?? 0);
    markSeen(talk, session.seen);
    on.session({ botName: session.bot_name, greeting: session.greeting, signs: session.reactions });
    setStatus({ handler: 'none', ...session.status, online: Boolean(session.online) });
    tellNetwork(true);
    on.change();
    flush();
  }

  /** Somebody changed it, took it back or left a sign on it; what was there already moves no cursor. */
  function changed(entry) {
    if (entry && talk.entries.some((known) => known.position === entry.position)) take(talk, [entry], false);
  }

  /** What became of the newest entries while nobody told. */
  async function lookAgain() {
    const answer = await call('GET', `entries?before=${talk.cursor + 1}`);
    if (answer.status !== 200) return;
    (answer.body.entries ?? []).forEach(changed);
    on.change();
  }

  function hear(frame) {
    if (frame.entry) {
      take(talk, [frame.entry], true);
      if (frame.entry.author !== 'you') on.typing({ who: frame.entry.author, on: false });
      on.change();
    }
    if (frame.changed) {
      changed(frame.changed);
      on.change();
    }
    if (frame.delivery) {
      mark(talk, frame.delivery.id, frame.delivery.stage);
      on.change();
    }
    if (frame.seen) {
      markSeen(talk, frame.seen.position);
      on.change();
    }
    if (frame.typing) on.typing(frame.typing);
    if (frame.status) setStatus(frame.status);
  }

  /** One life of the socket: how it ended, and whether the server ever spoke. */
  const live = () => new Promise((resolve) => {
    const socket = new WebSocket(location.origin.replace(/^http/, 'ws') + BASE + 'live');
    let heard = false;
    let silence;
    const end = (how) => {
      clearTimeout(silence);
      socket.onmessage = socket.onclose = null;
      socket.close();
      resolve({ heard, ...how });
    };
    const listen = () => {
      heardAt = Date.now();
      clearTimeout(silence);
      silence = setTimeout(end, SILENCE_MOST);
    };
    hangUp = end;
    listen();
    socket.onopen = () => socket.send(JSON.stringify({ resume: { token: current, after: talk.cursor } }));
    socket.onclose = ({ code }) => end({ startOver: code === 4001 });
    socket.onmessage = ({ data }) => {
      listen();
      if (!heard) {
        heard = true;
        polling = null;
        if (isBack) lookAgain();
        isBack = true;
        tellNetwork(true);
      }
      let frame;
      try { frame = JSON.parse(data); } catch { return; }
      if (frame.start_over) end({ startOver: true });
      else if (frame.reconnect) end({ after: Math.min(Number(frame.reconnect.after) || 0, 30_000) });
      else hear(frame);
    };
  });

  /** Keeps a socket up for good. Where two in a row stay mute, polling stands in until one speaks again. */
  async function stayLive() {
    while (!stopped) {
      const { heard, after, startOver } = await live();
      failures = heard ? 0 : failures + 1;
      if (failures >= 2) poll();
      else tellNetwork(false);
      if (startOver) await begin();
      await pause(after ?? backoff(failures));
    }
  }

  async function poll() {
    if (polling) return;
    const mine = polling = {};
    for (let attempt = 0; polling === mine && !stopped;) {
      const answer = await call('GET', `entries?after=${talk.cursor}`);
      if (polling !== mine) return;
      const isGood = answer.status === 200;
      attempt = isGood ? 0 : attempt + 1;
      tellNetwork(isGood);
      if (answer.status === 401 || answer.body?.start_over) await begin();
      else if (isGood) {
        take(talk, answer.body.entries ?? [], true);
        hear({ status: answer.body.status, seen: answer.body.seen });
        on.change();
        if (isShown()) await lookAgain();
      }
      await pause(isGood ? (isShown() ? POLL_SHOWN : POLL_HIDDEN) : retryDelay(answer.retryAfter, attempt));
    }
  }

  /** Tells it once there is a session, if it is still the newest then. Whom no beginning was told needs no end. */
  async function tellTyping(news) {
    await beginning;
    if (!current || news !== typing || (!news.isOn && !typingHeard)) return;
    typingHeard = news.isOn;
    await call('POST', 'typing', { on: news.isOn });
  }

  /** Sends what is pending, one after the other: the order on the wire is the order of writing. */
  async function flush() {
    if (isFlushing || !current) return;
    isFlushing = true;
    for (let attempt = 0, message; !stopped && (message = nextToSend(talk));) {
      const { id, text, pick, feedback, reply_to, mark } = message;
      let answer = message.local && !message.files ? await upload(message) : null;
      if (answer?.status === 200) {
        const stored = answer.body;
        // Sent from here, it is shown from here.
        files.set(stored.id, Promise.resolve(chosen.get(id).url));
        talk.pending = talk.pending.map((known) => (known.id === id ? { ...known, files: [{ id: stored.id, kind: message.local.kind }] } : known));
        on.change();
        continue;
      }
      if (mark) answer = await call('POST', 'marks', mark);
      answer ??= await call('POST', 'messages', { id, text, pick, feedback, files: message.files, reply_to: reply_to?.id });
      busy = '';
      if (answer.status === 200) {
        attempt = 0;
        isUp = true;
        if (mark) changed(answer.body?.entry);
        else if (answer.body?.entry) take(talk, [{ ...answer.body.entry, id }], false);
        talk.pending = talk.pending.filter((pending) => pending.id !== id);
      } else if (answer.status === 401 || mayRetry(answer.status)) {
        busy = waitingWords(answer.status);
        if (answer.status === 401) await begin();
        tellNetwork(answer.status !== 0);
        await pause(retryDelay(answer.retryAfter, attempt));
        attempt += 1;
      } else {
        setProblem(talk, id, refusalWords(answer.status, answer.body));
      }
      on.change();
    }
    isFlushing = false;
    tellNetwork(isUp);
  }

  return {
    /** An address of this page's own for a file of the conversation; nothing when it cannot be had. */
    file(id) {
      if (!files.has(id)) files.set(id, fetchFile(id).catch(() => (files.delete(id), undefined)));
      return files.get(id);
    },
    async start() {
      await begin();
      stayLive();
    },
    flush,
    wake,
    /** The page came back from rest: a socket that looks open may be long dead. */
    renew() {
      if (Date.now() - heardAt > SILENCE_MOST / 2) hangUp();
      wake();
    },
    retry(id) {
      setProblem(talk, id, undefined);
      flush();
    },
    async earlier() {
      const first = talk.entries[0]?.position;
      const answer = first && talk.more ? await call('GET', `entries?before=${first}`) : {};
      if (answer.status !== 200) return false;
      take(talk, answer.body.entries ?? [], false);
      talk.more = Boolean(answer.body.more);
      on.change();
      return true;
    },
    /** One after the other: an earlier word that came last would leave somebody writing who has sent. */
    typing(isOn) {
      const news = typing = { isOn };
      typingTold = typingTold.then(() => tellTyping(news));
    },
    async read(position) {
      if (!current || position <= talk.read) return;
      const before = talk.read;
      talk.read = position;
      on.change();
      const answer = await call('POST', 'read', { position });
      if (answer.status >= 400 || answer.status === 0) talk.read = Math.min(talk.read, before);
    },
  };
}
