// What stands in the transcript, from top to bottom, as plain data: the screen draws exactly these rows. Pure.

import { cleanName, marked } from './core.js';

const GROUP = 2 * 60_000;
const DELETED = 'This message was deleted';
const FILE_WORDS = { photo: 'Photo', video: 'Video', audio: 'Audio', voice: 'Voice message', sticker: 'Sticker' };
const QUOTED_MOST = 120;
const STAGE_WORDS = { sent: 'Sent', delivered: 'Delivered', read: 'Read' };

/**
 * The rows of `talk` at `now`. `waiting` is the word under what is not sent yet.
 * `reacts` says whether signs can be left on what we say.
 * Each row has a `key` that stays, so that a row is drawn again only when its content changed.
 */
export function rows(talk, { now, waiting = 'Sending', greeting = '', botName = 'Bot', reacts = false }) {
  const said = greeting && !talk.more ? saidAgain(talk, greeting) : undefined;
  const shown = transcript(talk).filter((entry) => entry !== said);
  const list = [];
  if (said || (greeting && !talk.more && !talk.entries.length)) list.push(...hello(greeting, botName));
  let before = null;
  for (const entry of shown) {
    const day = dayOf(entry.at);
    if (!before || dayOf(before.at) !== day) {
      list.push({ type: 'day', key: `day-${day}`, words: dayWords(entry.at, now) });
      before = null;
    }
    list.push(...rowsOf(entry, before, shown, talk, { waiting, reacts }));
    before = entry;
  }
  return list;
}

/** Confirmed entries, then what is on its way. Answers to a feedback form show in the form itself. */
function transcript(talk) {
  const pending = talk.pending.filter((message) => !message.mark).map((message) => ({ ...asEntry(message), pending: true }));
  return [...talk.entries.map((entry) => marked(talk, entry)), ...pending].filter((entry) => entry.kind !== 'feedback_answer');
}

function asEntry(message) {
  const { id, at, problem, reply_to } = message;
  if (message.pick) return { id, at, problem, author: 'you', kind: 'picked', text: message.pick.title };
  if (message.feedback) return { id, at, problem, author: 'you', kind: 'feedback_answer', text: '' };
  if (message.local) return { id, at, problem, reply_to, author: 'you', kind: 'files', text: '', files: [{ ...message.local, message: id }] };
  return { id, at, problem, reply_to, author: 'you', kind: 'text', text: message.text };
}

const speaker = ({ author, name }) => (author === 'you' ? 'You' : cleanName(name, author === 'agent' ? 'Our team' : 'Bot'));

/** A message as one that answers it names it: who said it, and its first words. */
export function quote({ id, author, name, kind, text, files }) {
  const words = [...(text ?? '').replace(/\s+/g, ' ').trim()].slice(0, QUOTED_MOST).join('');
  return { id, author, name, kind, text: words || (files?.length ? FILE_WORDS[files[0].kind] ?? 'File' : '') };
}

/** What an entry answers: as it stands here by now, or else as it was told with the entry. */
function answered({ reply_to: told }, talk) {
  if (!told) return undefined;
  const known = talk.entries.find((entry) => entry.id === told.id);
  const { id, kind, text, ...who } = known ? quote(marked(talk, known)) : told;
  return { id, who: speaker(who), text: kind === 'deleted' ? DELETED : text };
}

/** The bot's own greeting where it says what the visitor has read already: the bubble above stays, and this one is left out. */
function saidAgain(talk, greeting) {
  const first = talk.entries.find((entry) => entry.author === 'bot');
  return first?.kind === 'text' && first.text.trim() === greeting.trim() ? first : undefined;
}

function hello(greeting, name) {
  return [
    { type: 'who', key: 'hello-who', name: cleanName(name, 'Bot'), bot: true },
    { type: 'bubble', key: 'hello', side: 'theirs', bot: true, text: greeting },
  ];
}

function rowsOf(entry, before, shown, talk, { waiting, reacts }) {
  const { id, at, kind, files, edited } = entry;
  const odd = kind === 'deleted';
  const text = odd ? DELETED : entry.text;
  if (kind === 'line') return [{ type: 'line', key: id, text, at }];
  // Something can be done with what has arrived and still stands.
  const said = { type: 'bubble', key: id, text, at, files, edited, odd, quote: odd ? undefined : answered(entry, talk), ways: entry.pending || odd ? [] : ways(entry, reacts) };
  const marks = [...signs(entry), ...problems(entry, talk)];
  if (entry.author === 'you') return [{ ...said, side: 'ours' }, ...marks, ...receipt(entry, shown, talk, waiting)];

  const bot = entry.author === 'bot' || entry.author === 'system';
  const list = [];
  const isSame = before && before.kind !== 'line' && before.author === entry.author && before.name === entry.name;
  if (!isSame || at - before.at > GROUP) {
    list.push({ type: 'who', key: `who-${id}`, name: speaker(entry), bot, at });
  }
  if (kind === 'feedback_request') return [...list, feedback(entry, talk)];
  list.push({ ...said, side: 'theirs', bot }, ...marks);
  if (kind === 'choices' && Array.isArray(entry.choices)) {
    list.push({ type: 'choices', key: `choices-${id}`, choices: entry.choices, ...standing(entry, shown) });
  }
  return list;
}

function ways({ author, kind }, reacts) {
  if (author !== 'you') return reacts ? ['reply', 'react'] : ['reply'];
  return kind === 'text' || kind === 'files' ? ['reply', 'edit', 'delete'] : ['reply'];
}

/** What either side left on it, under it: the words for whoever hears them. */
function signs({ id, author, reactions = [] }) {
  if (!reactions.length) return [];
  const all = reactions.map(({ by, emoji }) => ({ emoji, words: `${by === 'you' ? 'You' : 'Our team'} reacted: ${emoji}` }));
  return [{ type: 'signs', key: `signs-${id}`, side: author === 'you' ? 'ours' : 'theirs', signs: all }];
}

/** What the visitor wanted to do with it, and could not. */
function problems({ id }, talk) {
  const refused = talk.pending.filter(({ mark, problem }) => mark?.message === id && problem);
  return refused.map(({ id: key, mark: { mark }, problem }) => {
    const what = mark === 'deleted' ? 'Not deleted' : mark.edited !== undefined ? 'Not changed' : 'Reaction not sent';
    return { type: 'problem', key: `problem-${key}`, id: key, words: `${what}: ${problem}.`, isText: false };
  });
}

/** Choices can be picked until anything newer is said; the picked one stays marked. */
function standing(entry, shown) {
  const newer = shown.slice(shown.indexOf(entry) + 1).filter((later) => later.kind !== 'line');
  const next = newer[0];
  return { open: newer.length === 0, picked: next?.kind === 'picked' ? next.text : undefined };
}

/** The word under the last of several messages in a row; a message with a problem always says its own. */
function receipt(entry, shown, talk, waiting) {
  const next = shown[shown.indexOf(entry) + 1];
  const key = `receipt-${entry.id}`;
  if (entry.problem) return [{ type: 'problem', key, id: entry.id, words: `Not sent: ${entry.problem}.`, isText: entry.kind === 'text' }];
  if (next?.author === 'you' && next.kind !== 'line' && Boolean(next.pending) === Boolean(entry.pending)) return [];
  if (entry.pending) return [{ type: 'receipt', key, words: waiting }];
  const stage = entry.position <= talk.seen ? 'read' : entry.stage;
  return [{ type: 'receipt', key, words: STAGE_WORDS[stage] ?? 'Sent', at: entry.at }];
}

/** The form, and its newest answer: one on its way, or the last that was taken. */
function feedback(entry, talk) {
  const id = entry.feedback;
  const row = { type: 'feedback', key: `feedback-${entry.id}`, id, text: entry.text };
  const onItsWay = talk.pending.findLast((message) => message.feedback?.id === id);
  if (onItsWay) {
    const { score, comment = '' } = onItsWay.feedback;
    return { ...row, answer: { score, comment, problem: onItsWay.problem, message: onItsWay.id, pending: true } };
  }
  const taken = talk.entries.findLast((known) => known.kind === 'feedback_answer' && known.feedback === id);
  return taken ? { ...row, answer: { score: taken.score, comment: taken.text ?? '' } } : row;
}

function dayOf(at) {
  const date = new Date(at);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** "Today", "Yesterday", or the date as this reader writes it. */
export function dayWords(at, now, locale) {
  const today = new Date(now);
  const yesterday = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 1);
  if (dayOf(at) === dayOf(now)) return 'Today';
  if (dayOf(at) === dayOf(yesterday)) return 'Yesterday';
  const year = new Date(at).getFullYear() === today.getFullYear() ? undefined : 'numeric';
  return new Intl.DateTimeFormat(locale, { weekday: 'long', day: 'numeric', month: 'long', year }).format(at);
}
