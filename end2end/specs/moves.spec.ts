// Everything that moves a chat between people and sections, seen from both sides: whoever does it, and whom it concerns.
import type { Browser, Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';
import { alive } from '../counterparts/switchboard.ts';

/** Priya, an admin, and Maria, an agent, each at a console of their own; Ana has written to a channel with a bot. */
async function two(browser: Browser) {
  const { meta, switchboard, discard } = await withWhatsApp('bot');
  const priya = await switchboard.signIn(browser);
  await switchboard.invite(priya, 'maria@acme.example', 'Maria Souza', 'agent');
  const maria = await switchboard.signIn(browser, 'maria@acme.example');
  // Nobody is given anything but by Priya.
  for (const page of [maria, priya]) {
    await page.getByRole('button', { name: 'You' }).click();
    await page.getByRole('menuitemradio', { name: 'Away' }).click();
  }
  await new Console(priya).follows('/live');
  await new Console(maria).follows('/assigned');
  await meta.writes('5511900000001', 'Ana Lima', 'Where is my parcel?');
  const admin = new Console(priya);
  await admin.opens('Ana Lima');
  return { meta, switchboard, priya, maria, admin, agent: new Console(maria), discard };
}

async function chooses(page: Page, action: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

const toast = (page: Page, words: string) => page.locator('.toast', { hasText: words });

test('a chat is given with a note, joined, taken over and given back, and everybody hears of it', async ({ browser }) => {
  const { priya, maria, admin, agent, discard } = await two(browser);
  await chooses(priya, /^Assign/);
  const dialog = priya.getByRole('dialog');
  await dialog.locator('.assign__person', { hasText: 'Maria Souza' }).click();
  await dialog.getByLabel('Note for them').fill('She called twice');
  await dialog.getByRole('button', { name: 'Assign chat' }).click();
  await expect(dialog).toBeHidden();

  const given = toast(maria, 'Priya Raman gave you the chat with Ana Lima: “She called twice”');
  await given.getByRole('button', { name: 'Show' }).click();
  await expect(maria.locator('.header__name', { hasText: 'Ana Lima' })).toBeVisible();
  await agent.sees('Priya Raman assigned the chat to you: “She called twice”');
  await agent.replies('Hello, this is Maria.');
  await admin.sees('Hello, this is Maria.');
  await expect(toast(priya, 'gave you')).toHaveCount(0);

  // Beside her, without taking it.
  await admin.goesTo('Assigned');
  await admin.opens('Ana Lima');
  await expect(maria.locator('.chip', { hasText: 'Priya is watching' })).toBeVisible();
  await priya.locator('.bar').getByRole('button', { name: 'Join' }).click();
  await admin.replies('And Priya is here, too.');
  await agent.sees('And Priya is here, too.');
  await agent.sees('Priya Raman joined');

  // Who looks at it is told on its card, also once it is open here no more.
  await agent.goesTo('Assigned');
  await expect(maria.locator('.header__name')).toHaveCount(0);
  await expect(agent.card('Ana Lima').locator('.card__watching')).toHaveText('Priya is watching');
  await agent.opens('Ana Lima');

  // Critical: she says it, her manager hears it wherever they are.
  await admin.goesTo('Live');
  await agent.updatesStatus('Critical', 'she is furious');
  await expect(toast(priya, 'Maria Souza marked the chat with Ana Lima critical: “she is furious”')).toBeVisible();
  await toast(priya, 'critical').getByRole('button', { name: 'Show' }).click();

  await agent.composer().fill('I was about to say');
  await chooses(priya, 'Take over');
  await expect(toast(maria, 'Priya Raman took over the chat with Ana Lima.')).toBeVisible();
  await expect(maria.getByText('Priya Raman took over this chat. What you wrote is kept.')).toBeVisible();
  await expect(agent.card('Ana Lima')).toHaveCount(0);
  await expect(toast(priya, 'took over')).toHaveCount(0);

  // What she wrote waits for her.
  await chooses(priya, /^Assign/);
  await dialog.locator('.assign__person', { hasText: 'Maria Souza' }).click();
  await dialog.getByRole('button', { name: 'Assign chat' }).click();
  await expect(agent.composer()).toHaveValue('I was about to say');
  await discard();
});

test('a chat goes back to the queue and to the bot, and the bot answers again', async ({ browser }) => {
  const { meta, priya, maria, admin, agent, discard } = await two(browser);
  await admin.entersChat();
  await expect(priya.locator('.composer__mode', { hasText: 'Reply' })).toBeVisible();
  await chooses(priya, 'Return to queue');
  await admin.sees('You returned the chat to the queue');
  await expect(priya.locator('.bar')).toContainText('Waiting in the queue');
  await admin.expectCount('Live', 1);

  // Whoever is in its team picks it up.
  await agent.goesTo('Live');
  await agent.opens('Ana Lima');
  await agent.entersChat();
  await agent.replies('Hello, this is Maria.');
  await admin.goesTo('Assigned');
  await admin.opens('Ana Lima');
  await chooses(priya, 'Return to bot');
  await expect(toast(maria, 'Priya Raman returned the chat with Ana Lima to the bot.')).toBeVisible();
  await admin.sees('You returned the chat to the bot');
  await expect(priya.locator('.bar')).toContainText('The bot is answering');
  const before = meta.sent.length;
  await meta.writes('5511900000001', 'Ana Lima', 'Hello again?');
  await expect.poll(() => meta.sent.length).toBeGreaterThan(before);
  await discard();
});

test('a status is undone, a chat reopened, and its outcome put right by whoever may', async ({ browser }) => {
  const { meta, priya, maria, admin, agent, discard } = await two(browser);
  await chooses(priya, /^Assign/);
  await priya.getByRole('dialog').locator('.assign__person', { hasText: 'Maria Souza' }).click();
  await priya.getByRole('dialog').getByRole('button', { name: 'Assign chat' }).click();
  await toast(maria, 'gave you').getByRole('button', { name: 'Show' }).click();
  await agent.updatesStatus('Abandon', 'spam');
  await agent.expectCount('Archived', 1);
  await maria.getByRole('button', { name: 'Undo' }).first().click();
  await agent.sees('You took the status change back');
  await agent.expectCount('Archived', 0);
  await expect(agent.composer()).toBeVisible();

  await agent.updatesStatus('Resolve', 'done');
  await agent.expectCount('Archived', 1);
  await maria.locator('.bar').getByRole('button', { name: 'Reopen' }).click();
  await agent.sees('You reopened the chat');
  await agent.replies('One more thing');
  await expect.poll(() => meta.sent.some((sent) => sent.text?.body === 'One more thing')).toBe(true);
  await agent.updatesStatus('Resolve', 'done now');
  await agent.expectCount('Archived', 1);

  // The wrong word: not hers to correct.
  await maria.getByRole('button', { name: 'More' }).click();
  await expect(maria.getByRole('menuitem', { name: 'Copy link' })).toBeVisible();
  await expect(maria.getByRole('menuitem', { name: /Correct outcome/ })).toHaveCount(0);
  await maria.keyboard.press('Escape');
  await admin.goesTo('Archived');
  await admin.opens('Ana Lima');
  await chooses(priya, /Correct outcome/);
  const dialog = priya.getByRole('dialog');
  await expect(dialog).toContainText('This chat was closed as resolved.');
  await dialog.getByLabel('Comment for your team').fill('it was spam after all');
  await dialog.getByRole('button', { name: 'Change to abandoned' }).click();
  await expect(dialog).toBeHidden();
  await admin.sees('You corrected the outcome to abandoned: “it was spam after all”');
  await expect(admin.card('Ana Lima')).toContainText('Abandoned');
  await agent.sees('Priya Raman corrected the outcome to abandoned');

  // A link that could not be copied is not said to be.
  await priya.evaluate(() => { navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')); });
  await chooses(priya, 'Copy link');
  await expect(toast(priya, 'The browser lets nobody copy here.')).toBeVisible();
  await expect(toast(priya, 'Link copied.')).toHaveCount(0);
  await discard();
});

test('an agent asks for a colleague\'s chat, and the colleague gives it or keeps it', async ({ browser }) => {
  const { meta, priya, maria, admin, agent, discard } = await two(browser);
  const bringsInMaria = async () => {
    await admin.entersChat();
    await expect(priya.locator('.composer__mode', { hasText: 'Reply' })).toBeVisible();
    await chooses(priya, /^Bring in a colleague/);
    const dialog = priya.getByRole('dialog');
    await dialog.locator('.assign__person', { hasText: 'Maria Souza' }).click();
    await dialog.getByRole('button', { name: 'Bring in' }).click();
    await expect(dialog).toBeHidden();
  };
  await bringsInMaria();
  await agent.opens('Ana Lima');
  await chooses(maria, 'Ask to take over');
  await agent.sees('You asked to take over');
  await admin.sees('Maria Souza asked to take over');
  // The room on screen says so itself, also to whoever comes back to it.
  const asked = priya.locator('.notice', { hasText: 'Maria Souza asks to take over this chat.' });
  await expect(asked).toBeVisible();
  await expect(priya.locator('.toast')).toHaveCount(0);
  await priya.reload();
  await alive(priya);
  await expect(asked.getByRole('button', { name: 'Give' })).toBeVisible();
  await chooses(maria, 'Ask to take over');
  await expect(toast(maria, 'The room is already asked for: give its holder a minute.')).toBeVisible();

  await asked.getByRole('button', { name: 'Keep' }).click();
  await expect(asked).toHaveCount(0);
  await expect(toast(maria, 'Priya Raman keeps the chat with Ana Lima.')).toBeVisible();
  await agent.sees('Priya Raman kept the chat that you asked for');
  await expect(agent.composer()).toBeVisible();

  await meta.writes('5511900000002', 'Bea Costa', 'And mine?');
  await admin.goesTo('Live');
  await admin.opens('Bea Costa');
  await bringsInMaria();
  await agent.opens('Bea Costa');
  await admin.goesTo('Live');
  await chooses(maria, 'Ask to take over');
  const again = toast(priya, 'Maria Souza asks to take over the chat with Bea Costa.');
  await expect(again.getByRole('button', { name: 'Show' })).toBeVisible();
  await admin.goesTo('Assigned');
  await admin.opens('Bea Costa');
  await expect(priya.locator('.notice', { hasText: 'Maria Souza asks' }).getByRole('button', { name: 'Keep' })).toBeVisible();
  await again.getByRole('button', { name: 'Give' }).click();
  await expect(toast(maria, 'Priya Raman gave you the chat with Bea Costa.')).toBeVisible();
  await maria.getByRole('button', { name: 'More' }).click();
  await expect(maria.getByRole('menuitem', { name: 'Copy link' })).toBeVisible();
  await expect(maria.getByRole('menuitem', { name: 'Ask to take over' })).toHaveCount(0);
  await discard();
});

test('whoever gives their own chat away may stay in it', async ({ browser }) => {
  const { priya, maria, admin, agent, discard } = await two(browser);
  await chooses(priya, /^Assign/);
  const dialog = priya.getByRole('dialog');
  // It is not hers to stay in.
  await expect(dialog.getByLabel('Stay in the chat')).toHaveCount(0);
  await dialog.locator('.assign__person', { hasText: 'Maria Souza' }).click();
  await dialog.getByRole('button', { name: 'Assign chat' }).click();
  await toast(maria, 'gave you').getByRole('button', { name: 'Show' }).click();

  await chooses(maria, /^Assign/);
  const own = maria.getByRole('dialog');
  await own.locator('.assign__person', { hasText: 'Priya Raman' }).click();
  await own.getByLabel('Note for them').fill('She wants a manager');
  await own.getByLabel(/^Stay in the chat/).check();
  await own.getByRole('button', { name: 'Assign chat' }).click();
  await expect(own).toBeHidden();
  await expect(toast(priya, 'Maria Souza gave you the chat with Ana Lima: “She wants a manager”')).toBeVisible();
  await agent.sees('You assigned the chat to Priya Raman, staying in it: “She wants a manager”');
  await agent.replies('I am still here.');
  await admin.sees('I am still here.');
  await chooses(maria, 'Leave the chat');
  await expect(agent.card('Ana Lima')).toHaveCount(0);
  await discard();
});

test('a note that names a colleague tells them, once they may see the chat', async ({ browser }) => {
  const { priya, maria, admin, agent, discard } = await two(browser);
  await admin.entersChat();
  await priya.locator('.composer__mode', { hasText: 'Private note' }).click();
  await admin.composer().fill('@Maria Souza knows this customer');
  await admin.composer().press('Enter');
  await admin.sees('Not sent. The note names Maria Souza, who cannot see this chat.');
  await expect(toast(maria, 'mentioned you')).toHaveCount(0);

  await chooses(priya, /^Bring in a colleague/);
  const dialog = priya.getByRole('dialog');
  await dialog.locator('.assign__person', { hasText: 'Maria Souza' }).click();
  await dialog.getByRole('button', { name: 'Bring in' }).click();
  await priya.getByRole('log').getByRole('button', { name: 'Retry' }).click();
  await toast(maria, 'Priya Raman mentioned you in the chat with Ana Lima.').getByRole('button', { name: 'Show' }).click();
  await agent.sees('@Maria Souza knows this customer');
  await expect(toast(priya, 'mentioned you')).toHaveCount(0);
  await discard();
});

test('an agent who only sees a colleague\'s chat asks for it in the bar under it, and writes on once it is theirs', async ({ browser }) => {
  const { priya, maria, admin, agent, discard } = await two(browser);
  await admin.follows('/admin/rules');
  await priya.getByRole('switch', { name: /Agents see the assigned chats of their whole team/ }).check();
  await priya.getByRole('button', { name: 'Save rules' }).click();
  await priya.getByText('Saved. Every open console follows.').waitFor();
  await admin.follows('/live');
  await admin.opens('Ana Lima');
  await admin.entersChat();
  await expect(priya.locator('.composer__mode', { hasText: 'Reply' })).toBeVisible();

  await agent.opens('Ana Lima');
  const bar = maria.locator('.bar', { hasText: 'Priya Raman holds this chat' });
  await expect(bar).toContainText('Ask for the chat, or leave a private note if you know something.');
  await expect(bar.getByRole('button', { name: /^(Join|Take over)$/ })).toHaveCount(0);
  await bar.getByRole('button', { name: 'Ask to take over' }).click();
  await expect(toast(maria, 'You asked for the chat.')).toBeVisible();
  await agent.sees('You asked to take over');
  await priya.locator('.notice', { hasText: 'Maria Souza asks to take over this chat.' }).getByRole('button', { name: 'Give' }).click();
  await agent.replies('Hello, this is Maria.');
  await admin.sees('Hello, this is Maria.');
  await discard();
});
