// The chat in the frame: wires the page, the site around it and the connection together.
//
// ## With the site around it (postMessage, exact origins, `{ switchboard: 1, type, … }`)
// to the site:   ready · talked (there is a conversation to come back to) · unread { count } · close
// from the site: hello { open, moves, greeting?, identity? } · open { open, moves }
// (`moves`: the visitor asked for it, so the focus comes along)
// The site's proof of who the visitor is travels here, never in a URL.
//
// ## With the server (JSON, same origin, `Authorization: Bearer <token>`; no cookie)
// POST /widget/v1/sessions { channel, token?, identity? } -> { token, bot_name, greeting?, online,
//      status: { handler: "bot"|"queue"|"agent"|"none", name? }, position, entries, more, read, seen, reactions }
//   `entries`: the newest 50 at most, `more`: older ones exist, `position`: the cursor to resume from,
//   `read`: up to where the visitor has read, `seen`: up to where our side has,
//   `reactions`: the signs that can be left on what our side says.
// POST files?kind=<photo|video|audio|voice|document>&name=<name>, the bytes as they are -> { id, name, mime, bytes }
// GET files/<id> -> the bytes of a file of this conversation
// POST messages { id, text } | { id, text?, files: [{ id, kind }] } | { id, pick: { id, title } } | { id, feedback: { id, score, comment? } } -> { entry }
//   `reply_to`, the id of the message of this conversation that it answers, may stand with any of them.
//   Same id, same words: the same answer. Again by itself on no answer, 408, 425, 429, 5xx (after Retry-After); any
//   other 4xx is final, `{ error: { field?, message } }` is shown: "Not sent: <message>."
// POST marks { message: <id>, mark: { reacted: <one of the reactions, or null> } | { edited: <text> } | "deleted" } -> { entry }: what is
//   done to a message of this conversation, the last two to the visitor's own. The same again changes nothing; answered as messages are.
// POST typing { on } · POST read { position } -> 204
// GET entries?after=<position> -> { entries, status, seen, start_over? }    (polling, oldest first)
// GET entries?before=<position> -> { entries, more }                        (the 50 before it)
// GET live: WebSocket. The browser's first and only frame is { resume: { token, after } }; the server sends
//   { entry } | { changed: <entry> } | { delivery: { id, stage } } | { seen: { position } } | { typing: { who, name?, on } } |
//   { status: { handler, name?, online? } } | { beat: true } at least every 25 s | { start_over: true } |
//   { reconnect: { after: <milliseconds> } }. First comes { status }, { seen }, then every entry after `after`.
//   Close 4001: the token is not known (any more).
// Entry { position, id, at, author: "you"|"bot"|"agent"|"system", name?, text, stage?, choices?, feedback?, score?,
//   reactions?: [{ by: "you"|"agent", emoji }], reply_to?: { id, author, name?, kind, text }, the message it answers with its first words,
//   files?: [{ id, kind, name, mime, bytes }], edited?, kind: "text"|"files"|"deleted"|"choices"|"picked"|"feedback_request"|"feedback_answer"|"line" }. Positions rise but have holes: what
//   is private is not told. The cursor moves by what the stream tells and never by an answer to a message, so nothing
//   that was said in between is skipped. `start_over`: forget the transcript and begin a session again.

import { enqueue, fileKind, fitsFile, headline, lastPosition, marked, newConversation, subjectOf, takeBack, unread, uuidv7 } from './core.js';
import { composer } from './composer.js';
import { connect } from './connection.js';
import { BOT, icon } from './element.js';
import { quote, rows } from './rows.js';
import { transcript } from './transcript.js';

const PENDING_MOST = 50;
const QUIET_FOR = 1_500;
const TYPING_LASTS = 10_000;

const page = document.documentElement;
const { channel, name: channelName, origin } = page.dataset;
const [picture, title, presence, close, scroll, earlier, log, typing, newer, notice] =
  ['picture', 'title', 'presence', 'close', 'scroll', 'earlier', 'log', 'typing', 'newer', 'notice'].map((id) => document.getElementById(id));
const isFramed = window.parent !== window && Boolean(origin);

const talk = newConversation();
const chosen = new Map();
let connection;
let write;
let status = {};
let session = {};
let isOpen = false;
let isAtEnd = true;
let endedAt = 0;
let isUp = true;
let network = { words: '', isSlow: false, gone: '' };
let told = { unread: 0, talked: false };
let timers = {};

/** What is kept in a storage that may be closed to us: then for as long as the page lives. */
function keeper(open, key) {
  let kept = null;
  return {
    get() {
      try { return open().getItem(key) ?? kept; } catch { return kept; }
    },
    set(value) {
      kept = value;
      try {
        if (value === null) open().removeItem(key);
        else open().setItem(key, value);
      } catch { /* kept in memory */ }
    },
  };
}

function tellSite(type, more) {
  if (isFramed) window.parent.postMessage({ switchboard: 1, type, ...more }, origin);
}

/** A phone's keyboard would cover the conversation before it was read. */
const hasKeyboard = () => matchMedia('(pointer: fine)').matches;

const isShown = () => isOpen && document.visibilityState === 'visible';

function start({ open = true, moves = false, greeting = '', identity } = {}) {
  if (write) return;
  session = { greeting: String(greeting ?? '') };
  const known = typeof identity === 'string' && identity ? identity : undefined;
  const own = known ? `${channel}:${subjectOf(known)}` : channel;
  const token = keeper(() => localStorage, `switchboard:token:${own}`);
  const outbox = keeper(() => sessionStorage, `switchboard:outbox:${own}`);
  talk.pending = restore(outbox.get());
  write = composer(document.getElementById('composer'), {
    draft: keeper(() => sessionStorage, `switchboard:draft:${own}`),
    answers: keeper(() => sessionStorage, `switchboard:answers:${own}`),
    edits: keeper(() => sessionStorage, `switchboard:edits:${own}`),
    send: (text, reply_to) => send({ text, reply_to }),
    change: (id, text) => mark(id, { edited: text }),
    sendFiles,
    typing: (isOn) => connection.typing(isOn),
  });
  connection = connect({
    channel, identity: known, token, talk, chosen, isShown,
    on: {
      change() {
        outbox.set(talk.pending.length ? JSON.stringify(talk.pending) : null);
        draw();
      },
      session(news) {
        session = { ...session, botName: news.botName, greeting: session.greeting || news.greeting || '', signs: news.signs ?? [] };
      },
      status(news) {
        status = news;
        drawHead();
      },
      typing: showTyping,
      network: showNetwork,
      gone(words) {
        network.gone = `This chat cannot be reached: ${words}.`;
        write.close();
        drawNotice();
      },
    },
  });
  draw();
  opened(Boolean(open), Boolean(moves));
  if (token.get() || talk.pending.length) begin();
}

/** The session begins when the chat is first seen, or when there is a conversation to follow. */
function begin() {
  if (told.begun) return;
  told.begun = true;
  connection.start().then(() => log.removeAttribute('aria-live'));
}

function restore(json) {
  try {
    return JSON.parse(json).filter((message) => typeof message?.id === 'string' && Number.isFinite(message.at));
  } catch {
    return [];
  }
}

/** Puts a message on its way; false when too many already wait. */
function send(content, before = () => {}) {
  if (talk.pending.length >= PENDING_MOST) {
    network.words = 'Too many messages wait already. This one stays here until they are sent.';
    drawNotice();
    return false;
  }
  const id = uuidv7(Date.now(), crypto.getRandomValues(new Uint8Array(10)));
  before(id);
  enqueue(talk, { id, at: Date.now(), ...content });
  if (!content.mark) toEnd();
  connection.flush();
  draw();
  return true;
}

/** Each file is a message of its own, shown from here until it has arrived; the first one answers `reply_to`. */
function sendFiles(files, reply_to) {
  for (const file of files) {
    if (!fitsFile(file.size)) {
      network.words = file.size ? `${file.name} is larger than 100 MB.` : `${file.name} is empty.`;
      drawNotice();
      continue;
    }
    const local = { kind: fileKind(file.type, file.size), name: file.name || 'picture.png', mime: file.type, bytes: file.size };
    if (send({ local, reply_to }, (id) => chosen.set(id, { file, url: URL.createObjectURL(file) }))) reply_to = undefined;
  }
}

const { show, find } = transcript(log, {
  pick(choice) {
    send({ pick: choice });
    if (hasKeyboard()) write.focus();
  },
  rate: (feedback) => send({ feedback }),
  items,
  goTo,
  async file(file) {
    return chosen.get(file.message)?.url ?? connection.file(file.id);
  },
  retry: (id) => connection.retry(id),
  edit(id) {
    const message = takeBack(talk, id);
    write.give(message?.text ?? '');
    if (message?.reply_to) write.answer(message.reply_to);
    write.focus();
    draw();
  },
  discard(id) {
    takeBack(talk, id);
    draw();
  },
});

/** What can be done with a message in these `ways`, as it is now. */
function items(id, ways) {
  const entry = marked(talk, talk.entries.find((known) => known.id === id));
  const own = entry.reactions?.find((sign) => sign.by === 'you')?.emoji;
  const reply = {
    label: 'Reply',
    run() {
      write.answer(quote(entry));
      write.focus();
    },
  };
  const sign = (emoji) => ({ label: emoji, isOn: emoji === own, run() { mark(id, { reacted: emoji === own ? null : emoji }); } });
  const edit = {
    label: 'Edit',
    run: () => write.edit({ id, text: entry.text, mayBeEmpty: entry.kind === 'files' }),
  };
  const remove = {
    label: 'Delete',
    run: () => [{ label: 'Keep it', run() {} }, { label: 'Delete it for both sides', run() { mark(id, 'deleted'); } }],
  };
  return ways.flatMap((way) => ({ reply, edit, delete: remove })[way] ?? session.signs.map(sign));
}

/** Has it done to a message: shown at once, and sent in its turn; false when too much already waits. */
function mark(id, what) {
  return send({ mark: { message: id, mark: what } });
}

function draw() {
  const waiting = isUp && navigator.onLine ? 'Sending' : 'Waiting for network';
  isAtEnd &&= !hasLeftEnd();
  show(rows(talk, { now: Date.now(), waiting, greeting: session.greeting, botName: session.botName, reacts: session.signs?.length > 0 }));
  earlier.hidden = !talk.more;
  if (isAtEnd) toEnd();
  drawNotice();
  drawUnread();
}

function drawHead() {
  const head = headline(status, channelName, session.botName);
  title.textContent = head.title;
  presence.textContent = head.words;
  picture.replaceChildren(head.who === 'bot' ? icon(BOT) : head.picture);
  picture.className = `head__picture head__picture--${head.who}${head.online ? ' head__picture--here' : ''}`;
  drawNotice();
}

function drawNotice() {
  const waiting = talk.pending.filter((message) => !message.problem && !message.mark).length;
  const kept = waiting ? ` ${waiting === 1 ? 'Your message is' : `${waiting} messages are`} kept and will be sent.` : '';
  const hasEnded = status.handler === 'none' && talk.entries.length > 0;
  let words = '';
  if (network.gone) words = network.gone;
  else if (!navigator.onLine) words = `No network.${kept || ' Reconnecting by itself.'}`;
  else if (network.words) words = network.words;
  else if (network.isSlow) words = `Reconnecting.${kept}`;
  else if (hasEnded && !waiting) words = 'This conversation has ended. Write to start a new one.';
  if (notice.textContent !== words) notice.textContent = words;
  notice.classList.toggle('notice--trouble', Boolean(network.gone || network.words || network.isSlow || !navigator.onLine));
  write?.ask(hasEnded ? 'Start a new conversation…' : 'Write a message…');
}

function drawUnread() {
  if (isShown() && isAtEnd && unread(talk)) connection.read(lastPosition(talk));
  const count = unread(talk);
  newer.hidden = isAtEnd || count === 0;
  newer.textContent = count === 1 ? '1 new message' : `${count} new messages`;
  if (count !== told.unread) tellSite('unread', { count });
  if (!told.talked && (talk.entries.length || talk.pending.length)) tellSite('talked');
  told = { ...told, unread: count, talked: talk.entries.length + talk.pending.length > 0 };
}

function showTyping({ name, on }) {
  clearTimeout(timers.typing);
  typing.hidden = !on;
  typing.firstElementChild.textContent = on ? `${name || session.botName || 'Somebody'} is typing` : '';
  if (on) timers.typing = setTimeout(() => showTyping({ on: false }), TYPING_LASTS);
  if (isAtEnd) toEnd();
}

/** A short break is not worth a word. */
function showNetwork({ up, words }) {
  clearTimeout(timers.network);
  network = { ...network, words, isSlow: up ? false : network.isSlow };
  if (!up) {
    timers.network = setTimeout(() => {
      network.isSlow = true;
      isUp = false;
      draw();
    }, QUIET_FOR);
  } else if (!isUp) {
    isUp = true;
    draw();
  }
  drawNotice();
}

function toEnd() {
  scroll.scrollTop = scroll.scrollHeight;
  isAtEnd = true;
  endedAt = scroll.scrollTop;
}

const isNearEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 40;

/** Who has just scrolled up is not pulled down again; the browser tells of it only with its next picture. */
const hasLeftEnd = () => scroll.scrollTop < endedAt - 40 && !isNearEnd();

function look() {
  isAtEnd = isNearEnd();
  drawUnread();
  if (scroll.scrollTop < 60 && talk.more) goBack();
}

/** Brings older messages in above, without moving what is being read; whether any came. One page at a time, whoever asks. */
const goBack = () => (timers.back ??= bringEarlier().finally(() => { timers.back = undefined; }));

async function bringEarlier() {
  const before = scroll.scrollHeight;
  log.setAttribute('aria-live', 'off');
  const came = await connection.earlier();
  if (came) scroll.scrollTop += scroll.scrollHeight - before;
  log.removeAttribute('aria-live');
  return came;
}

/** Leads to a message, which may stand before everything that is here. */
async function goTo(id) {
  while (!find(id) && talk.more && (await goBack()));
  const said = find(id);
  if (!said) return;
  isAtEnd = false;
  said.scrollIntoView({ block: 'center' });
  said.tabIndex = -1;
  said.addEventListener('blur', () => said.removeAttribute('tabindex'), { once: true });
  said.focus({ preventScroll: true });
}

function opened(open, moves) {
  isOpen = open;
  if (!open) return;
  begin();
  connection.wake();
  write.fit();
  if (isAtEnd) toEnd();
  drawUnread();
  if (moves) (hasKeyboard() ? write : title).focus();
}

function dress() {
  const accent = new URLSearchParams(location.search).get('accent') || page.dataset.accent;
  if (accent && CSS.supports('color', accent)) {
    page.style.setProperty('--own', accent);
    page.classList.add('tinted');
  }
}

dress();
scroll.addEventListener('scroll', look, { passive: true });
new ResizeObserver(() => isAtEnd && toEnd()).observe(scroll);
earlier.addEventListener('click', goBack);
newer.addEventListener('click', () => {
  toEnd();
  scroll.focus();
});
close.addEventListener('click', () => tellSite('close'));
addEventListener('keydown', (event) => {
  if (event.key === 'Escape' && !event.isComposing) tellSite('close');
});
addEventListener('online', () => {
  connection?.wake();
  draw();
});
addEventListener('offline', draw);
document.addEventListener('visibilitychange', () => {
  if (document.visibilityState !== 'visible' || !connection) return;
  connection.renew();
  drawUnread();
});
addEventListener('message', ({ source, origin: from, data }) => {
  if (!isFramed || source !== window.parent || from !== origin || data?.switchboard !== 1) return;
  if (data.type === 'hello') start(data);
  if (data.type === 'open' && connection) opened(Boolean(data.open), Boolean(data.moves));
});

if (isFramed) {
  close.hidden = false;
  tellSite('ready');
} else {
  start();
}
