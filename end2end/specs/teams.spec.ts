// A second team: made and named by an admin, with people and chats of its own that nobody of another team sees.
import type { Browser, Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';

/** Priya, an admin, whose channel's chats wait in the queue of Support. */
async function begin(browser: Browser) {
  const { meta, switchboard, discard } = await withWhatsApp('people');
  const priya = await switchboard.signIn(browser);
  await goesAway(priya);
  return { meta, switchboard, priya, discard };
}

/** Nobody is given anything. */
async function goesAway(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'You' }).click();
  await page.getByRole('menuitemradio', { name: 'Away' }).click();
}

const row = (page: Page, name: string) => page.locator('.rows__row', { hasText: name });

async function adds(page: Page, name: string): Promise<void> {
  await page.getByLabel('Name of a new team').fill(name);
  await page.keyboard.press('Enter');
}

test('an agent who is moved to a second team sees its queue alone, and the manager of the first does not see it', async ({ browser }) => {
  const { meta, switchboard, priya, discard } = await begin(browser);
  await switchboard.invite(priya, 'maria@acme.example', 'Maria Souza', 'agent');
  await switchboard.invite(priya, 'tom@acme.example', 'Tom Becker', 'team_manager');
  await new Console(priya).follows('/admin/teams');
  await adds(priya, 'Billing');
  await expect(row(priya, 'Billing')).toContainText('Nobody');

  await priya.getByRole('link', { name: 'People', exact: true }).click();
  const maria = row(priya, 'Maria Souza');
  await maria.locator('.teams summary').click();
  for (const [team, now] of [['Billing', '2 teams'], ['Support', 'Billing']] as const) {
    await maria.locator('.teams__team', { hasText: team }).getByRole('checkbox').click();
    await expect(maria.locator('.teams summary')).toHaveText(now);
  }
  const agent = new Console(await switchboard.signIn(browser, 'maria@acme.example'));
  const manager = new Console(await switchboard.signIn(browser, 'tom@acme.example'));
  for (const console of [agent, manager]) {
    await goesAway(console.page);
    await console.follows('/live');
  }

  await meta.writes('5511900000001', 'Ana Lima', 'My invoice is wrong');
  await meta.writes('5511900000002', 'Bia Reis', 'Where is my parcel?');
  const admin = new Console(priya);
  await admin.follows('/live');
  await admin.opens('Ana Lima');
  await expect(manager.card('Ana Lima')).toBeVisible();
  await expect(agent.page.locator('.card')).toHaveCount(0);
  // By keyboard alone: the dialog, the team, its queue.
  await priya.keyboard.press('a');
  await expect(priya.getByPlaceholder('Find a colleague or a team')).toBeFocused();
  await axeFindsNothing(priya);
  await priya.keyboard.type('bill');
  await expect(priya.getByRole('button', { name: 'Return to queue' })).toBeEnabled();
  await priya.keyboard.press('Enter');
  await admin.sees('You returned the chat to the queue · Billing');

  const ana = new URL(priya.url()).pathname;
  await admin.opens('Bia Reis');
  await expect(priya).not.toHaveURL(new RegExp(ana));
  const bia = new URL(priya.url()).pathname;
  for (const [console, sees, hidden, address, foreign] of [[agent, 'Ana Lima', 'Bia Reis', ana, bia], [manager, 'Bia Reis', 'Ana Lima', bia, ana]] as const) {
    await expect(console.card(sees)).toBeVisible();
    await expect(console.card(hidden)).toHaveCount(0);
    await console.expectCount('Live', 1);
    await console.follows(address);
    await expect(console.page.locator('.header__name', { hasText: sees })).toBeVisible();
    await console.follows(foreign);
    await expect(console.page.getByText('You have no access to this room')).toBeVisible();
    await expect(console.page.getByText(hidden)).toHaveCount(0);
  }
  await discard();
});

test('a team is renamed, refused and removed in words, by keyboard', async ({ browser }) => {
  const { priya, discard } = await begin(browser);
  await new Console(priya).follows('/admin/teams');
  await adds(priya, 'Billing');
  await expect(row(priya, 'Billing')).toBeVisible();
  await adds(priya, ' bILLING');
  await expect(priya.getByRole('alert').filter({ hasText: 'The name is another team\'s already.' })).toBeVisible();
  await axeFindsNothing(priya);

  await priya.getByRole('button', { name: 'Rename Billing' }).focus();
  await priya.keyboard.press('Enter');
  await expect(priya.getByLabel('New name of Billing')).toBeFocused();
  await axeFindsNothing(priya);
  await priya.keyboard.press('Escape');
  await expect(priya.getByRole('button', { name: 'Rename Billing' })).toBeFocused();
  await priya.keyboard.press('Enter');
  await priya.keyboard.type('Money matters');
  await priya.keyboard.press('Enter');
  await expect(row(priya, 'Money matters')).toBeVisible();
  await expect(priya.getByRole('button', { name: 'Rename Money matters' })).toBeFocused();

  // What uses a team keeps it, and is named.
  await expect(row(priya, 'Support')).toContainText('1 person · Acme WhatsApp, Website');
  await priya.getByRole('button', { name: 'Remove Support' }).click();
  await expect(row(priya, 'Support').getByRole('alert')).toHaveText('The team is still used by 1 person (Priya Raman) and 2 channels (Acme WhatsApp, Website).');
  await axeFindsNothing(priya);
  await priya.getByRole('button', { name: 'Remove Money matters' }).click();
  await expect(row(priya, 'Money matters')).toHaveCount(0);
  await priya.reload();
  await expect(row(priya, 'Support')).toBeVisible();
  await expect(row(priya, 'Money matters')).toHaveCount(0);
  await discard();
});

test('a manager gives their team an away line of its own, by keyboard, and its customers hear it', async ({ browser }) => {
  const { meta, switchboard, priya, discard } = await begin(browser);
  await switchboard.invite(priya, 'tom@acme.example', 'Tom Becker', 'team_manager');
  await new Console(priya).follows('/admin/teams');
  await adds(priya, 'Billing');
  await expect(row(priya, 'Billing')).toBeVisible();
  const tom = await switchboard.signIn(browser, 'tom@acme.example');
  await goesAway(tom);
  await new Console(tom).follows('/admin/teams');
  await expect(row(tom, 'Support')).toBeVisible();
  await expect(row(tom, 'Billing')).toHaveCount(0);
  await expect(tom.getByRole('button', { name: /^(Add team|Rename|Remove)/ })).toHaveCount(0);

  const rules = tom.getByRole('button', { name: 'Rules of Support' });
  await rules.focus();
  await tom.keyboard.press('Enter');
  await expect(tom.getByLabel('Chats in the queue go to whoever')).toBeFocused();
  await tom.keyboard.press('Tab');
  await tom.keyboard.press('Space');
  const question = tom.getByRole('textbox', { name: 'A feedback question of its own' });
  await expect(question).toHaveValue('How did we do?');
  await question.fill(' ');
  await tom.getByRole('switch', { name: 'An away line of its own' }).focus();
  await tom.keyboard.press('Space');
  await tom.getByRole('textbox', { name: 'An away line of its own' }).fill('Support is back on Monday.');
  await axeFindsNothing(tom);
  await tom.getByRole('button', { name: 'Save rules' }).click();
  await expect(tom.getByRole('alert').filter({ hasText: 'The feedback question is empty.' })).toBeVisible();
  await expect(question).toBeFocused();
  await tom.getByRole('switch', { name: 'A feedback question of its own' }).click();
  await tom.getByRole('button', { name: 'Save rules' }).click();
  await expect(rules).toBeFocused();

  await meta.writes('5511900000001', 'Ana Lima', 'Anybody there?');
  await expect.poll(() => meta.sent.map((sent) => sent.text?.body)).toContain('Support is back on Monday.');
  await discard();
});
