// Whoever goes offline says what becomes of each chat they hold; nothing happens before they have.
import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';

/** Says in the menu under one's own name whether one takes new chats. */
async function says(page: Page, availability: 'Online' | 'Away' | 'Offline'): Promise<void> {
  await page.getByRole('button', { name: 'You' }).click();
  await page.getByRole('menuitemradio', { name: availability }).click();
}

/** Maria, an agent, holds a chat with Ana, who waits for her, and one with Bia, whom she has answered. */
async function held(browser: Browser) {
  const { meta, switchboard, discard } = await withWhatsApp('people');
  const priya = await switchboard.signIn(browser);
  await switchboard.invite(priya, 'maria@acme.example', 'Maria Souza', 'agent');
  await says(priya, 'Away');
  const page = await switchboard.signIn(browser, 'maria@acme.example');
  const desk = new Console(page);
  await desk.follows('/assigned');
  await meta.writes('5511900000001', 'Ana Lima', 'Where is my parcel?');
  await meta.writes('5511900000002', 'Bia Reis', 'Do you ship to Porto?');
  await desk.expectCount('Assigned', 2);
  await desk.opens('Bia Reis');
  await desk.replies('We do.');
  const dialog = page.getByRole('dialog', { name: 'Go offline' });
  const choice = (name: string) => dialog.getByRole('combobox', { name });
  const isChosen = async (name: string, words: string) => expect(choice(name).locator('option:checked')).toHaveText(words);
  return { meta, switchboard, priya, page, desk, dialog, choice, isChosen, discard };
}

test('an agent keeps one chat and returns the other', async ({ browser }) => {
  const { priya, page, desk, dialog, choice, isChosen, discard } = await held(browser);
  await says(page, 'Offline');
  await isChosen('Ana Lima', 'Back to the queue');
  await isChosen('Bia Reis', 'Keep');
  await isChosen('all chats', 'Different for each');
  const found = await new AxeBuilder({ page }).analyze();
  expect(found.violations.map((violation) => `${violation.id} ${violation.nodes.map((node) => node.target)}`)).toEqual([]);

  await choice('Ana Lima').selectOption('Keep');
  await isChosen('all chats', 'Keep');
  await choice('Bia Reis').selectOption('Back to the queue');
  await page.keyboard.press('Control+Enter');

  await expect(dialog).toBeHidden();
  await expect(page.getByText('You are offline. 1 chat went back to the queue. You keep 1 chat.')).toBeVisible();
  await desk.expectCount('Assigned', 1);
  await expect(desk.card('Ana Lima')).toHaveCount(1);
  await page.reload();
  await expect(page.getByText('Maria Souza, Offline').first()).toBeAttached();
  const admin = new Console(priya);
  await admin.follows('/live');
  await admin.opens('Bia Reis');
  await admin.sees('Maria Souza went offline: back to the queue');
  await discard();
});

test('who thinks better of it stays as they were, and follows what happens meanwhile', async ({ browser }) => {
  const { meta, page, desk, dialog, choice, isChosen, discard } = await held(browser);
  await says(page, 'Offline');
  await choice('all chats').selectOption('Back to the queue');
  await isChosen('Ana Lima', 'Back to the queue');
  await isChosen('Bia Reis', 'Back to the queue');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(page.getByText('Maria Souza, Online').first()).toBeAttached();
  await desk.expectCount('Assigned', 2);

  await says(page, 'Offline');
  await isChosen('Bia Reis', 'Keep');
  await meta.writes('5511900000002', 'Bia Reis', 'And to Faro?');
  await isChosen('Bia Reis', 'Back to the queue');
  await meta.writes('5511900000003', 'Caio Melo', 'Hello?');
  await isChosen('Caio Melo', 'Back to the queue');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await desk.expectCount('Assigned', 3);
  await discard();
});

test('what cannot be saved leaves every choice where it is, and whoever holds nothing is offline at once', async ({ browser }) => {
  const { page, dialog, choice, isChosen, discard } = await held(browser);
  await says(page, 'Offline');
  await choice('all chats').selectOption('To Priya Raman (away)');
  await page.route('**/api/fn/set_availability', (route) => route.abort());
  await dialog.getByRole('button', { name: 'Go offline' }).click();
  await expect(dialog.getByRole('alert')).toHaveText('The server cannot be reached. What you wrote is kept.');
  await isChosen('Ana Lima', 'To Priya Raman (away)');

  await page.unroute('**/api/fn/set_availability');
  await dialog.getByRole('button', { name: 'Go offline' }).click();
  await expect(page.getByText('You are offline. 2 chats went to a colleague.')).toBeVisible();
  await says(page, 'Online');
  await says(page, 'Offline');
  await expect(page.getByText('Maria Souza, Offline').first()).toBeAttached();
  await expect(dialog).toBeHidden();
  await discard();
});
