import assert from 'node:assert/strict';
import test from 'node:test';

import { enqueue, markSeen, newConversation, setProblem, take } from '../../public/widget/core.js';
import { dayWords, quote, rows } from '../../public/widget/rows.js';

const NOON = new Date(2026, 10, 22, 12).getTime();
const MINUTE = 60_000;

function conversation(...entries) {
  const talk = newConversation();
  take(talk, entries.map((entry, index) => ({ position: index + 1, id: `m${index + 1}`, at: NOON + index * 1_000, author: 'you', kind: 'text', text: '', ...entry })), true);
  return talk;
}
const shown = (talk, more = {}) => rows(talk, { now: NOON, ...more });
const types = (talk) => shown(talk).map((row) => row.type);
const find = (talk, type) => shown(talk).find((row) => row.type === type);

test('a day stands above its messages, in words', () => {
  const talk = conversation({ at: NOON - 86_400_000 }, { at: NOON });
  assert.deepEqual(shown(talk).filter((row) => row.type === 'day').map((row) => row.words), ['Yesterday', 'Today']);
  assert.match(dayWords(new Date(2025, 0, 6).getTime(), NOON, 'en'), /Monday.*2025/);
});

test('the same speaker is named once within two minutes', () => {
  const bot = { author: 'bot', name: 'Garden bot' };
  const talk = conversation(bot, bot, { ...bot, at: NOON + 5 * MINUTE });
  assert.deepEqual(types(talk), ['day', 'who', 'bubble', 'bubble', 'who', 'bubble']);
  assert.equal(find(talk, 'who').bot, true);
});

test('a line between two messages names the speaker again', () => {
  const talk = conversation({ author: 'agent', name: 'P' }, { kind: 'line', author: 'system', text: 'Conversation ended' }, { author: 'agent', name: 'P' });
  assert.deepEqual(types(talk), ['day', 'who', 'bubble', 'line', 'who', 'bubble']);
});

test('choices can be picked until something newer is said', () => {
  const question = { author: 'bot', kind: 'choices', text: 'Which?', choices: [{ id: 'a', title: 'A' }, { id: 'b', title: 'B' }] };
  assert.equal(find(conversation(question), 'choices').open, true);
  assert.equal(find(conversation(question, { kind: 'line', author: 'system' }), 'choices').open, true);
  assert.equal(find(conversation(question, { author: 'bot', text: 'Never mind.' }), 'choices').open, false);
  const picked = find(conversation(question, { kind: 'picked', text: 'B' }), 'choices');
  assert.deepEqual([picked.open, picked.picked], [false, 'B']);
});

test('a pick on its way already closes the question', () => {
  const talk = conversation({ author: 'bot', kind: 'choices', choices: [{ id: 'a', title: 'A' }] });
  enqueue(talk, { id: 'p', at: NOON, pick: { id: 'a', title: 'A' } });
  assert.equal(find(talk, 'choices').picked, 'A');
});

test('only the last of several messages in a row says how far they came', () => {
  const talk = conversation({ stage: 'sent' }, { stage: 'delivered' });
  assert.deepEqual(types(talk), ['day', 'bubble', 'bubble', 'receipt']);
  assert.equal(find(talk, 'receipt').words, 'Delivered');
  markSeen(talk, 2);
  assert.equal(find(talk, 'receipt').words, 'Read');
});

test('an answer shows the first words of what it answers, as they stand by now', () => {
  const told = { id: 'm1', author: 'agent', name: 'Priya', kind: 'text', text: 'told with it' };
  const quoted = (...entries) => shown(conversation(...entries)).findLast((row) => row.type === 'bubble').quote;
  const ours = { author: 'agent', name: 'Priya', text: `It  is\nopen ${'x'.repeat(200)}` };
  assert.deepEqual(quoted(ours, { reply_to: told }), { id: 'm1', who: 'Priya', text: `It is open ${'x'.repeat(109)}` });
  assert.deepEqual(quoted({ ...ours, kind: 'deleted' }, { reply_to: told }).text, 'This message was deleted');
  assert.deepEqual(quoted({ kind: 'files', files: [{ kind: 'photo' }] }, { author: 'agent', reply_to: told }), { id: 'm1', who: 'You', text: 'Photo' });
  assert.deepEqual(quoted({ reply_to: { ...told, id: 'long before' } }), { id: 'long before', who: 'Priya', text: 'told with it' });
  assert.equal(quoted(ours, { kind: 'deleted', reply_to: told }), undefined);
});

test('what has arrived and still stands can be answered', () => {
  const talk = conversation({ author: 'agent' }, {}, { kind: 'deleted' });
  enqueue(talk, { id: 'p', at: NOON, text: 'on its way', reply_to: quote(talk.entries[0]) });
  const bubbles = shown(talk).filter((row) => row.type === 'bubble');
  assert.deepEqual(bubbles.map((row) => row.ways), [['reply'], ['reply', 'edit', 'delete'], [], []]);
  assert.deepEqual(shown(talk, { reacts: true }).find((row) => row.type === 'bubble').ways, ['reply', 'react']);
  assert.equal(bubbles[3].quote.id, 'm1');
});

test('what was picked can be answered and not changed, and a refusal says of what', () => {
  const talk = conversation({ kind: 'picked', text: 'A' }, { text: 'order 21' });
  const bubbles = () => shown(talk).filter((row) => row.type === 'bubble');
  assert.deepEqual(bubbles()[0].ways, ['reply']);
  enqueue(talk, { id: 'e', at: NOON, mark: { message: 'm2', mark: { edited: 'order 12' } } });
  enqueue(talk, { id: 'd', at: NOON, mark: { message: 'm2', mark: 'deleted' } });
  assert.deepEqual([bubbles()[1].odd, bubbles()[1].ways], [true, []]);
  setProblem(talk, 'e', 'it is long');
  setProblem(talk, 'd', 'it is late');
  assert.deepEqual(shown(talk).filter((row) => row.type === 'problem').map((row) => row.words), ['Not changed: it is long.', 'Not deleted: it is late.']);
});

test('signs stand under their message and say whose they are', () => {
  const reactions = [{ by: 'agent', emoji: '👍' }];
  const talk = conversation({ author: 'agent', name: 'P' }, { reactions, stage: 'sent' });
  enqueue(talk, { id: 'r', at: NOON, mark: { message: 'm1', mark: { reacted: '❤' } } });
  assert.deepEqual(types(talk), ['day', 'who', 'bubble', 'signs', 'bubble', 'signs', 'receipt']);
  assert.deepEqual(shown(talk).filter((row) => row.type === 'signs').map((row) => [row.side, row.signs[0].words]), [['theirs', 'You reacted: ❤'], ['ours', 'Our team reacted: 👍']]);
  setProblem(talk, 'r', 'it is odd');
  assert.deepEqual(types(talk), ['day', 'who', 'bubble', 'problem', 'bubble', 'signs', 'receipt']);
  assert.equal(find(talk, 'problem').words, 'Reaction not sent: it is odd.');
});

test('what waits stands last and says that it waits', () => {
  const talk = conversation({ stage: 'sent' });
  enqueue(talk, { id: 'x', at: NOON, text: 'later' });
  const list = shown(talk, { waiting: 'Waiting for network' });
  assert.deepEqual(list.map((row) => row.words).filter(Boolean), ['Today', 'Sent', 'Waiting for network']);
});

test('a message that was refused says why, wherever it stands', () => {
  const talk = conversation();
  enqueue(talk, { id: 'x', at: NOON, text: 'bad' });
  enqueue(talk, { id: 'y', at: NOON, text: 'good' });
  setProblem(talk, 'x', 'it is too long');
  assert.deepEqual(types(talk), ['day', 'bubble', 'problem', 'bubble', 'receipt']);
  assert.equal(find(talk, 'problem').words, 'Not sent: it is too long.');
});

test('an answer to the feedback form shows in the form, and the newest answer counts', () => {
  const talk = conversation(
    { author: 'bot', kind: 'feedback_request', feedback: 'f', text: 'How did we do?' },
    { kind: 'feedback_answer', feedback: 'f', score: 2, text: 'slow' },
    { kind: 'feedback_answer', feedback: 'f', score: 5 },
  );
  assert.deepEqual(types(talk), ['day', 'who', 'feedback']);
  assert.deepEqual(find(talk, 'feedback').answer, { score: 5, comment: '' });
  enqueue(talk, { id: 'n', at: NOON, feedback: { id: 'f', score: 1, comment: 'no' } });
  assert.equal(find(talk, 'feedback').answer.pending, true);
});

test('a greeting stands alone, before the first word', () => {
  assert.deepEqual(shown(newConversation(), { greeting: 'Welcome!' }).map((row) => row.key), ['hello-who', 'hello']);
  assert.deepEqual(shown(conversation({}), { greeting: 'Welcome!' }).map((row) => row.type), ['day', 'bubble', 'receipt']);
});

test('a bot that greets in the same words as the site is not heard twice', () => {
  const bot = { author: 'bot', name: 'B', kind: 'text' };
  const words = (greeting) => shown(conversation({}, { ...bot, text: 'Welcome!' }, { ...bot, text: 'What is it about?' }), { greeting })
    .filter((row) => row.type === 'bubble' && row.side === 'theirs').map((row) => row.text);
  assert.deepEqual(words('Welcome! '), ['Welcome! ', 'What is it about?']);
  assert.deepEqual(words('Another word'), ['Welcome!', 'What is it about?']);
});

test('every row has a key of its own', () => {
  const bot = { author: 'bot', name: 'B' };
  const talk = conversation(bot, { stage: 'read' }, bot, { kind: 'line', author: 'system' }, { ...bot, kind: 'choices', choices: [] });
  const keys = shown(talk).map((row) => row.key);
  assert.equal(new Set(keys).size, keys.length);
});

test('files stand in their bubble, also while they are on their way', () => {
  const photo = { id: 'f1', kind: 'photo', name: 'cat.png', mime: 'image/png', bytes: 9 };
  const talk = conversation({ author: 'agent', name: 'P', kind: 'files', text: 'look', files: [photo] });
  assert.deepEqual(find(talk, 'bubble').files, [photo]);
  enqueue(talk, { id: 'mine', at: NOON, local: { kind: 'photo', name: 'dog.png', mime: 'image/png', bytes: 9 } });
  assert.equal(shown(talk).filter((row) => row.type === 'bubble').at(-1).files[0].message, 'mine');
});

test('words that were taken back are gone, and others show that they were changed', () => {
  const talk = conversation({ text: 'my password' }, { text: 'rua 2', edited: true });
  take(talk, [{ ...talk.entries[0], kind: 'deleted', text: 'Deleted' }], false);
  const bubbles = shown(talk).filter((row) => row.type === 'bubble');
  assert.deepEqual(bubbles.map((row) => [row.text, Boolean(row.odd), Boolean(row.edited)]), [['This message was deleted', true, false], ['rua 2', false, true]]);
  assert.equal(JSON.stringify(bubbles).includes('password'), false);
});
