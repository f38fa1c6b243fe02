// The widget in a real browser, against a counterpart that loses, doubles and refuses. CHROMIUM names the browser.

import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test, { after, before } from 'node:test';

import { chromium } from 'playwright';

import { startCounterpart } from './counterpart.mjs';

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM || undefined, args: ['--no-sandbox', '--disable-gpu'] });
});
after(() => browser.close());

/** Opens the site with the widget; every error and every blocked script or style of the page ends up in `errors`. */
async function visit(t, { counterpart: options, ...more } = {}) {
  const counterpart = await startCounterpart(options);
  const context = await browser.newContext({ viewport: { width: 1100, height: 760 }, ...more });
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('dialog', (dialog) => errors.push(`dialog ${dialog.message()}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().includes('Failed to load resource') && !message.text().includes('WebSocket connection')) errors.push(message.text());
  });
  await page.goto(counterpart.site);
  t.after(async () => {
    await context.close();
    await counterpart.close();
  });
  const frame = page.frameLocator('iframe');
  const box = frame.getByLabel('Your message');
  return {
    counterpart, context, page, frame, errors, box,
    open: () => page.getByRole('button', { name: /^Open/ }).click(),
    write: async (text) => {
      await box.fill(text);
      await box.press('Enter');
    },
    bubbles: () => frame.locator('.bubble').allTextContents(),
    sees: (text) => frame.getByText(text).first().waitFor(),
  };
}

const until = async (check) => {
  for (const started = Date.now(); !(await check());) {
    assert.ok(Date.now() - started < 15_000, 'it did not happen in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

test('a visitor writes and is answered, on a site with a strict policy and the script included twice', async (t) => {
  const { counterpart, page, frame, errors, open, write, sees } = await visit(t);
  assert.equal(await page.locator('switchboard-chat').count(), 1);
  assert.equal(await page.locator('iframe').count(), 0);
  await open();
  await write('Is the lemon tree in stock?');
  await sees('Sent');
  counterpart.say({ text: 'It is. Shall I keep one for you?' });
  await sees('Shall I keep one');
  assert.equal(await frame.locator('.bubble--ours').count(), 1);
  assert.deepEqual(errors, []);
});

/** What was told of the visitor's typing, in its order. */
const typingTold = ({ state }) => state.requests.filter(({ path }) => path === 'typing').map(({ body }) => body.on);

test('who has sent writes no longer, also for whoever hears of it late', async (t) => {
  const { counterpart, open, write, sees } = await visit(t);
  await open();
  await sees('We are here');
  await write('Is the lemon tree in stock?');
  await sees('Sent');
  await until(() => typingTold(counterpart).length === 2);
  assert.deepEqual(typingTold(counterpart), [true, false]);
});

test('who writes before the chat has begun is told as writing once it has, and who has sent by then is not', async (t) => {
  const { counterpart, box, open, write, sees } = await visit(t);
  let begin;
  counterpart.plan('sessions', 503, { headers: { 'Retry-After': '0' }, after: new Promise((resolve) => { begin = resolve; }) });
  await open();
  await write('Is the lemon tree in stock?');
  await box.fill('And');
  begin();
  await sees('Sent');
  await until(() => typingTold(counterpart).length > 0);
  await write('And the olive?');
  await until(() => typingTold(counterpart).length > 1);
  assert.deepEqual(typingTold(counterpart), [true, false]);
});

test('opening moves the focus in, Escape brings it back to the launcher', async (t) => {
  const { page, box, open } = await visit(t);
  await open();
  await until(() => box.evaluate((element) => document.activeElement === element));
  await page.keyboard.press('Escape');
  const launcher = page.getByRole('button', { name: 'Open chat' });
  await until(() => launcher.evaluate((button) => button.getRootNode().activeElement === button));
  assert.equal(await launcher.getAttribute('aria-expanded'), 'false');
  await page.keyboard.press('Enter');
  await until(() => page.getByRole('button', { name: 'Close chat' }).first().isVisible());
});

test('the launcher and the chat move nothing on the site', async (t) => {
  const { page, open } = await visit(t);
  const place = () => page.evaluate(() => JSON.stringify([document.querySelector('main').getBoundingClientRect(), document.documentElement.scrollHeight]));
  const before = await place();
  await open();
  assert.equal(await place(), before);
});

for (const frame of [404, 0]) {
  test(`on a phone, a chat that does not come (${frame}) is closed as it was opened, and tried again`, async (t) => {
    const { counterpart, page, box, open } = await visit(t, { viewport: { width: 390, height: 844 } });
    const close = page.getByRole('button', { name: 'Close chat' });
    counterpart.state.frame = frame;
    await open();
    // It opens by itself on the next page, and is not in the way there either.
    await page.getByRole('link', { name: 'Another page' }).evaluate((link) => link.click());
    await page.waitForURL('**/other');
    await page.locator('iframe').waitFor();
    await close.click();
    assert.equal(await page.locator('iframe').count(), 0);
    counterpart.state.frame = 200;
    await open();
    await box.waitFor();
    // Now the chat has a button of its own, and the launcher is not over it.
    await until(async () => (await page.locator('switchboard-chat').evaluate((host) => getComputedStyle(host.shadowRoot.querySelector('button')).display)) === 'none');
    await page.frameLocator('iframe').getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Open chat' }).waitFor();
    assert.equal(await page.locator('iframe').count(), 1);
  });
}

test('a chat that does not come is closed by Escape', async (t) => {
  const { counterpart, page, open } = await visit(t);
  counterpart.state.frame = 404;
  await open();
  await page.locator('iframe').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Open chat' }).waitFor();
});

test('a message whose answer was lost is sent again with the same id and stands once', async (t) => {
  const { counterpart, bubbles, open, write, sees } = await visit(t);
  await open();
  counterpart.plan('messages', 0, { keeps: true });
  await write('only once');
  await sees('Sent');
  const sent = counterpart.state.requests.filter((request) => request.path === 'messages');
  assert.equal(sent.length, 2);
  assert.equal(sent[0].body.id, sent[1].body.id);
  assert.deepEqual((await bubbles()).filter((text) => text.includes('only once')).length, 1);
});

test('messages written quickly go out one by one, in order, also past a busy server', async (t) => {
  const { counterpart, open, write, sees } = await visit(t);
  await open();
  counterpart.plan('messages', 503, { headers: { 'Retry-After': '0' } });
  counterpart.plan('messages', 429, { headers: { 'Retry-After': '0' } });
  for (const text of ['one', 'two', 'three']) await write(text);
  await until(() => counterpart.state.entries.length === 3);
  assert.deepEqual(counterpart.state.entries.map((entry) => entry.text), ['one', 'two', 'three']);
  await sees('Sent');
});

test('a refused message says why, keeps its words, and can be edited', async (t) => {
  const { counterpart, frame, box, open, write, sees } = await visit(t);
  await open();
  counterpart.plan('messages', 422, { body: { error: { field: 'text', message: 'it has words we do not take' } } });
  await write('something odd');
  await sees('Not sent: it has words we do not take.');
  await frame.getByRole('button', { name: 'Edit' }).click();
  assert.equal(await box.inputValue(), 'something odd');
});

test('without a network messages wait, survive a reload of the site, and go out when it is back', async (t) => {
  const { counterpart, context, page, open, write, sees, box } = await visit(t);
  await open();
  await sees('We are here');
  await context.setOffline(true);
  await write('from the tunnel');
  await sees('Waiting for network');
  await box.fill('half a thought');
  await context.setOffline(false);
  counterpart.plan('messages', 0);
  await page.reload();
  await until(() => counterpart.state.entries.some((entry) => entry.text === 'from the tunnel'));
  await until(async () => (await box.inputValue()) === 'half a thought');
  assert.equal(counterpart.state.entries.length, 1);
});

test('a server that dies and comes back loses nothing, doubles nothing, and needs no reload', async (t) => {
  const { counterpart, bubbles, open, write, sees } = await visit(t);
  await open();
  await write('before');
  await sees('Sent');
  await counterpart.down();
  await write('meanwhile');
  await sees('Waiting for network');
  counterpart.keepQuietly({ text: 'Priya wrote while you were away', position: 8 });
  await counterpart.up();
  await sees('Priya wrote while you were away');
  await until(() => counterpart.state.entries.length === 3);
  counterpart.say({ text: 'and after' });
  await sees('and after');
  assert.deepEqual((await bubbles()).map((text) => text.replace('You: ', '')), ['before', 'Priya wrote while you were away', 'meanwhile', 'and after']);
});

test('what was said between the stream and the answer to a message is not skipped', async (t) => {
  const { counterpart, open, write, sees } = await visit(t);
  await open();
  await sees('We are here');
  counterpart.keepQuietly({ text: 'said just before' });
  counterpart.state.isMute = true;
  await write('my own');
  await sees('Sent');
  counterpart.drop();
  await sees('said just before');
});

test('where sockets are blocked, polling brings the answers', async (t) => {
  const { counterpart, open, write, sees } = await visit(t);
  counterpart.state.hasSocket = false;
  await open();
  await write('hello');
  await sees('Sent');
  counterpart.keepQuietly({ text: 'over the long road' });
  await sees('over the long road');
});

test('told to start over, the chat loads the transcript again', async (t) => {
  const { counterpart, bubbles, open, sees } = await visit(t);
  counterpart.keepQuietly({ text: 'old' });
  await open();
  await sees('old');
  // Nobody is told anything before the line is up.
  await until(() => counterpart.state.sockets.size > 0);
  counterpart.state.entries = [];
  counterpart.keepQuietly({ text: 'new' });
  counterpart.tell({ start_over: true });
  await sees('new');
  assert.deepEqual(await bubbles(), ['new']);
});

test('a choice is picked once and the question closes', async (t) => {
  const { counterpart, frame, open } = await visit(t);
  counterpart.keepQuietly({ author: 'bot', name: 'Garden bot', kind: 'choices', text: 'How can we help?', choices: [{ id: 'a', title: 'Delivery' }, { id: 'b', title: 'Advice' }] });
  await open();
  await frame.getByRole('button', { name: 'Advice' }).click();
  await until(() => counterpart.state.entries.length === 2);
  assert.deepEqual(counterpart.state.requests.findLast((request) => request.path === 'messages').body.pick, { id: 'b', title: 'Advice' });
  assert.ok(await frame.getByRole('button', { name: 'Delivery' }).isDisabled());
});

test('on a phone a choice opens no keyboard over the answer', async (t) => {
  const { counterpart, frame, box, open } = await visit(t, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  counterpart.keepQuietly({ author: 'bot', name: 'Garden bot', kind: 'choices', text: 'How can we help?', choices: [{ id: 'a', title: 'Delivery' }, { id: 'b', title: 'Advice' }] });
  await open();
  await frame.getByRole('button', { name: 'Advice' }).tap();
  await until(() => counterpart.state.entries.length === 2);
  assert.equal(await box.evaluate((element) => document.activeElement === element), false);
});

test('a message is answered with the keyboard alone, or the answer is called off', async (t) => {
  const { counterpart, page, frame, box, open, sees } = await visit(t);
  const said = counterpart.keepQuietly({ text: 'Which tree do you mean?' });
  await open();
  await sees('Which tree do you mean?');
  const reply = frame.getByRole('button', { name: 'Reply', exact: true });
  const bar = frame.getByText('Reply to: Which tree do you mean?');
  await reply.focus();
  await page.keyboard.press('Enter');
  await bar.waitFor();
  await until(() => box.evaluate((element) => document.activeElement === element));
  await page.keyboard.press('Escape');
  await bar.waitFor({ state: 'hidden' });
  assert.ok(await box.isVisible(), 'the chat stays open');
  await reply.press('Enter');
  await frame.getByRole('button', { name: 'Do not reply to this message' }).press('Enter');
  await bar.waitFor({ state: 'hidden' });
  await reply.press('Enter');
  await page.keyboard.type('The lemon tree');
  await page.keyboard.press('Enter');
  await until(() => counterpart.state.entries.length === 2);
  assert.equal(counterpart.state.requests.findLast(({ path }) => path === 'messages').body.reply_to, said.id);
  await frame.locator('.said--ours').getByRole('button', { name: 'Answers Priya: Which tree do you mean?' }).waitFor();
  await box.fill('and no other');
  await box.press('Enter');
  await until(() => counterpart.state.entries.length === 3);
  assert.equal(counterpart.state.requests.findLast(({ path }) => path === 'messages').body.reply_to, undefined);
});

test('on a phone a tap answers a message, and what it answers outlives a reload of the site', async (t) => {
  const { counterpart, page, frame, box, open } = await visit(t, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const said = counterpart.keepQuietly({ text: 'Which tree do you mean? The lemon tree, the olive tree, or the fig tree in the large pot?' });
  await open();
  await frame.getByRole('button', { name: 'Reply', exact: true }).tap();
  await box.fill('The lemon tree');
  const callOff = await frame.getByRole('button', { name: 'Do not reply to this message' }).boundingBox();
  assert.ok(callOff.x + callOff.width <= 390, 'long words push nothing out');
  await page.reload();
  await frame.getByText('Reply to: Which tree do you mean?').waitFor();
  await frame.getByRole('button', { name: 'Send' }).tap();
  await until(() => counterpart.state.entries.length === 2);
  assert.equal(counterpart.state.requests.findLast(({ path }) => path === 'messages').body.reply_to, said.id);
});

test('a quotation leads to its message, also where that stands long before', async (t) => {
  const { counterpart, page, frame, open } = await visit(t);
  const first = counterpart.keepQuietly({ author: 'you', text: 'the very first' });
  for (let number = 1; number <= 120; number += 1) counterpart.keepQuietly({ text: `message ${number}` });
  counterpart.keepQuietly({ text: 'Of course', reply_to: { id: first.id, author: 'you', kind: 'text', text: first.text } });
  await open();
  await frame.getByRole('button', { name: 'Answers You: the very first' }).focus();
  await page.keyboard.press('Enter');
  const place = frame.locator('.said', { hasText: 'You: the very first' }).first();
  await until(() => place.evaluate((said) => document.activeElement === said));
  const box = await place.boundingBox();
  assert.ok(box.y > 0 && box.y < 760, `it is in sight: ${box.y}`);
});

/** A chat in which signs can be left. */
async function reacting(t, more) {
  const scene = await visit(t, more);
  scene.counterpart.state.session.reactions = ['👍', '❤', '🎉'];
  const said = scene.counterpart.keepQuietly({ text: 'We have found it' });
  await scene.open();
  await scene.sees('We have found it');
  return { ...scene, said, more: scene.frame.getByRole('button', { name: 'Reply or react' }) };
}

test('a sign is left and taken away with the keyboard alone, and shows at once', async (t) => {
  const { counterpart, page, frame, box, more, sees } = await reacting(t);
  const signs = frame.getByRole('img', { name: 'You reacted' });
  await more.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await frame.getByRole('menu').waitFor({ state: 'hidden' });
  assert.ok(await box.isVisible(), 'the chat stays open');
  // What a server cannot take just now is tried again.
  counterpart.plan('marks', 503, { headers: { 'Retry-After': '0' } });
  for (const key of ['Enter', 'ArrowDown', 'ArrowRight', 'Enter']) await page.keyboard.press(key);
  await frame.getByRole('img', { name: 'You reacted: ❤' }).waitFor();
  await until(() => more.evaluate((button) => document.activeElement === button));
  await until(() => counterpart.state.entries[0].reactions?.[0].emoji === '❤');
  await page.keyboard.press('Enter');
  await until(() => frame.getByRole('menuitemradio', { name: '❤', checked: true }).evaluate((item) => document.activeElement === item));
  await page.keyboard.press('Enter');
  await until(async () => (await signs.count()) === 0);
  await until(() => counterpart.state.entries[0].reactions.length === 0);
  counterpart.plan('marks', 422, { body: { error: { message: 'it is odd' } } });
  for (const key of ['Enter', 'End', 'Enter']) await page.keyboard.press(key);
  await sees('Reaction not sent: it is odd.');
  await frame.getByRole('button', { name: 'Discard' }).click();
  assert.equal(await signs.count(), 0);
});

test('on a phone a tap leaves a sign, in a menu that is seen whole', async (t) => {
  const { counterpart, frame, more } = await reacting(t, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await more.tap();
  const menu = await frame.getByRole('menu').boundingBox();
  const area = await frame.locator('#scroll').boundingBox();
  assert.ok(menu.x >= area.x && menu.x + menu.width <= area.x + area.width && menu.y >= area.y && menu.y + menu.height <= area.y + area.height);
  await frame.getByRole('menuitemradio', { name: '👍' }).tap();
  await until(() => counterpart.state.entries[0].reactions?.[0].emoji === '👍');
});

test('our signs are shown, also those that were left while the line was down', async (t) => {
  const { counterpart, said, frame, write, sees } = await reacting(t);
  await write('Great');
  await sees('Sent');
  const own = counterpart.state.entries[1];
  const sign = frame.getByRole('img', { name: 'Our team reacted: 👍' });
  own.reactions = [{ by: 'agent', emoji: '👍' }];
  counterpart.tell({ changed: own });
  await sign.waitFor();
  own.reactions = [];
  said.reactions = [{ by: 'agent', emoji: '🎉' }];
  counterpart.drop();
  await frame.getByRole('img', { name: 'Our team reacted: 🎉' }).waitFor();
  assert.equal(await sign.count(), 0);
});

test('a visitor changes their words with the keyboard alone, and unsent ones wait meanwhile', async (t) => {
  const { counterpart, page, frame, box, open, write, sees } = await visit(t);
  await open();
  await write('order 21');
  await sees('Sent');
  await box.fill('half a thought');
  const more = frame.getByRole('button', { name: 'Reply, edit or delete' });
  const edits = async () => {
    await more.focus();
    for (const key of ['Enter', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await until(async () => (await box.inputValue()) === 'order 21');
    await until(() => box.evaluate((element) => document.activeElement === element));
  };
  await edits();
  await box.fill('order 1');
  await page.reload();
  await frame.getByText('Edit: order 21').waitFor();
  assert.equal(await box.inputValue(), 'order 1');
  await box.press('Escape');
  assert.equal(await box.inputValue(), 'half a thought');
  assert.ok(await box.isVisible(), 'the chat stays open');
  await edits();
  await box.fill('order 12');
  await page.keyboard.press('Enter');
  await frame.locator('.bubble', { hasText: 'order 12 edited' }).waitFor();
  await until(() => counterpart.state.entries[0].text === 'order 12');
  assert.equal(await box.inputValue(), 'half a thought');
  assert.equal(counterpart.state.entries.length, 1);
});

test('a visitor takes back what they wrote, after saying so twice, also without a network', async (t) => {
  const { counterpart, context, page, frame, open, write, sees } = await visit(t);
  await open();
  await write('my card is 4111');
  await sees('Sent');
  const more = frame.getByRole('button', { name: 'Reply, edit or delete' });
  const chooses = async (...names) => {
    await more.click();
    for (const name of names) await frame.getByRole('menuitem', { name }).click();
  };
  await chooses('Delete', 'Keep it');
  await until(() => more.evaluate((button) => document.activeElement === button));
  assert.equal(counterpart.state.entries[0].kind, 'text');
  await context.setOffline(true);
  await chooses('Delete', 'Delete it for both sides');
  await sees('This message was deleted');
  assert.equal(await frame.getByText('4111').count(), 0);
  await until(() => frame.locator('#scroll').evaluate((area) => document.activeElement === area));
  await context.setOffline(false);
  await page.reload();
  await until(() => counterpart.state.entries[0].kind === 'deleted');
  await sees('This message was deleted');
});

test('feedback is given with the keyboard alone and can be changed', async (t) => {
  const { counterpart, page, frame, open, sees } = await visit(t);
  counterpart.keepQuietly({ author: 'bot', name: 'Garden bot', kind: 'feedback_request', feedback: 'f1', text: 'How did we do?' });
  await open();
  await frame.getByRole('radio', { name: 'Very bad' }).focus();
  for (const key of ['ArrowRight', 'ArrowRight', 'ArrowRight', 'Tab']) await page.keyboard.press(key);
  await page.keyboard.type('Quick and kind');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await sees('Thank you for your answer');
  assert.deepEqual(counterpart.state.requests.findLast((request) => request.path === 'messages').body.feedback, { id: 'f1', score: 4, comment: 'Quick and kind' });
  await frame.getByRole('button', { name: 'Change' }).click();
  await frame.getByRole('radio', { name: 'Very good' }).check({ force: true });
  await frame.getByRole('button', { name: 'Send feedback' }).click();
  await sees('Very good');
  assert.equal(counterpart.state.entries.at(-1).score, 5);
});

test('a closed chat counts what is unread on the launcher, and reading it clears that', async (t) => {
  const { counterpart, page, open, write, sees } = await visit(t);
  await open();
  await write('hello');
  await sees('Sent');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Open chat' }).waitFor();
  const said = counterpart.say({ text: 'one' });
  counterpart.say({ author: 'bot', name: 'Garden bot', text: 'two' });
  await page.getByRole('button', { name: 'Open chat, 2 unread' }).waitFor();
  assert.ok(counterpart.state.read === undefined || counterpart.state.read < said.position);
  await open();
  await until(() => counterpart.state.read === said.position + 1);
});

test('what came while the visitor was away waits on the launcher and is read once it is in sight', async (t) => {
  const { counterpart, page, open, write, sees } = await visit(t);
  await open();
  await write('hello');
  await sees('Sent');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Open chat' }).waitFor();
  await page.goto('about:blank');
  const said = counterpart.keepQuietly({ text: 'We have found it' });
  counterpart.state.read = said.position - 1;
  await page.goto(counterpart.site);
  await page.getByRole('button', { name: 'Open chat, 1 unread' }).waitFor();
  assert.equal(counterpart.state.read, said.position - 1);
  await open();
  await until(() => counterpart.state.read === said.position);
});

test('what stands below the edge or behind another tab is read only once it is in sight', async (t) => {
  const { counterpart, page, frame, open, sees } = await visit(t);
  for (let number = 1; number <= 40; number += 1) counterpart.keepQuietly({ text: `message ${number}` });
  counterpart.state.read = 40;
  await open();
  await sees('message 40');
  const scroll = frame.locator('#scroll');
  await scroll.evaluate((area) => area.scrollTo(0, 100));
  await until(() => scroll.evaluate((area) => area.scrollTop <= 100));
  counterpart.say({ text: 'below the edge' });
  await frame.getByRole('button', { name: '1 new message' }).click();
  await until(() => counterpart.state.read === 41);

  const inner = page.frames()[1];
  const turn = (state) => inner.evaluate((word) => {
    Object.defineProperty(document, 'visibilityState', { value: word, configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  }, state);
  await turn('hidden');
  counterpart.say({ text: 'behind another tab' });
  await sees('behind another tab');
  assert.deepEqual(counterpart.state.requests.filter(({ path }) => path === 'read').map(({ body }) => body.position), [41]);
  await turn('visible');
  await until(() => counterpart.state.read === 42);
});

test('who has just scrolled up is not pulled down again by what is drawn in that moment', async (t) => {
  const { counterpart, frame, open, write, sees } = await visit(t);
  for (let number = 1; number <= 40; number += 1) counterpart.keepQuietly({ text: `message ${number}` });
  await open();
  await sees('message 40');
  const scroll = frame.locator('#scroll');
  const top = await scroll.evaluate((area) => {
    area.scrollTop = 100;
    // The whole chat is drawn anew, before the browser tells of the scrolling.
    dispatchEvent(new Event('online'));
    return area.scrollTop;
  });
  assert.equal(top, 100);
  await write('and one of mine');
  await until(() => scroll.evaluate((area) => area.scrollHeight - area.scrollTop - area.clientHeight < 40));
});

test('an open chat is open again on the next page, without taking the focus', async (t) => {
  const { counterpart, page, open, write, sees } = await visit(t);
  await open();
  await write('hello');
  await sees('Sent');
  await page.getByRole('link', { name: 'Another page' }).click();
  await page.waitForURL('**/other');
  await sees('hello');
  assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
  const sessions = counterpart.state.requests.filter((request) => request.path === 'sessions');
  assert.equal(sessions.length, 2);
  assert.ok(sessions[1].body.token);
});

test('older messages come in above when one scrolls up', async (t) => {
  const { counterpart, frame, open } = await visit(t);
  for (let number = 1; number <= 120; number += 1) counterpart.keepQuietly({ text: `message ${number}` });
  await open();
  await frame.getByText('message 120', { exact: true }).waitFor();
  assert.equal(await frame.getByText('message 70', { exact: true }).count(), 0);
  await frame.locator('#scroll').evaluate((area) => { area.scrollTop = 0; });
  await frame.getByText('message 70', { exact: true }).waitFor({ state: 'attached' });
  assert.ok(await frame.locator('#scroll').evaluate((area) => area.scrollTop > 200));
});

test('only the frame itself is heard by the site, and only the site by the frame', async (t) => {
  const { page, open, sees } = await visit(t);
  await open();
  await sees('We are here');
  await page.evaluate(() => window.postMessage({ switchboard: 1, type: 'unread', count: 9 }, '*'));
  await page.evaluate(() => window.postMessage({ switchboard: 1, type: 'close' }, '*'));
  const inner = page.frames()[1];
  await inner.evaluate(() => window.postMessage({ switchboard: 1, type: 'open', open: false }, '*'));
  await inner.evaluate(() => new Promise((resolve) => setTimeout(resolve)));
  assert.equal(await page.getByRole('button', { name: 'Close chat' }).first().isVisible(), true);
});

test('the site’s proof of its visitor travels by message, never in an address', async (t) => {
  const identity = `e30.${Buffer.from('{"sub":"u-7 ä"}').toString('base64url')}.proof`;
  const attributes = `data-identity="${identity}"`;
  const { counterpart, page, open, sees } = await visit(t, { counterpart: { attributes } });
  await open();
  await sees('We are here');
  assert.equal(counterpart.state.requests.find((request) => request.path === 'sessions').body.identity, identity);
  assert.ok(!page.frames()[1].url().includes('e30'));
  const kept = await page.frames()[1].evaluate(() => Object.keys(localStorage));
  assert.ok(kept.some((key) => key.endsWith(':u-7 ä')), `each user of a browser has a chat of their own: ${kept}`);
});

test('hostile words, names, lines and choices stay words', async (t) => {
  const { counterpart, page, frame, errors, open } = await visit(t);
  const payloads = [
    '<img src=x onerror=alert(1)>', '<script>alert(1)</script>', '<iframe src="javascript:alert(1)">', '<svg/onload=alert(1)>', 'javascript:alert(1)',
    '[x](javascript:alert(1))', 'https://example.com/"onmouseover="alert(1)', "https://example.com/'><img src=x onerror=alert(1)>", '{{constructor.constructor("alert(1)")()}}',
    '<a href="data:text/html,<script>alert(1)</script>">x</a>', 'mailto:a@b.c?subject=<script>', '\u202e<b>', '</textarea><script>alert(1)</script>',
  ];
  for (const payload of payloads) {
    counterpart.keepQuietly({ name: payload, text: payload, reactions: [{ by: 'agent', emoji: payload }], reply_to: { id: payload, author: 'agent', name: payload, kind: 'text', text: payload } });
    counterpart.keepQuietly({ author: 'system', kind: 'line', text: payload });
    counterpart.keepQuietly({ author: 'bot', name: payload, kind: 'choices', text: payload, choices: [{ id: payload, title: payload }] });
    counterpart.keepQuietly({ author: 'bot', name: payload, kind: 'feedback_request', feedback: payload, text: payload });
  }
  counterpart.state.page = 200;
  counterpart.state.session.bot_name = payloads[0];
  counterpart.state.session.status = { handler: 'agent', name: payloads[0] };
  await open();
  await frame.locator('.feedback').nth(payloads.length - 1).waitFor();
  const found = await page.frames()[1].evaluate(() => ({
    odd: document.querySelectorAll('main :is(img, script, iframe, object, embed, style, b), main [onerror], main [onload], main [onmouseover]').length,
    protocols: [...new Set([...document.querySelectorAll('a')].map((link) => link.protocol))].sort(),
  }));
  assert.deepEqual(found, { odd: 0, protocols: ['https:', 'mailto:'] });
  assert.deepEqual(errors, []);
});

const audit = await readFile(new URL('../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
for (const colorScheme of ['light', 'dark']) {
  for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
    test(`axe-core finds nothing, ${colorScheme}, ${viewport.width} wide`, async (t) => {
      const { counterpart, page, open, write, sees } = await visit(t, { colorScheme, viewport, bypassCSP: true, counterpart: { attributes: 'data-accent="#e4572e"' } });
      counterpart.keepQuietly({ author: 'bot', name: 'Garden bot', kind: 'choices', text: 'Which?', choices: [{ id: 'a', title: 'A' }, { id: 'b', title: 'B' }] });
      const picked = counterpart.keepQuietly({ author: 'you', kind: 'picked', text: 'A', stage: 'read' });
      counterpart.state.session.reactions = ['👍', '❤'];
      counterpart.keepQuietly({ text: 'Good', reactions: [{ by: 'you', emoji: '👍' }], reply_to: { id: picked.id, author: 'you', kind: 'picked', text: 'A' } });
      counterpart.keepQuietly({ author: 'you', kind: 'deleted', text: '', stage: 'read' });
      counterpart.keepQuietly({ author: 'you', text: 'Thanks', reply_to: { id: 'gone', author: 'agent', name: 'Priya', kind: 'text', text: 'Good' } });
      counterpart.keepQuietly({ author: 'bot', name: 'Garden bot', kind: 'feedback_request', feedback: 'f1', text: 'How did we do?' });
      await open();
      counterpart.plan('messages', 422, { body: { error: { message: 'it is odd' } } });
      await write('See https://example.com please');
      await sees('Not sent');
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.frameLocator('iframe').getByRole('button', { name: 'Reply or react' }).last().click();
      const inner = page.frames()[1];
      await inner.evaluate(audit);
      await page.evaluate(audit);
      const inFrame = await inner.evaluate(() => axe.run());
      const onSite = await page.evaluate(() => axe.run(document, { iframes: false }));
      const found = [...inFrame.violations, ...onSite.violations].map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 90)).join(' | ')}`);
      assert.deepEqual(found, []);
    });
  }
}
