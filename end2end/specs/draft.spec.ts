// Words that were not sent survive whatever happens to the page: a reload, a browser that keeps nothing, a second tab.
import type { Browser, Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';
import { alive, watchForCrashes } from '../counterparts/switchboard.ts';

/** Priya holds chats with Ana and Bia; nothing is open. */
async function held(browser: Browser, options = {}) {
  const { meta, switchboard, discard } = await withWhatsApp('bot');
  const page = await switchboard.signIn(browser, undefined, options);
  const desk = new Console(page);
  const rooms: string[] = [];
  for (const [phone, name] of [['5511900000001', 'Ana Lima'], ['5511900000002', 'Bia Reis']]) {
    await meta.writes(phone, name, 'Hello?');
    await desk.goesTo('Live');
    await desk.opens(name);
    await desk.entersChat();
    await page.locator('.composer__mode', { hasText: 'Reply' }).waitFor();
    rooms.push(new URL(page.url()).pathname);
  }
  return { meta, switchboard, page, desk, rooms, discard };
}

/** The server has the words once this has passed. */
const saved = (page: Page) => page.waitForResponse((answer) => answer.url().endsWith('/api/fn/save_draft') && answer.ok());

test('a draft is there after a reload, stays in its room, and does not come back once it was sent', async ({ browser }) => {
  const { meta, page, desk, rooms, discard } = await held(browser);
  await desk.follows(rooms[0]);
  await desk.composer().fill('Your parcel left');
  await page.reload();
  await alive(page);
  await expect(desk.composer()).toHaveValue('Your parcel left');
  await desk.opens('Bia Reis');
  await expect(desk.composer()).toHaveValue('');
  await expect(desk.card('Ana Lima')).toContainText('Draft: Your parcel left');

  // The answer about the drafts is slow, and older than what is sent meanwhile.
  let answer = () => {};
  const held_back = new Promise<void>((go) => { answer = go; });
  await page.route('**/api/fn/load_drafts', async (route) => {
    const old = await route.fetch();
    await held_back;
    await route.fulfill({ response: old });
  });
  const asked = page.waitForRequest('**/api/fn/load_drafts');
  await desk.opens('Ana Lima');
  await asked;
  const forgotten = saved(page);
  await desk.composer().press('Enter');
  await desk.sees('Your parcel left');
  await forgotten;
  const late = page.waitForResponse('**/api/fn/load_drafts');
  answer();
  await late;
  await expect.poll(() => meta.sent.some((sent) => sent.text?.body === 'Your parcel left')).toBe(true);
  await expect(desk.composer()).toHaveValue('');
  await discard();
});

test('a browser that keeps nothing loses no draft, and words that are taken back are not lost on the way', async ({ browser }) => {
  const { switchboard, page, desk, rooms, discard } = await held(browser);
  const context = await browser.newContext({ baseURL: switchboard.url, storageState: await page.context().storageState() });
  await context.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', { get: () => { throw new DOMException('forbidden', 'SecurityError'); } });
  });
  const strict = await context.newPage();
  watchForCrashes(strict);
  const here = new Console(strict);
  await here.follows(rooms[0]);
  let told = saved(strict);
  await here.composer().fill('Nothing is kept here');
  await told;
  await desk.follows(rooms[0]);
  await expect(desk.composer()).toHaveValue('Nothing is kept here');
  await page.close();

  // Refused words go back into the composer by Edit, and to the server.
  await strict.route('**/api/fn/send_message', (route) => route.fulfill({ status: 422, contentType: 'application/json', body: JSON.stringify({ refused: { invalid: { field: 'message', rule: 'is not wanted today' } } }) }));
  await here.composer().press('Enter');
  await expect(strict.getByText('Not sent. The message is not wanted today.')).toBeVisible();
  told = saved(strict);
  await strict.getByRole('button', { name: 'Edit' }).click();
  await expect(here.composer()).toHaveValue('Nothing is kept here');
  await told;
  await strict.unroute('**/api/fn/send_message');
  await strict.reload();
  await alive(strict);
  await expect(here.composer()).toHaveValue('Nothing is kept here');
  await discard();
});

test('a tab that has sent everything takes away nothing that another tab has not sent', async ({ browser }) => {
  const { meta, page, desk, rooms, discard } = await held(browser);
  await desk.follows(rooms[0]);
  const other = await page.context().newPage();
  watchForCrashes(other);
  const beside = new Console(other);
  await beside.follows(rooms[1]);
  await page.route('**/api/fn/send_message', (route) => route.abort());
  await desk.replies('from the first tab');
  await beside.replies('from the second tab');
  await expect.poll(() => meta.sent.some((sent) => sent.text?.body === 'from the second tab')).toBe(true);
  await expect(other.locator('.tick:visible', { hasText: /Sent|Delivered|Read/ }).last()).toBeVisible();

  await page.close();
  expect(meta.sent.some((sent) => sent.text?.body === 'from the first tab')).toBe(false);
  await other.reload();
  await expect.poll(() => meta.sent.filter((sent) => sent.text?.body === 'from the first tab').length).toBe(1);
  await discard();
});

test('what a colleague who left had not sent is found by an admin, who goes on writing it', async ({ browser }) => {
  const { switchboard, page, desk, rooms, discard } = await held(browser);
  await switchboard.invite(page, 'maria@acme.example', 'Maria Souza', 'agent');
  const maria = await switchboard.signIn(browser, 'maria@acme.example');
  const colleague = new Console(maria);
  await colleague.follows('/assigned');
  await desk.follows(rooms[0]);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Return to queue' }).click();
  await colleague.opens('Ana Lima');
  const kept = saved(maria);
  await colleague.composer().fill('Your parcel left');
  await kept;

  await desk.follows('/admin/people');
  const row = page.locator('.rows__row', { hasText: 'Maria Souza' });
  await expect(row.getByText('Your parcel left')).toHaveCount(0);
  await row.getByRole('button', { name: 'Deactivate' }).click();
  await expect(row.getByText('Your parcel left')).toBeVisible();
  await row.getByRole('button', { name: 'Take into my draft' }).click();
  await expect(row.getByText('Your parcel left')).toHaveCount(0);

  // The chat came back to whoever is here.
  await desk.follows(rooms[0]);
  await expect(desk.composer()).toHaveValue('Your parcel left');
  await discard();
});
