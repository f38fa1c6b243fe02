// How the chat makes elements: words become text nodes and nothing else ever does.

const SVG = 'http://www.w3.org/2000/svg';

export const BOT = 'M12 8V4.500M6 11a3 3 0 0 1 3-3h6a3 3 0 0 1 3 3v5a3 3 0 0 1-3 3H9a3 3 0 0 1-3-3zm3.500 2v1m5-1v1M3 12.500v3m18-3v3';
export const REPLY = 'M9 14 4 9l5-5M4 9h10a6 6 0 0 1 6 6v4';
export const SMILE = 'M3.500 12a8.500 8.500 0 1 0 17 0 8.500 8.500 0 1 0-17 0M9 9.500v.5m6-.5v.5M8.500 14a4.200 4.200 0 0 0 7 0';
export const DOTS = 'M5.500 12h.010M12 12h.010M18.500 12h.010';

/** An element with a class, properties and children; children that are text stay text, missing ones are left out. */
export function make(tag, className, properties = {}, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  Object.assign(element, properties);
  element.append(...children.filter((child) => child !== undefined));
  return element;
}

/** A line drawing of 24 by 24. */
export function icon(path) {
  const svg = document.createElementNS(SVG, 'svg');
  const shape = document.createElementNS(SVG, 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('aria-hidden', 'true');
  shape.setAttribute('d', path);
  svg.append(shape);
  return svg;
}

/** A quiet button that reads like a link. */
export function textButton(label, onclick) {
  return make('button', 'link', { type: 'button', onclick }, label);
}
