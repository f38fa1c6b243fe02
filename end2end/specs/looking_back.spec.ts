// Earlier chats of a contact: whoever has a chat with them reads what colleagues said, and only that, for as long.
import type { Browser, Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';

async function chooses(page: Page, action: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

/** Saves the customer of the room on screen as Ana Souza. */
async function savesAsAna(page: Page): Promise<void> {
  await chooses(page, /^Save contact/);
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Ana Souza');
  await dialog.getByLabel('E-mail').fill('ana@example.com');
  await page.keyboard.press('Enter');
}

async function givesToMaria(page: Page): Promise<void> {
  await chooses(page, /^Assign…/);
  await page.getByRole('dialog').locator('.assign__person', { hasText: 'Maria Souza' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Assign chat' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
}

/** Ana wrote from one number, where Priya helped her; now she writes from another, and Maria, an agent, has that chat. */
async function lookingBack(browser: Browser, options = {}) {
  const { meta, switchboard, discard } = await withWhatsApp('bot');
  const priya = await switchboard.signIn(browser);
  const admin = new Console(priya);
  await switchboard.invite(priya, 'maria@acme.example', 'Maria Souza', 'agent');
  await admin.follows('/live');
  await meta.writes('5511900000001', 'Ana Lima', 'Where is my parcel?');
  await admin.opens('Ana Lima');
  await admin.entersChat();
  await admin.replies('It left on Monday.');
  await savesAsAna(priya);
  await expect(priya.locator('.header__name', { hasText: 'Ana Souza' })).toBeVisible();
  const earlier = new URL(priya.url()).pathname.replace('/assigned', '/archived');
  await admin.updatesStatus('Resolve', 'She has it');

  await admin.follows('/live');
  await meta.writes('5511900000002', 'Ana at work', 'It is me again');
  await admin.opens('Ana at work');
  await admin.entersChat();
  await priya.locator('.composer__mode', { hasText: 'Reply' }).waitFor();
  await savesAsAna(priya);
  await priya.getByRole('dialog').locator('label', { hasText: 'Link to Ana Souza' }).click();
  await priya.getByRole('dialog').getByRole('button', { name: 'Link to contact' }).click();
  await expect(priya.locator('.header__name', { hasText: 'Ana Souza' })).toBeVisible();
  await givesToMaria(priya);

  const maria = await switchboard.signIn(browser, 'maria@acme.example', options);
  const agent = new Console(maria);
  await agent.follows('/assigned');
  await agent.opens('Ana Souza');
  return { meta, switchboard, priya, admin, maria, agent, earlier, discard };
}

const way = (page: Page) => page.locator('.panel__section', { hasText: 'Earlier chats of this contact' }).getByRole('link', { name: 'Acme WhatsApp' });
const bar = (page: Page) => page.locator('.bar', { hasText: 'An earlier chat of your contact' });

test('an agent reads the earlier chat of a contact they have a chat with, and does nothing in it', async ({ browser }) => {
  test.setTimeout(180_000);
  const { maria, agent, earlier, discard } = await lookingBack(browser);
  await way(maria).click();
  await expect(maria).toHaveURL(new RegExp(earlier));
  await agent.sees('Where is my parcel?');
  await agent.sees('It left on Monday.');
  await agent.sees(/She has it/);
  await expect(bar(maria)).toBeVisible();
  await axeFindsNothing(maria);

  await expect(bar(maria).getByRole('button')).toHaveCount(0);
  await expect(agent.composer()).toHaveCount(0);
  await expect(maria.getByRole('log').getByRole('button')).toHaveCount(0);
  await expect(maria.locator('.header').getByRole('button', { name: 'Resolve' })).toHaveCount(0);
  await expect(maria.locator('.panel').getByRole('button', { name: /contact/ })).toHaveCount(0);
  await maria.getByRole('button', { name: 'More' }).click();
  await expect(maria.getByRole('menuitem')).toHaveText(['Transcript', 'Copy link']);
  await maria.keyboard.press('Escape');
  for (const key of ['e', 'n', 's', 'a', 'i', 'z', 'r', 'c', '.', '!']) await maria.keyboard.press(key);
  await expect(maria.getByRole('dialog')).toHaveCount(0);
  await expect(agent.composer()).toHaveCount(0);
  await expect(maria.locator('.toast')).toHaveCount(0);
  const transcript = await maria.request.get(`/rooms/${earlier.split('/').pop()}/transcript`);
  expect(await transcript.text()).toContain('It left on Monday.');

  // No list and no count has it.
  await expect(maria.locator('.card')).toHaveCount(0);
  await agent.expectCount('Archived', 0);
  await agent.goesTo('Archived');
  await expect(maria.locator('.card')).toHaveCount(0);
  await agent.goesTo('Assigned');
  await expect(maria.locator('.card')).toHaveCount(1);
  await discard();
});

test('an earlier chat that one looks back at closes when the right to it ends, whoever ends it', async ({ browser }) => {
  test.setTimeout(180_000);
  const { priya, admin, maria, agent, earlier, discard } = await lookingBack(browser);
  const closed = async () => {
    await expect(maria.getByText('You have no access to this room')).toBeVisible();
    await expect(maria.getByText('It left on Monday.')).toHaveCount(0);
    await expect(maria.locator('.panel').getByText('ana@example.com')).toHaveCount(0);
    await expect(maria.locator('.header__name')).toHaveCount(0);
    const transcript = await maria.request.get(`/rooms/${earlier.split('/').pop()}/transcript`);
    expect(transcript.status()).toBe(404);
  };
  await way(maria).click();
  await agent.sees('It left on Monday.');
  await chooses(priya, 'Take over');
  await closed();
  await maria.reload();
  await closed();

  await givesToMaria(priya);
  await agent.goesTo('Assigned');
  await agent.opens('Ana Souza');
  await way(maria).click();
  await agent.sees('It left on Monday.');
  // In another tab she resolves her own.
  const tab = new Console(await maria.context().newPage());
  await tab.follows('/assigned');
  await tab.opens('Ana Souza');
  await tab.updatesStatus('Resolve', 'done');
  await closed();
  await admin.goesTo('Archived');
  await expect(admin.card('Ana Souza')).toHaveCount(2);
  await discard();
});

test('an earlier chat that one looks back at closes when it goes on with somebody else', async ({ browser }) => {
  test.setTimeout(180_000);
  const { priya, admin, maria, agent, earlier, discard } = await lookingBack(browser);
  await way(maria).click();
  await agent.sees('It left on Monday.');
  await admin.follows(earlier);
  await priya.getByRole('button', { name: 'Reopen' }).click();
  await expect(admin.composer()).toBeVisible();
  await expect(maria.getByText('You have no access to this room')).toBeVisible();
  await expect(maria.getByText('It left on Monday.')).toHaveCount(0);
  await discard();
});

test('on a phone the customer\'s drawer makes way for the earlier chat, and back leads to one\'s own', async ({ browser }) => {
  test.setTimeout(180_000);
  const { maria, agent, discard } = await lookingBack(browser, { viewport: { width: 390, height: 844 } });
  await maria.locator('.header__panel').click();
  await way(maria).click();
  await agent.sees('It left on Monday.');
  await expect(bar(maria)).toBeVisible();
  await expect(maria.getByRole('dialog', { name: 'Customer' })).toHaveCount(0);
  await axeFindsNothing(maria);
  await maria.goBack();
  await agent.sees('It is me again');
  await expect(agent.composer()).toBeVisible();
  await discard();
});
