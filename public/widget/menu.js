// A button with a menu: what can be done with one message. It stands beside the message, above it or, where there is no
// room for that, below.

import { icon, make } from './element.js';

/**
 * The button. `items()` is asked whenever it opens: `{ label, run }`, and `isOn` for one of several that stand for each other. What
 * `run` gives back, if anything, is what is to be chosen from next.
 */
export function menuButton({ label, picture }, items) {
  const button = make('button', 'said__way', { type: 'button', title: label }, icon(picture));
  button.setAttribute('aria-label', label);
  button.setAttribute('aria-haspopup', 'menu');
  button.setAttribute('aria-expanded', 'false');
  let menu = null;

  function close() {
    const open = menu;
    menu = null;
    open?.remove();
    button.setAttribute('aria-expanded', 'false');
  }

  function open(from) {
    close();
    const area = button.closest('.talk');
    menu = make('div', 'menu', {}, ...from.map((item) => choice(item, (next) => {
      close();
      if (next) open(next);
      else if (document.activeElement === document.body) (button.isConnected ? button : area).focus();
    })));
    menu.setAttribute('role', 'menu');
    menu.setAttribute('aria-label', label);
    menu.addEventListener('keydown', move);
    menu.addEventListener('focusout', ({ relatedTarget }) => {
      if (!menu?.contains(relatedTarget) && relatedTarget !== button) close();
    });
    button.after(menu);
    button.setAttribute('aria-expanded', 'true');
    const above = button.closest('.said').getBoundingClientRect().top - area.getBoundingClientRect().top;
    menu.classList.toggle('menu--below', above < menu.offsetHeight + 8);
    menu.scrollIntoView({ block: 'nearest' });
    (menu.querySelector('[aria-checked=true]') ?? menu.firstElementChild).focus();
  }

  function move(event) {
    const all = [...menu.children];
    const at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      all.at(to % all.length).focus();
    } else if (event.key === 'Escape') {
      // The chat stays open.
      event.stopPropagation();
      close();
      button.focus();
    }
  }

  // The focus stays where it is: a menu that loses it closes, and this click would open it again.
  button.addEventListener('mousedown', (event) => event.preventDefault());
  button.addEventListener('click', () => (menu ? close() : open(items())));
  return button;
}

function choice({ label, isOn, run }, done) {
  const isOne = isOn !== undefined;
  const item = make('button', `menu__item${isOne ? ' menu__item--sign' : ''}`, { type: 'button', tabIndex: -1, onclick: () => done(run()) }, label);
  item.setAttribute('role', isOne ? 'menuitemradio' : 'menuitem');
  if (isOne) item.setAttribute('aria-checked', String(isOn));
  return item;
}
