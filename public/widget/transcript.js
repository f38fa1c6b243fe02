// Draws the rows of the transcript. Words become text nodes and nothing else; a row whose content stayed keeps its
// element, so that focus, selection and a half-filled form stay too.

import { linkify } from './core.js';
import { BOT, DOTS, REPLY, SMILE, icon, make, textButton } from './element.js';
import { feedbackCard } from './feedback.js';
import { menuButton } from './menu.js';

const time = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' });
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'short' });

/** Draws into `log`. `act` is `{ pick(choice), retry(id), edit(id), discard(id), rate(feedback), items(id, ways), goTo(id),
 * file(file) }`; the last answers with an address of the file, or nothing. Gives `show(rows)`, and `find(key)` for the
 * element of a row. */
export function transcript(log, act) {
  const drawn = new Map();

  /** Shows exactly `rows`, in their order. */
  function show(rows) {
    let place = log.firstChild;
    const kept = new Set();
    for (const row of rows) {
      const content = JSON.stringify(row);
      let known = drawn.get(row.key);
      if (known?.content !== content) {
        const element = draw(row, act);
        if (known) {
          if (place === known.element) place = element;
          known.element.replaceWith(element);
        }
        known = { content, element };
        drawn.set(row.key, known);
      }
      kept.add(row.key);
      if (known.element === place) place = place.nextSibling;
      else log.insertBefore(known.element, place);
    }
    for (const [key, { element }] of drawn) {
      if (kept.has(key)) continue;
      element.remove();
      drawn.delete(key);
    }
  }

  return { show, find: (key) => drawn.get(key)?.element };
}

function draw(row, act) {
  switch (row.type) {
    case 'day': return make('div', 'day', {}, make('span', '', {}, row.words));
    case 'line': return make('div', 'line', { title: exact.format(row.at) }, row.text);
    case 'who': return who(row);
    case 'bubble': return bubble(row, act);
    case 'choices': return choices(row, act);
    case 'signs': return signs(row);
    case 'receipt': return receipt(row);
    case 'problem': return problem(row, act);
    default: return feedbackCard(row, act);
  }
}

function when(at) {
  return make('time', '', { dateTime: new Date(at).toISOString(), title: exact.format(at) }, time.format(at));
}

function who({ name, bot, at }) {
  const words = [make('bdi', '', {}, name)];
  if (bot) words.push(make('span', 'who__bot', {}, icon(BOT), 'Bot'));
  if (at) words.push(when(at));
  return make('div', 'who', {}, ...words);
}

function bubble({ key, side, bot, text, at, files = [], edited, odd, quote, ways = [] }, act) {
  const speaker = side === 'ours' ? make('span', 'unseen', {}, 'You: ') : undefined;
  const words = linkify(text ?? '').map((piece) => (piece.href
    ? make('a', '', { href: piece.href, target: '_blank', rel: 'noopener noreferrer nofollow' }, piece.text)
    : piece.text));
  const note = edited ? make('span', 'bubble__edited', {}, ' edited') : undefined;
  const shown = files.map((file) => attachment(file, act));
  const said = make('div', `bubble bubble--${side}${bot ? ' bubble--bot' : ''}${odd ? ' bubble--odd' : ''}`, { dir: 'auto', id: `said-${key}` }, speaker, quote && quotation(quote, act), ...shown, ...words, note);
  if (at) said.title = exact.format(at);
  return make('div', `said said--${side}`, {}, said, ways.length ? toDo(key, ways, act) : undefined);
}

/** What the message answers, and the way there. */
function quotation({ id, who, text }, act) {
  const button = make('button', 'quote', { type: 'button', title: 'Show the message', dir: 'auto', onclick: () => act.goTo(id) },
    make('bdi', 'quote__who', {}, who), make('span', 'quote__words', {}, text));
  button.setAttribute('aria-label', `Answers ${who}: ${text}`);
  return button;
}

/** What can be done with a message, beside it. No news: whoever hears the message hears nothing of it. */
function toDo(key, ways, act) {
  const items = () => act.items(key, ways);
  const button = ways.length > 1
    ? menuButton(ways.includes('react') ? { label: 'Reply or react', picture: SMILE } : { label: 'Reply, edit or delete', picture: DOTS }, items)
    : make('button', 'said__way', { type: 'button', title: 'Reply', onclick: () => items()[0].run() }, icon(REPLY));
  if (ways.length === 1) button.setAttribute('aria-label', 'Reply');
  button.setAttribute('aria-describedby', `said-${key}`);
  const group = make('div', 'said__ways', {}, button);
  group.setAttribute('aria-live', 'off');
  return group;
}

/** A picture shows itself, sound and films play, anything else is saved. Its box has its size before it is here. */
function attachment(file, act) {
  const label = `${file.name} · ${size(file.bytes)}`;
  const tag = { photo: 'img', sticker: 'img', video: 'video', audio: 'audio', voice: 'audio' }[file.kind];
  if (!tag) return textButton(label, () => save(file, act));
  const element = make(tag, `file file--${file.kind}`, tag === 'img' ? { alt: file.name } : { controls: true });
  if (tag !== 'img') element.setAttribute('aria-label', label);
  act.file(file).then((url) => {
    if (url) element.src = url;
    else element.replaceWith(textButton(label, () => save(file, act)));
  });
  return element;
}

async function save(file, act) {
  const url = await act.file(file);
  if (url) make('a', '', { href: url, download: file.name }).click();
}

function size(bytes) {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1_000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}

function signs({ side, signs: all }) {
  const shown = all.map(({ emoji, words }) => {
    const sign = make('span', 'sign', { title: words }, emoji);
    sign.setAttribute('role', 'img');
    sign.setAttribute('aria-label', words);
    return sign;
  });
  return make('div', `signs signs--${side}`, {}, ...shown);
}

function choices(row, act) {
  const buttons = row.choices.map((choice) => {
    const isPicked = row.picked === choice.title;
    const button = make('button', 'choice', { type: 'button', disabled: !row.open, dir: 'auto' }, String(choice.title));
    if (isPicked) button.setAttribute('aria-pressed', 'true');
    button.addEventListener('click', () => act.pick({ id: choice.id, title: choice.title }), { once: true });
    return button;
  });
  const group = make('div', 'choices', {}, ...buttons);
  group.setAttribute('role', 'group');
  group.setAttribute('aria-label', 'Answers to pick');
  return group;
}

function receipt({ words, at }) {
  const note = make('div', 'receipt', {}, ...(at ? [when(at), ` · ${words}`] : [words]));
  note.setAttribute('aria-live', 'off');
  return note;
}

function problem({ id, words, isText }, act) {
  return make('div', 'receipt receipt--problem', {}, make('span', '', {}, words),
    textButton('Try again', () => act.retry(id)),
    isText ? textButton('Edit', () => act.edit(id)) : undefined,
    textButton('Discard', () => act.discard(id)));
}
