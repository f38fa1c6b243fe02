// The rules an admin sets: what cannot be meant is told at its field, what is filled in stays, and open consoles obey at once.
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';

test('an admin sets the rules, and an agent\'s console follows without a reload', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('bot');
  const page = await switchboard.signIn(browser);
  await switchboard.invite(page, 'maria@acme.example', 'Maria Souza', 'agent');
  const maria = await switchboard.signIn(browser, 'maria@acme.example');
  const agent = new Console(maria);
  await agent.follows('/live');
  await agent.expectCount('Live', 0);
  await expect(maria.getByRole('button', { name: 'New conversation' })).toBeVisible();

  const listening = page.waitForEvent('websocket');
  await new Console(page).follows('/admin/rules');
  const socket = await listening;
  const question = page.getByLabel('Feedback question');
  const save = page.getByRole('button', { name: 'Save rules' });
  await expect(question).toHaveValue('How did we do?');
  await expect(save).toBeDisabled();
  await page.getByRole('combobox', { name: /^Live chats/ }).selectOption('All');
  await question.fill(' ');
  const back = page.getByRole('switch', { name: /Customers who come back within 30 minutes/ });
  const templates = page.getByRole('switch', { name: /Agents may send templates/ });
  const sender = page.getByLabel(/won back waits for whoever sent it.*: after how many minutes/);
  await expect(back).not.toBeChecked();
  await expect(templates).toBeChecked();
  await expect(sender).toHaveValue('2');
  await back.check();
  await templates.uncheck();
  await sender.fill('0');
  await page.getByRole('switch', { name: /does not answer/ }).check();
  await page.getByLabel(/does not answer: after how many minutes/).fill('a while');
  await save.click();
  await expect(page.getByText('The sender time must be from 1 minute to 24 hours, or off.')).toBeVisible();
  await expect(sender).toBeFocused();
  await sender.fill('5');
  await save.click();
  await expect(page.getByText('The answer time must be from 1 minute to 24 hours, or off.')).toBeVisible();
  await expect(page.getByText('The feedback question is empty.')).toBeVisible();
  await expect(page.getByLabel(/does not answer: after how many minutes/)).toBeFocused();

  // What happens at the desk meanwhile takes nothing away.
  const heard = socket.waitForEvent('framereceived', (frame) => String(frame.payload).includes('Anybody there?'));
  await meta.writes('5511900000001', 'Ana Lima', 'Anybody there?');
  await heard;
  await page.evaluate(() => new Promise((shown) => requestAnimationFrame(() => requestAnimationFrame(shown))));
  await expect(page.getByLabel(/does not answer: after how many minutes/)).toHaveValue('a while');
  await page.getByLabel(/does not answer: after how many minutes/).fill('20');
  await question.fill('Were we of help?');
  await save.click();
  await expect(page.getByText('Saved. Every open console follows.')).toBeVisible();
  await agent.expectCount('Live', 1);
  await expect(agent.card('Ana Lima')).toHaveCount(1);
  // What somebody may not do has no button.
  await expect(maria.getByRole('button', { name: 'New conversation' })).toHaveCount(0);
  await page.reload();
  await expect(question).toHaveValue('Were we of help?');
  await expect(page.getByLabel(/does not answer: after how many minutes/)).toHaveValue('20');
  await expect(back).toBeChecked();
  await expect(templates).not.toBeChecked();
  await expect(sender).toHaveValue('5');

  // Another admin's change is not undone unseen.
  const other = await switchboard.signIn(browser);
  await new Console(other).follows('/admin/rules');
  await question.fill('How was it?');
  await other.getByRole('switch', { name: /Critical chats never expire/ }).check();
  await other.getByRole('button', { name: 'Save rules' }).click();
  await expect(page.getByText('Somebody else changed the rules since you began.')).toBeVisible();
  await expect(question).toHaveValue('How was it?');
  await save.click();
  await expect(page.getByText('The rules were changed by somebody else meanwhile.')).toBeVisible();
  await page.getByRole('button', { name: 'Start from theirs' }).click();
  await expect(question).toHaveValue('Were we of help?');
  await expect(page.getByRole('switch', { name: /Critical chats never expire/ })).toBeChecked();
  await discard();
});
