// The pure half of the chat: ids, waiting times, links, and the conversation as data. No DOM, no network, no clock.

/** A UUIDv7 (RFC 9562) for `now` in Unix milliseconds, from ten random bytes. */
export function uuidv7(now, random) {
  const bytes = new Uint8Array(16);
  for (let index = 0, rest = now; index < 6; index += 1, rest = Math.floor(rest / 256)) bytes[5 - index] = rest % 256;
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

const LONGEST_WAIT = 30_000;

/** How long to wait before try number `attempt` (from 0): doubles from 1 s to 30 s, spread so that nobody comes at once. */
export function backoff(attempt, random = Math.random()) {
  const most = Math.min(LONGEST_WAIT, 1_000 * 2 ** Math.min(attempt, 10));
  return Math.round(most * (0.3 + 0.7 * random));
}

/** The wait a server asked for (`Retry-After` in seconds, never more than 2 minutes), or our own backoff. */
export function retryDelay(retryAfter, attempt, random = Math.random()) {
  const seconds = Number.parseFloat(retryAfter);
  if (!(seconds >= 0)) return backoff(attempt, random);
  return Math.round(Math.min(seconds, 120) * 1_000 + 1_000 * random);
}

/** Whether sending again by itself makes sense; 0 stands for a network that failed. */
export const mayRetry = (status) => status === 0 || status === 408 || status === 425 || status === 429 || status >= 500;

/** Why a message was not taken, in words for the visitor. */
export function refusalWords(status, body) {
  if (status === 413) return 'it is too long';
  if (status === 409) return 'it was already sent with other words';
  if (status === 403) return 'this chat takes no messages from you now';
  if (status === 404) return 'this chat is closed to us now';
  const words = body?.error?.message;
  if (typeof words !== 'string' || !words) return 'it was not accepted';
  // A whole sentence of the server's becomes the rest of ours.
  return (words[0].toLowerCase() + words.slice(1)).replace(/\.$/, '').slice(0, 200);
}

/** Why sending waits, in words; empty when the network's own state says enough. */
export function waitingWords(status) {
  if (status === 429) return 'That was quick. Your messages follow in a moment.';
  if (status === 503 || status === 507) return 'We are very busy. Your messages are kept and sent by themselves.';
  return status >= 500 ? 'Something went wrong on our side. Trying again.' : '';
}

const LINK = /\b(?:https?:\/\/|mailto:)[^\s<>"'`\u200b-\u200f\u2028-\u202e\u2066-\u2069]{1,2000}/gi;
const PROTOCOLS = new Set(['http:', 'https:', 'mailto:']);

/** Cuts `text` into pieces `{ text, href? }`; only http, https and mailto become links, shown exactly as written. */
export function linkify(text) {
  const pieces = [];
  let done = 0;
  for (const match of text.matchAll(LINK)) {
    const written = withoutTail(match[0]);
    const href = linkTo(written);
    if (!href) continue;
    if (match.index > done) pieces.push({ text: text.slice(done, match.index) });
    pieces.push({ text: written, href });
    done = match.index + written.length;
  }
  if (done < text.length) pieces.push({ text: text.slice(done) });
  return pieces;
}

/** A sentence's own punctuation does not belong to the link; a closing bracket does if it was opened inside. */
function withoutTail(link) {
  const count = (sign) => link.split(sign).length - 1;
  const open = { ')': count('(') - count(')'), ']': count('[') - count(']') };
  let end = link.length;
  for (; end > 0; end -= 1) {
    const last = link[end - 1];
    if (last in open ? open[last] >= 0 : !'.,;:!?*_~}'.includes(last)) break;
    if (last in open) open[last] += 1;
  }
  return link.slice(0, end);
}

/** The address, or nothing when it is none or hides its host behind a name ("https://bank.example@evil.example"). */
function linkTo(written) {
  try {
    const url = new URL(written);
    const isPlain = PROTOCOLS.has(url.protocol) && !url.username && !url.password;
    return isPlain && (url.host || url.protocol === 'mailto:') ? url.href : null;
  } catch {
    return null;
  }
}

// Control characters, lone surrogates, and marks that show nothing or turn the writing around. The joiners stay: some scripts need them.
const UNSEEN = /[\p{Cc}\p{Cs}\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** A name fit to be shown: one line, nothing invisible or turning the text around, at most 60 characters. */
export function cleanName(name, otherwise = '') {
  const clean = String(name ?? '').replace(/\s+/g, ' ').replace(UNSEEN, '').trim();
  return [...clean].slice(0, 60).join('') || otherwise;
}

/** One or two letters for a picture. */
export function initials(name) {
  const words = name.split(' ').filter(Boolean);
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...word][0]).join('').toUpperCase();
}

const STAGES = ['sent', 'delivered', 'read'];
const further = (one, other) => (STAGES.indexOf(other) > STAGES.indexOf(one) ? other : one);

/** Whom a site's JSON Web Token is about, for keeping two users of one browser apart; whether it is true, the server knows. */
export function subjectOf(identity) {
  try {
    const bytes = atob(identity.split('.')[1].replace(/-/g, '+').replace(/_/g, '/'));
    const words = new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
    return String(JSON.parse(words).sub);
  } catch {
    return '';
  }
}

/**
 * A conversation: `entries` by position, `pending` in sending order, `cursor` as the last position the stream told,
 * `seen` as the last one our side has read, `read` as the last one the visitor has.
 */
export const newConversation = () => ({ entries: [], pending: [], cursor: 0, seen: 0, read: 0, more: false });

/** Takes entries in any order and any number of times. A position heard from the stream moves the cursor. */
export function take(talk, entries, isStream) {
  for (const entry of entries) {
    if (!Number.isInteger(entry?.position)) continue;
    const id = entry.id ?? `line-${entry.position}`;
    const at = talk.entries.findIndex((known) => known.id === id || known.position === entry.position);
    const known = at < 0 ? null : talk.entries[at];
    const merged = { ...entry, id, stage: further(known?.stage, entry.stage) };
    if (known) talk.entries[at] = merged;
    else talk.entries.push(merged);
    talk.pending = talk.pending.filter((message) => message.id !== id);
    if (isStream) talk.cursor = Math.max(talk.cursor, entry.position);
  }
  talk.entries.sort((one, other) => one.position - other.position);
}

/** News of how far one message came; late and repeated news changes nothing. */
export function mark(talk, id, stage) {
  const entry = talk.entries.find((known) => known.id === id);
  if (entry) entry.stage = further(entry.stage, stage);
}

/** Our side has read everything up to `position`. */
export function markSeen(talk, position) {
  if (Number.isInteger(position)) talk.seen = Math.max(talk.seen, position);
}

/** What is written leaves the composer: it stands in the transcript at once, and goes out in this order. */
export function enqueue(talk, message) {
  talk.pending = [...talk.pending, message];
}

/** The next message to send. One that was refused does not hold up the others. */
export const nextToSend = (talk) => talk.pending.find((message) => !message.problem);

/** A message was refused for good, or is to be tried again when `problem` is undefined. */
export function setProblem(talk, id, problem) {
  talk.pending = talk.pending.map((message) => (message.id === id ? { ...message, problem } : message));
}

/** Takes an unsent message back and answers with it. */
export function takeBack(talk, id) {
  const message = talk.pending.find((pending) => pending.id === id);
  talk.pending = talk.pending.filter((pending) => pending.id !== id);
  return message;
}

/** An entry as it is once what the visitor did to it has arrived. What was refused is not done. */
export function marked(talk, entry) {
  const marks = talk.pending.filter(({ mark, problem }) => mark?.message === entry.id && !problem);
  return marks.reduce((now, { mark }) => after(now, mark.mark), entry);
}

function after(entry, mark) {
  const { reacted, edited } = mark;
  if (mark === 'deleted') return { ...entry, kind: 'deleted', text: '', files: [], reactions: [], edited: false };
  if (edited !== undefined) return { ...entry, text: edited, edited: true };
  const others = (entry.reactions ?? []).filter((sign) => sign.by !== 'you');
  return { ...entry, reactions: reacted ? [...others, { by: 'you', emoji: reacted }] : others };
}

const isTheirs = (entry) => entry.author !== 'you' && entry.kind !== 'line';

export const unread = (talk) => talk.entries.filter((entry) => isTheirs(entry) && entry.position > talk.read).length;

const FILE_MOST = { photo: 5, video: 16, audio: 16, document: 100 };
const FILE_TYPES = {
  photo: ['image/jpeg', 'image/png', 'image/webp', 'image/gif'],
  video: ['video/mp4', 'video/3gpp', 'video/quicktime', 'video/webm'],
};

/** How a file of this type and size is sent: a picture or film that is too large for one goes as a document. */
export function fileKind(type, bytes) {
  const [kind] = Object.entries(FILE_TYPES).find(([, types]) => types.includes(type)) ?? [type.startsWith('audio/') ? 'audio' : 'document'];
  return bytes <= FILE_MOST[kind] * 1_000_000 ? kind : 'document';
}

/** Whether a file can be sent at all. */
export const fitsFile = (bytes) => bytes > 0 && bytes <= FILE_MOST.document * 1_000_000;

export const lastPosition = (talk) => talk.entries.at(-1)?.position ?? 0;

/** Who answers, for the head of the chat. */
export function headline({ handler = 'none', name, online }, channel, botName) {
  const by = (who, title, words) => ({ who, title, words, online: Boolean(online), picture: who === 'bot' ? '' : initials(who === 'person' ? cleanName(name) : title) });
  if (handler === 'agent') {
    return by('person', `${cleanName(name, 'Somebody')} from ${channel}`, online ? 'A person is here' : 'Away, and reads your message later');
  }
  if (handler === 'queue') return by('channel', channel, online ? 'A person will be with you soon' : 'We answer when we are back');
  if (handler === 'bot') return by('bot', cleanName(name || botName, 'Bot'), online ? 'Automatic, people are here too' : 'Automatic answers');
  return by('channel', channel, online ? 'We are here' : 'Leave a message, we answer when we are back');
}
