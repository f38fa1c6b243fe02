// An agent sees what the role allows: in the list, the counts, by address and over the socket.
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { Meta } from '../counterparts/meta.ts';
import { Switchboard, alive } from '../counterparts/switchboard.ts';

test('an agent neither lists, counts, opens nor hears a colleague\'s room', async ({ browser }) => {
  const meta = await Meta.open();
  const switchboard = await Switchboard.withAdmin();
  const channel = switchboard.command(['channel', 'add', '--kind', 'whatsapp', '--name', 'Acme WhatsApp', '--bot'], meta.settings()).split(' ')[0];
  await switchboard.start();
  meta.knocksAt(`${switchboard.url}/webhooks/whatsapp/${channel}`);
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

  meta.close();
  await switchboard.discard();
});
