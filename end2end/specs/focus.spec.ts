// By keyboard alone: whatever one presses leads on to where one writes.
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';

test('after Join, Take over, Reopen and Unblock one writes on without the mouse', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('bot');
  const priya = await switchboard.signIn(browser);
  await switchboard.invite(priya, 'tom@acme.example', 'Tom Becker', 'admin');
  const toms = new Console(await switchboard.signIn(browser, 'tom@acme.example'));
  await meta.writes('5511900000001', 'Ana Lima', 'Where is my parcel?');
  await toms.goesTo('Live');
  await toms.opens('Ana Lima');
  await toms.entersChat();
  await expect(toms.composer()).toBeFocused();
  const room = new URL(toms.page.url()).pathname;

  const desk = new Console(priya);
  await desk.follows(room);
  const bar = priya.locator('.bar');
  const presses = (name: string) => bar.getByRole('button', { name, exact: true }).press('Enter');
  await presses('Join');
  await expect(desk.composer()).toBeFocused();
  await priya.keyboard.press('Escape');
  await priya.getByRole('button', { name: 'More' }).press('Enter');
  await priya.getByRole('menuitem', { name: 'Leave the chat' }).press('Enter');
  await presses('Take over');
  await expect(desk.composer()).toBeFocused();

  const dialog = priya.getByRole('dialog');
  await priya.keyboard.press('Alt+E');
  await dialog.getByRole('textbox').press('Control+Enter');
  await expect(dialog).toBeHidden();
  await presses('Reopen');
  await expect(desk.composer()).toBeFocused();

  await priya.getByRole('button', { name: 'More' }).press('Enter');
  await priya.getByRole('menuitem', { name: 'Block customer…' }).press('Enter');
  await dialog.getByRole('button', { name: 'Block' }).press('Enter');
  await expect(dialog).toBeHidden();
  await presses('Unblock');
  await expect(desk.composer()).toBeFocused();

  // Where there is nothing to write in, to what was said.
  await priya.keyboard.press('Alt+E');
  await dialog.getByRole('textbox').press('Control+Enter');
  await expect(dialog).toBeHidden();
  await priya.getByRole('button', { name: 'More' }).press('Enter');
  await priya.getByRole('menuitem', { name: 'Block customer…' }).press('Enter');
  await dialog.getByRole('button', { name: 'Block' }).press('Enter');
  await expect(dialog).toBeHidden();
  await presses('Unblock');
  await expect(priya.getByRole('log')).toBeFocused();
  await discard();
});
