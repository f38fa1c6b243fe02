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

test('after Undo one goes on in the chat that came back, or where one was', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('people');
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  await desk.follows('/assigned');
  await meta.writes('5511900000001', 'Ana Lima', 'Where is my parcel?');
  await meta.writes('5511900000002', 'Bea Costa', 'And mine?');
  const resolvesAna = async () => {
    await desk.opens('Ana Lima');
    await desk.composer().waitFor();
    await page.keyboard.press('Alt+E');
    await page.getByRole('dialog').getByRole('textbox').press('Control+Enter');
    await expect(page.getByRole('dialog')).toBeHidden();
  };
  const here = page.locator('.notice').getByRole('button', { name: 'Undo' });
  const there = page.locator('.toast', { hasText: 'Ana Lima: Chat resolved.' });
  const undo = there.getByRole('button', { name: 'Undo' });

  // The chat on screen.
  await resolvesAna();
  await here.press('Enter');
  await expect(desk.composer()).toBeFocused();
  await resolvesAna();
  await here.click();
  await expect(desk.composer()).toBeFocused();

  // Where one writes to somebody else meanwhile.
  for (const presses of [() => undo.press('Enter'), () => undo.click(), () => there.getByRole('button', { name: 'Dismiss' }).press('Enter')]) {
    await resolvesAna();
    await desk.opens('Bea Costa');
    await desk.composer().click();
    await presses();
    await expect(there).toHaveCount(0);
    await expect(page.getByRole('textbox', { name: 'Message to Bea Costa' })).toBeFocused();
    if (await desk.card('Ana Lima').count()) continue;
    // Dismissed, it can be undone by its key all the same.
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Z');
    await expect(desk.card('Ana Lima')).toBeVisible();
  }

  // Nobody had the focus: the chat that came back is in the list.
  for (const presses of [() => undo.press('Enter'), () => undo.click()]) {
    await resolvesAna();
    await page.keyboard.press('Escape');
    await expect(page.locator('.header__name')).toHaveCount(0);
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await presses();
    await expect(desk.card('Ana Lima')).toBeFocused();
  }
  await discard();
});
