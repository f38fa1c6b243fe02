// Switchboard's launcher: a button in the corner of any site; the chat behind it loads when it is first wanted.
(() => {
  const script = document.currentScript;
  if (!script || window.Switchboard) return;
  const { channel, position = '', accent = '', theme = '', greeting, label = 'chat', identity } = script.dataset;
  const { origin } = new URL(script.src);
  const key = 'switchboard:' + channel;
  let kept;
  try { kept = JSON.parse(sessionStorage[key]); } catch { kept = {}; }
  const keep = (change) => {
    Object.assign(kept, change);
    try { sessionStorage[key] = JSON.stringify(kept); } catch { /* then it does not survive a page change */ }
  };

  const host = document.createElement('switchboard-chat');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
:host{all:initial;--accent:#3557d1;--on:#fff;--back:#fff;--right:24px;--left:auto;color-scheme:light}
:host([side=left]){--right:auto;--left:24px}
:host([theme=dark]){--back:#131519;color-scheme:dark}
@media(prefers-color-scheme:dark){:host(:not([theme=light])){--back:#131519;color-scheme:dark}}
@supports(color:oklch(from red l c h)){:host{--on:oklch(from var(--accent) clamp(0,(.62 - l)*999,1) 0 0)}}
button,iframe{position:fixed;z-index:2147483000;inset:auto var(--right) 24px var(--left);border:0;box-shadow:0 0 0 1px #8883,0 1px 2px #0001,0 8px 28px #0003}
button{width:56px;height:56px;padding:0;border-radius:50%;display:grid;place-items:center;cursor:pointer;background:var(--accent);color:var(--on)}
button:focus-visible{outline:2px solid var(--accent);outline-offset:3px}
svg{width:26px;height:26px;fill:none;stroke:currentColor;stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}
span{position:absolute;top:-3px;right:-3px;min-width:20px;box-sizing:border-box;padding:0 5px;border-radius:10px;background:#c32b30;color:#fff;font:600 12px/20px system-ui,sans-serif}
iframe{bottom:96px;width:380px;height:min(640px,100vh - 120px);border-radius:18px;background:var(--back)}
@media(max-width:480px),(max-height:480px){iframe{inset:var(--top,0) 0 auto;width:100%;height:var(--height,100%);border-radius:0;box-shadow:none}:host([open][ready]) button{display:none}}
@media(prefers-reduced-motion:no-preference){iframe{animation:in .14s ease-out}@keyframes in{from{opacity:0;transform:translateY(8px)}}}
span:empty,:host [hidden]{display:none}`);
  root.adoptedStyleSheets = [sheet];
  host.role = 'region';
  host.ariaLabel = label;
  host.setAttribute('theme', theme);
  host.setAttribute('side', position);
  if (CSS.supports('color', accent)) host.style.setProperty('--accent', accent);

  const drawing = (tag) => document.createElementNS('http://www.w3.org/2000/svg', tag);
  const icon = drawing('svg');
  const shape = drawing('path');
  const badge = document.createElement('span');
  const button = document.createElement('button');
  icon.setAttribute('viewBox', '0 0 24 24');
  icon.append(shape);
  button.append(icon, badge);
  root.append(button);

  let frame;
  let unread = 0;
  let isOpen = false;
  let isReady = false;
  let moved = false;
  const tell = (type, more) => isReady && frame.contentWindow.postMessage({ switchboard: 1, type, ...more }, origin);
  const load = () => {
    if (frame) return;
    frame = document.createElement('iframe');
    frame.title = label;
    frame.allow = '';
    frame.hidden = true;
    frame.src = origin + '/widget/frame?' + new URLSearchParams({ channel, origin: location.origin, accent, theme });
    root.prepend(frame);
  };
  const draw = () => {
    button.ariaLabel = isOpen ? 'Close ' + label : 'Open ' + label + (unread ? `, ${unread} unread` : '');
    button.ariaExpanded = isOpen;
    badge.textContent = isOpen || !unread ? '' : unread > 99 ? '99+' : unread;
    shape.setAttribute('d', isOpen ? 'm5 9 7 7 7-7' : 'M21 11.500a8 8 0 0 1-8.500 8 9 9 0 0 1-3.500-.7L3.500 20.500l1.700-4.700A8 8 0 1 1 21 11.500z');
    host.toggleAttribute('open', isOpen);
    // On phones the chat covers the launcher, but only one that has come can be closed from within.
    host.toggleAttribute('ready', isReady);
  };
  // `moves` is false when a page change reopens the chat: nobody's focus is taken then.
  const show = (open, moves = true) => {
    if (open) load();
    isOpen = open;
    moved = moves;
    if (moves && !open) button.focus();
    if (frame) frame.hidden = !open;
    if (frame && !open && !isReady) {
      // It did not come: the next opening tries again.
      frame.remove();
      frame = undefined;
    }
    keep({ open });
    draw();
    tell('open', { open, moves });
    // What has not come keeps no focus: the launcher closes it by Escape.
    if (moves && open && isReady) frame.focus();
  };

  addEventListener('message', ({ origin: from, source, data }) => {
    if (from !== origin || !frame || source !== frame.contentWindow || data?.switchboard !== 1) return;
    const { type, count } = data;
    if (type === 'ready') {
      isReady = true;
      draw();
      if (isOpen && moved) frame.focus();
      tell('hello', { open: isOpen, moves: moved, greeting, identity });
    }
    if (type === 'talked') keep({ talked: true });
    if (type === 'close') show(false);
    if (type === 'unread') {
      unread = count >>> 0;
      draw();
    }
  });
  button.onclick = () => show(!isOpen);
  button.onpointerenter = button.onfocus = load;
  button.onkeydown = (event) => {
    if (event.key === 'Escape' && isOpen) show(false);
  };

  // On phones the keyboard covers the page without resizing it: the chat takes what is left.
  const view = window.visualViewport;
  const fit = () => {
    host.style.setProperty('--top', view.offsetTop + 'px');
    host.style.setProperty('--height', view.height + 'px');
  };
  for (const change of ['resize', 'scroll']) view?.addEventListener(change, fit);

  window.Switchboard = { open: () => show(true), close: () => show(false) };
  // Beside the body, not in it: it need not exist yet, and sites that swap it keep the chat.
  document.documentElement.append(host);
  draw();
  if (kept.open) show(true, false);
  else if (kept.talked) setTimeout(load, 1000);
})();
