// The simulator's page: who is played, the phone in the middle, and the switches. It asks for news again and again and
// draws what it hears; words become text nodes and nothing else.

import { make, talk, time } from './phone.js';

const find = (id) => document.getElementById(id);
/** What can be sent beside words: the ability, what it is called, and what is done. */
const THINGS = [
  ['photo', 'Photo', { file: 'photo' }], ['video', 'Video', { file: 'video' }], ['voice', 'Voice message', { file: 'voice' }], ['document', 'Document', { file: 'document' }],
  ['place', 'Location', 'place'], ['contact', 'Contact card', 'contact'], ['order', 'Order', 'order'], ['sticker', 'Sticker', { file: 'sticker' }], ['poll', 'Poll (unsupported)', { unsupported: 'poll' }],
  ['encrypted', 'Encrypted message', { unsupported: 'encrypted' }],
];
const NAMES = { normal: '', out_of_window: '24 hours over', blocked: 'not reachable', rate_limit: 'rate limit', expired_token: 'token expired', server_error: 'server error' };

let state = { customers: [], channels: [], posts: [], version: 0 };
let viewing = Number(location.hash.slice(1)) || undefined;
let typedAt = 0;
let waiting = new AbortController();

async function call(path, body) {
  const answer = await fetch(`/simulator/api/${path}`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body), signal: AbortSignal.timeout(30_000),
  });
  const content = answer.headers.get('Content-Type')?.includes('json') ? await answer.json() : null;
  if (!answer.ok) throw new Error(content?.error?.message ?? `It did not work (${answer.status}).`);
  return content;
}

async function attempt(doing) {
  try {
    const result = await doing();
    say('');
    return result;
  } catch (error) {
    say(error.message);
    return null;
  }
}

function say(words) {
  find('trouble').textContent = words;
}

/** Asks for news for ever; a hidden page looks at nobody. */
async function follow() {
  for (;;) {
    waiting = new AbortController();
    const isVisible = document.visibilityState === 'visible';
    const asked = new URLSearchParams({ after: state.version });
    if (isVisible && viewing) asked.set('viewing', viewing);
    try {
      const answer = await fetch(`/simulator/api/state?${asked}`, { signal: AbortSignal.any([waiting.signal, AbortSignal.timeout(15_000)]) });
      if (!answer.ok) throw new Error('no state');
      take(await answer.json());
      say('');
    } catch (error) {
      if (error.name === 'AbortError') continue;
      say('The server does not answer. Trying again.');
      await new Promise((resolve) => setTimeout(resolve, 1_500));
    }
  }
}

function take(news) {
  // Only the viewed customer comes whole: the others keep what is known of them.
  const known = new Map(state.customers.map((customer) => [customer.id, customer]));
  for (const customer of news.customers) {
    const before = known.get(customer.id);
    if (customer.id !== viewing && before?.messages.at(-1)?.id === customer.messages.at(-1)?.id) customer.messages = before?.messages ?? [];
  }
  state = news;
  if (!current()) select(state.customers[0]?.id);
  draw();
}

const current = () => state.customers.find((customer) => customer.id === viewing);

function select(id) {
  if (id === viewing) return;
  viewing = id;
  history.replaceState(null, '', `#${id}`);
  state.version = 0;
  waiting.abort();
  draw();
}

const channelOf = (customer) => state.channels.find((channel) => channel.id === customer?.channel);

function draw() {
  drawChannels();
  drawPeople();
  drawSide();
  const customer = current();
  find('write').inert = !customer;
  if (!customer) return;
  const channel = channelOf(customer);
  const business = channel?.name ?? '';
  document.body.dataset.kind = channel?.kind ?? '';
  find('business').textContent = business;
  find('face').textContent = initials(business);
  find('playing').textContent = `You are ${customer.name}, ${known(customer)}`;
  drawThings(channel?.abilities ?? []);
  talk(find('talk'), customer, state.now, channel?.abilities ?? [], { pick, react, edit, remove });
}

const known = (customer) => (customer.phone ? `+${customer.phone}` : customer.username ? `@${customer.username}` : customer.user_id ?? 'number hidden');

/** A channel's name without the business. */
const short = (name) => name.replace(/^Acme (on )?/, '').replace(/^./, (first) => first.toUpperCase());

/** The messengers, with how much is unread on each. */
function drawChannels() {
  const chosen = channelOf(current())?.id;
  const rows = state.channels.map((channel) => {
    const mine = state.customers.filter((customer) => customer.channel === channel.id);
    const unread = mine.reduce((sum, customer) => sum + (customer.id === viewing ? 0 : customer.unread), 0);
    const button = make('button', 'channel', { type: 'button', onclick: () => select(mine[0]?.id) },
      make('span', 'channel__sign', { ariaHidden: 'true' }), make('span', '', {}, short(channel.name)),
      unread ? make('span', 'badge', {}, String(unread)) : undefined);
    button.setAttribute('aria-pressed', String(channel.id === chosen));
    button.dataset.kind = channel.kind;
    button.dataset.id = channel.id;
    return make('li', '', {}, button);
  });
  replace(find('channels'), rows);
}

/** Replaces rows and keeps the focus where it was. */
function replace(list, rows) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.id : undefined;
  list.replaceChildren(...rows);
  if (focused) list.querySelector(`[data-id="${CSS.escape(focused)}"]`)?.focus();
}

function drawThings(abilities) {
  const things = THINGS.filter(([ability]) => abilities.includes(ability));
  find('more').hidden = !things.length;
  const content = things.map(([ability]) => ability).join();
  if (find('more-list').dataset.content === content) return;
  find('more-list').dataset.content = content;
  find('more-list').replaceChildren(...things.map(([, name, act]) => make('button', '', {
    type: 'button', onclick: () => { find('more').open = false; write(act); },
  }, name)));
}

const initials = (name) => name.split(' ').filter(Boolean).slice(0, 2).map((word) => [...word][0]).join('').toUpperCase();

function drawPeople() {
  const chosen = channelOf(current())?.id;
  const rows = state.customers.filter((customer) => customer.channel === chosen).map((customer) => {
    const last = customer.messages.at(-1);
    const note = NAMES[customer.switches.answer] || last?.text || known(customer);
    const button = make('button', 'person', { type: 'button', onclick: () => select(customer.id) },
      make('span', 'face', { ariaHidden: 'true' }, initials(customer.name)),
      make('span', 'person__words', {}, make('b', '', {}, customer.name), make('span', '', {}, note)),
      customer.unread && customer.id !== viewing ? make('span', 'badge', {}, String(customer.unread)) : undefined);
    button.setAttribute('aria-current', String(customer.id === viewing));
    button.dataset.id = customer.id;
    return make('li', '', {}, button);
  });
  replace(find('people'), rows);
}

function drawSide() {
  const form = find('switches').elements;
  const switches = current()?.switches;
  if (switches && !find('switches').contains(document.activeElement)) {
    form.answer.value = switches.answer;
    for (const name of ['slow', 'duplicates', 'reordered', 'lost']) form[name].checked = switches[name];
  }
  find('posts').replaceChildren(...state.posts.slice(0, 14).map((post) => make('li', '', {},
    make('span', '', {}, time.format(post.at)),
    make('span', '', { title: post.what }, post.what),
    make('span', post.status >= 200 && post.status < 300 ? 'good' : 'bad', {}, post.status ? `${post.status} in ${post.millis} ms` : 'no answer'))));
  if (!state.posts.length) find('posts').replaceChildren(make('li', 'soft', {}, 'None yet. Write something on the phone.'));
  const sites = (state.web_channels ?? []).map((site) => make('li', '', {},
    make('a', '', { href: `/simulator/site?channel=${encodeURIComponent(site.id)}`, target: '_blank', rel: 'noopener' }, `Open the shop with “${site.name}”`)));
  if (find('sites').childElementCount !== sites.length) find('sites').replaceChildren(...sites);
  const select = find('new').elements.channel;
  find('new-channel').hidden = state.channels.length < 2;
  if (select.options.length !== state.channels.length) select.replaceChildren(...state.channels.map((channel) => new Option(channel.name, channel.id)));
}

const write = (act) => attempt(() => call(`customers/${viewing}/messages`, act));
const pick = (message, id) => write({ pick: { message, id } });
const react = (message, emoji) => write({ react: { message, emoji } });
const edit = (message, before) => {
  const text = prompt('The message, as it should be', before)?.trim();
  if (text && text !== before) write({ edit: { message, text } });
};
const remove = (message) => write({ delete: { message } });

find('write').addEventListener('submit', async (event) => {
  event.preventDefault();
  const box = find('text');
  const text = box.value.trim();
  if (!text) return;
  box.value = '';
  if (!(await write({ text })) && !box.value) box.value = text;
});
find('text').addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  find('write').requestSubmit();
});
find('text').addEventListener('input', () => {
  if (!channelOf(current())?.abilities.includes('typing') || Date.now() - typedAt < 4_000) return;
  typedAt = Date.now();
  write('typing');
});
find('switches').addEventListener('change', () => {
  const form = find('switches').elements;
  attempt(() => call(`customers/${viewing}/switches`, {
    answer: form.answer.value, slow: form.slow.checked, duplicates: form.duplicates.checked, reordered: form.reordered.checked,
    lost: form.lost.checked,
  }));
});
find('switches').addEventListener('submit', (event) => event.preventDefault());
find('new').addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = find('new');
  const { name, phone, channel } = Object.fromEntries(new FormData(form));
  const customer = await attempt(() => call('customers', { name, phone: phone || undefined, channel: channel || undefined }));
  if (!customer) return;
  form.reset();
  form.closest('details').open = false;
  select(customer.id);
});
document.addEventListener('visibilitychange', () => waiting.abort());
follow();
