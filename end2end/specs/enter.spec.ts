// Two people press Enter Chat at the same time: one wins, the other hears who was quicker.
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';

test('of two admins who enter at once one holds the chat and the other is told who does', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('bot');
  const priya = await switchboard.signIn(browser);
  await switchboard.invite(priya, 'tom@acme.example', 'Tom Becker', 'admin');
  const tom = await switchboard.signIn(browser, 'tom@acme.example');
  for (const page of [priya, tom]) {
    await new Console(page).follows('/live');
  }
  await meta.writes('5511900000001', 'Ana Lima', 'Anybody there?');
  const desks = [new Console(priya), new Console(tom)];
  for (const desk of desks) await desk.opens('Ana Lima');
  const buttons = desks.map((desk) => desk.page.getByRole('button', { name: /^Enter Chat/ }));
  const pressed = await Promise.all(buttons.map((button) => button.elementHandle()));
  // Not with the mouse, which would wait for a button that the other's click has already taken away.
  await Promise.all(pressed.map((button) => button?.evaluate((it) => (it as HTMLElement).click())));

  await expect.poll(async () => {
    const open = await Promise.all(desks.map((desk) => desk.page.locator('.composer__mode', { hasText: 'Reply' }).count()));
    return open.reduce((sum, one) => sum + one, 0);
  }).toBe(1);
  const loser = (await priya.locator('.composer__mode', { hasText: 'Reply' }).count()) ? tom : priya;
  await expect(loser.getByText(/(entered|holds this chat)/).first()).toBeVisible();
  await expect(loser.locator('.bar').getByRole('button', { name: 'Take over' })).toBeVisible();
  const toast = loser.locator('.toast', { hasText: /entered \d+ s ago/ });
  await expect(toast.getByRole('button', { name: 'Take over' })).toBeVisible();
  await toast.getByRole('button', { name: 'Join' }).click();
  await expect(loser.locator('.composer__field')).toBeFocused();
  await new Console(loser).sees(/You joined/);

  await discard();
});
