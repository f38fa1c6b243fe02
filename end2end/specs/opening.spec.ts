// Opening a chat and leaving it: what is said of it, how it is called, and the way back.
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';
import { Switchboard, alive } from '../counterparts/switchboard.ts';

test('an opened chat is said and gives the page its title, and leaving it on a phone leaves nothing behind', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('bot');
  await meta.writes('5511900000001', 'Ana Lima', 'Where is my parcel?');
  await meta.writes('972500000002', 'דנה לוי', 'שלום, איפה החבילה?');
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  await desk.goesTo('Live');
  // Once the bot has answered both, their order stays.
  await expect(desk.card('דנה לוי')).toContainText('Bot:');
  await expect(desk.card('Ana Lima')).toContainText('Bot:');
  const [first, second] = await page.locator('.card__name').allInnerTexts();
  await expect(page).toHaveTitle('Live · Switchboard');
  const said = page.locator('.chat > [aria-live=polite]');
  await page.keyboard.press('J');
  await expect(said).toHaveText(`${first}, on WhatsApp`);
  await expect(page).toHaveTitle(`${first} · Live · Switchboard`);
  await page.keyboard.press('J');
  await expect(said).toHaveText(`${second}, on WhatsApp`);
  await desk.opens('דנה לוי');
  // Whoever writes from the right is read from the right.
  await expect(page.locator('.bubble__words').first()).toHaveCSS('direction', 'rtl');
  await expect(page.locator('.header__name')).toHaveCSS('direction', 'rtl');
  await desk.opens('Ana Lima');
  await expect(page.locator('.bubble__words').first()).toHaveCSS('direction', 'ltr');

  // A customer who wants no advertisements is still written to, and everybody in the chat knows.
  const mark = page.locator('.header .chip', { hasText: 'Opted out' });
  await expect(mark).toHaveCount(0);
  await meta.tells({
    contacts: [{ profile: { name: 'Ana Lima' }, wa_id: '5511900000001' }],
    user_preferences: [{
      wa_id: '5511900000001', detail: 'User requested to stop marketing messages', category: 'marketing_messages', value: 'stop',
      timestamp: String(Math.floor(Date.now() / 1000)),
    }],
  });
  await expect(mark).toBeVisible();
  await desk.follows('/admin/rules');
  await expect(page).toHaveTitle('Rules · Switchboard');

  // The command bar: what fits is in sight, and nothing that fits is said.
  await page.keyboard.press('Control+K');
  const dialog = page.getByRole('dialog');
  const field = dialog.getByRole('combobox');
  await expect(field).toHaveAttribute('aria-activedescendant', 'command-0');
  await page.keyboard.press('ArrowUp');
  await expect(dialog.locator('[aria-selected=true]')).toBeInViewport({ ratio: 1 });
  await page.keyboard.press('ArrowDown');
  await expect(dialog.locator('[aria-selected=true]')).toBeInViewport({ ratio: 1 });
  await field.fill('no such thing');
  await expect(dialog.getByRole('status')).toHaveText('No command and no listed room has that in its name.');
  await expect(field).not.toHaveAttribute('aria-activedescendant');
  await page.keyboard.press('Escape');

  // Two years on, a day has its year.
  await page.clock.setFixedTime(Date.now() + 2 * 366 * 86_400_000);
  await desk.follows('/live');
  await expect(desk.card('Ana Lima').locator('time')).toHaveText(new RegExp(String(new Date().getFullYear())));

  const phone = await page.context().newPage();
  await phone.setViewportSize({ width: 390, height: 844 });
  await phone.goto('/archived');
  await alive(phone);
  await phone.goto('/live');
  await alive(phone);
  await phone.locator('.card', { hasText: 'Ana Lima' }).click();
  await phone.getByRole('link', { name: 'Back to the list' }).click();
  await expect(phone).toHaveURL(/\/live$/);
  await phone.goBack();
  await expect(phone).not.toHaveURL(/\/live\/./);
  await discard();
});
