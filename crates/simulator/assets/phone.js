// Draws the played phone: what was said, buttons and lists to pick from, ticks. Words become text nodes.

export const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

const TICK = 'm1 6.500 3 3 6-7';
const TICKS = 'm1 6.500 3 3 6-7m-2 6 1 1 6-7';
/** How far a message of ours came. */
const STAGES = { waiting: 'accepted', sent: 'sent', delivered: 'delivered', read: 'read' };

/** An element with a class, properties and children; missing children are left out. */
export function make(tag, className, properties = {}, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  Object.assign(element, properties);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** Draws the whole talk of `customer` into `area` and stays at its end, unless one has scrolled up. */
export function talk(area, customer, now, abilities, acts) {
  const content = JSON.stringify([customer.id, customer.messages, customer.typing_until > now]);
  if (area.dataset.content === content) return;
  const isAtEnd = area.dataset.of !== String(customer.id) || area.scrollHeight - area.scrollTop - area.clientHeight < 60;
  area.dataset.content = content;
  area.dataset.of = customer.id;

  const answered = customer.messages.findLastIndex((message) => message.from === 'customer');
  const rows = customer.messages.map((message, index) => said(message, index > answered, abilities, acts));
  customer.messages.forEach(({ album }, index) => {
    if (album && customer.messages[index - 1]?.album === album) rows[index].classList.add('said--joined');
  });
  if (!rows.length) rows.push(make('p', 'empty', {}, 'Nothing said yet. Write as this customer would: the bot answers first, and an agent may take over in the console.'));
  if (customer.typing_until > now) rows.push(make('div', 'typing', {}, 'typing…'));
  area.replaceChildren(...rows);
  if (isAtEnd) area.scrollTop = area.scrollHeight;
}

function said(message, isOpen, abilities, acts) {
  const isMine = message.from === 'customer';
  const words = ['unsupported', 'deleted'].includes(message.kind) ? `[${message.text}]` : message.text;
  const bubble = make('div', `said said--${isMine ? 'mine' : 'theirs'}`, {}, file(message), words ? make('p', '', { dir: 'auto' }, words) : undefined);
  bubble.dataset.message = message.id;
  if (message.footer) bubble.append(make('small', '', {}, message.footer));
  bubble.append(foot(message, isMine));
  if (message.reaction) bubble.append(make('span', 'said__reaction', {}, message.reaction));
  if (message.choices) bubble.append(choices(message, isOpen, acts.pick));
  const doing = deeds(message, isMine, abilities, acts);
  if (doing.length) bubble.append(make('div', 'said__acts', {}, ...doing));
  return bubble;
}

function file(message) {
  if (message.kind === 'files') return make('div', 'said__files', {}, ...message.files.map((one) => file({ ...one, kind: 'file' })));
  if (message.kind !== 'file') return undefined;
  const address = `/simulator/files/${encodeURIComponent(message.file)}`;
  if (message.shows === 'sticker') return make('img', 'said__sticker', { src: address, alt: 'Sticker', loading: 'lazy' });
  if (message.shows === 'photo') return make('img', 'said__photo', { src: address, alt: message.name || 'Photo', loading: 'lazy' });
  if (message.shows === 'video') return make('video', 'said__photo', { src: address, controls: true, preload: 'metadata' });
  if (message.shows === 'voice') return make('audio', 'said__voice', { src: address, controls: true, preload: 'none' });
  return make('a', 'said__file', { href: address, target: '_blank', rel: 'noopener' }, message.name || 'File');
}

/** What the customer may do to a message. */
function deeds(message, isMine, abilities, acts) {
  if (message.kind === 'deleted') return [];
  const deed = (name, doing) => make('button', '', { type: 'button', onclick: doing }, name);
  const all = [];
  if (!isMine && abilities.includes('react')) {
    all.push(message.reaction ? deed('Take back', () => acts.react(message.id, null)) : deed('👍', () => acts.react(message.id, '👍')));
  }
  if (isMine && message.kind === 'text' && abilities.includes('edit')) all.push(deed('Edit', () => acts.edit(message.id, message.text)));
  if (isMine && abilities.includes('delete')) all.push(deed('Delete', () => acts.remove(message.id)));
  return all;
}

function foot(message, isMine) {
  const at = `${message.edited ? 'edited · ' : ''}${time.format(message.at)}`;
  if (message.problem) return make('div', 'said__foot said__foot--problem', {}, `${at} · ${message.problem}`);
  if (!isMine) return make('div', 'said__foot', { title: 'How far our message came' }, `${at} · ${STAGES[message.stage] ?? message.stage}`);
  const words = { waiting: 'on its way', delivered: 'delivered', read: 'read by the business' }[message.stage] ?? message.stage;
  return make('div', 'said__foot', { title: words }, at, ticks(message.stage), make('span', 'unseen', {}, words));
}

function ticks(stage) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  svg.setAttribute('viewBox', '0 0 16 12');
  svg.setAttribute('class', `ticks ticks--${stage}`);
  svg.setAttribute('aria-hidden', 'true');
  path.setAttribute('d', stage === 'waiting' ? TICK : TICKS);
  svg.append(path);
  return svg;
}

function choices(message, isOpen, pick) {
  const group = make('div', 'choices', {});
  for (const choice of message.choices) {
    const button = make('button', 'choice', { type: 'button', disabled: !isOpen }, choice.title,
      choice.description ? make('small', '', {}, choice.description) : undefined);
    button.addEventListener('click', () => pick(message.id, choice.id), { once: true });
    group.append(button);
  }
  return group;
}
