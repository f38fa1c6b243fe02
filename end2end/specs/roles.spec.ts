// An agent and a team manager see what the role allows: in the list, the counts, by address and over the socket.
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';
import { alive } from '../counterparts/switchboard.ts';

test('an agent neither lists, counts, opens nor hears a colleague\'s room', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('bot');
  const priya = await switchboard.signIn(browser);
  await switchboard.invite(priya, 'maria@acme.example', 'Maria Souza', 'agent');
  await new Console(priya).follows('/live');
  const admin = new Console(priya);
  await meta.writes('5511900000001', 'Ana Lima', 'For Priya only');
  await admin.goesTo('Live');
  await admin.opens('Ana Lima');
  await admin.entersChat();
  await priya.locator('.composer__mode', { hasText: 'Reply' }).waitFor();
  const address = new URL(priya.url()).pathname;

  const maria = await switchboard.signIn(browser, 'maria@acme.example');
  const heard: string[] = [];
  maria.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => heard.push(String(payload))));
  await maria.reload();
  await alive(maria);
  const agent = new Console(maria);
  await agent.follows('/assigned');
  await agent.expectCount('Assigned', 0);
  await expect(agent.card('Ana Lima')).toHaveCount(0);
  await meta.writes('5511900000001', 'Ana Lima', 'a secret word');
  await admin.sees('a secret word');
  await agent.follows(address);
  await expect(maria.getByText('You have no access to this room')).toBeVisible();
  await expect(maria.getByText('For Priya only')).toHaveCount(0);
  expect(heard.join('\n')).not.toContain('secret');
  expect(heard.join('\n')).not.toContain('Ana Lima');

  await discard();
});

test('a team manager hears of their teams\' rooms and of those without a team, and of no other', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('bot');
  const priya = await switchboard.signIn(browser);
  await switchboard.invite(priya, 'ines@acme.example', 'Ines Duarte', 'team_manager');
  await new Console(priya).addsTeam('Billing');
  await switchboard.invite(priya, 'tom@acme.example', 'Tom Becker', 'team_manager', 'Billing');
  const ines = await switchboard.signIn(browser, 'ines@acme.example');
  const tom = await switchboard.signIn(browser, 'tom@acme.example');
  // Nobody is given anything by itself.
  for (const page of [priya, ines, tom]) {
    await page.getByRole('button', { name: 'You' }).click();
    await page.getByRole('menuitemradio', { name: 'Away' }).click();
  }
  const heard: string[] = [];
  tom.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => heard.push(String(payload))));
  const [team, other] = [new Console(ines), new Console(tom)];
  for (const desk of [team, other]) await desk.follows('/live');

  // Bia's chat is Support's, of which only one of them is; Ana's comes when the channel is no team's any more.
  await meta.writes('5511900000002', 'Bia Reis', 'talk to a person');
  await team.expectCount('Live', 1);
  await new Console(priya).follows('/admin/channels');
  const row = priya.locator('.rows__row', { hasText: 'Acme WhatsApp' });
  await row.getByRole('button', { name: 'Settings' }).click();
  await row.getByLabel('Team').selectOption('No team');
  await row.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(priya.getByText('Saved.')).toBeVisible();
  await meta.writes('5511900000001', 'Ana Lima', 'For whoever looks');
  await team.expectCount('Live', 2);
  await team.opens('Bia Reis');
  await expect(ines.locator('.bar')).toContainText('Waiting in the queue');
  const address = new URL(ines.url()).pathname;
  await other.expectCount('Live', 1);
  await expect(other.card('Ana Lima')).toHaveCount(1);
  await expect(other.card('Bia Reis')).toHaveCount(0);

  await team.entersChat();
  await ines.locator('.composer__mode', { hasText: 'Reply' }).waitFor();
  await meta.writes('5511900000002', 'Bia Reis', 'a secret word');
  await team.sees('a secret word');
  await meta.writes('5511900000001', 'Ana Lima', 'and another');
  await expect.poll(() => heard.join('\n')).toContain('and another');
  expect(heard.join('\n')).not.toContain('secret');
  await other.goesTo('Assigned');
  await other.expectCount('Assigned', 0);
  await other.follows(address);
  await expect(tom.getByText('You have no access to this room')).toBeVisible();
  expect(heard.join('\n')).not.toContain('secret');

  await discard();
});
