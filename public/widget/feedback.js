// The form that asks how it went: five answers with words, and room for more.

import { icon, make, textButton } from './element.js';

const WORDS = ['Very bad', 'Bad', 'Okay', 'Good', 'Very good'];
const COMMENT_MOST = 2_000;
const FACES = [
  'M8.500 16.500a4.500 4.500 0 0 1 7 0', 'M9 16a5 5 0 0 1 6 0', 'M8.500 15.500h7', 'M9 15a5 5 0 0 0 6 0', 'M8 14a4.500 4.500 0 0 0 8 0z',
];
const ROUND = 'M3 12a9 9 0 1 0 18 0 9 9 0 1 0-18 0zM9 9.500v.5m6-.5v.5';

/** The form, or what was answered with a way to change it. */
export function feedbackCard(row, act) {
  const card = make('section', 'feedback');
  card.setAttribute('aria-label', 'Feedback');
  card.append(row.answer ? answered(row, act, card) : form(row, act));
  return card;
}

function answered(row, act, card) {
  const { score, comment, pending, problem, message } = row.answer;
  const words = WORDS[score - 1] ?? '';
  const state = problem ? `Not sent: ${problem}.` : pending ? 'Sending your answer' : 'Thank you for your answer';
  const change = problem
    ? textButton('Try again', () => act.retry(message))
    : textButton('Change', () => {
      card.replaceChildren(form(row, act));
      card.querySelector('input')?.focus();
    });
  return make('div', 'feedback__answer', {},
    face(score), make('div', '', {}, make('strong', '', {}, words), make('p', '', {}, state),
      comment ? make('p', 'feedback__comment', { dir: 'auto' }, comment) : undefined),
    pending && !problem ? undefined : change);
}

function form(row, act) {
  const name = `score-${row.key}`;
  const scores = WORDS.map((words, index) => {
    const input = make('input', 'unseen', { type: 'radio', name, value: String(index + 1), required: true });
    input.checked = row.answer?.score === index + 1;
    return make('label', 'score', {}, input, face(index + 1), make('span', '', {}, words));
  });
  const comment = make('textarea', '', { rows: 2, maxLength: COMMENT_MOST, id: `comment-${row.key}`, dir: 'auto' });
  comment.value = row.answer?.comment ?? '';
  const whole = make('form', '', {},
    make('fieldset', '', {}, make('legend', '', {}, row.text || 'How did we do?'), make('div', 'scores', {}, ...scores)),
    make('label', 'feedback__label', { htmlFor: comment.id }, 'Anything to add? (optional)'),
    comment,
    make('button', 'primary', { type: 'submit' }, 'Send feedback'));
  whole.addEventListener('submit', (event) => {
    event.preventDefault();
    const score = Number(new FormData(whole).get(name));
    if (score) act.rate({ id: row.id, score, comment: comment.value.trim() || undefined });
  });
  return whole;
}

function face(score) {
  return icon(`${ROUND}${FACES[score - 1] ?? FACES[2]}`);
}
