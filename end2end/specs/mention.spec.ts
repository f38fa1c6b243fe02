// Whoever types "@" in a note or a comment chooses a colleague who sees the chat, by keys alone or by a click.
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';

test('an @ in a note or a comment lists who sees the chat, and puts the whole name in', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('people');
  const page = await switchboard.signIn(browser);
  const colleagues = [['José Álvarez', 'admin'], ['Maria Souza', 'admin'], ['Maria Souza Lima', 'admin'], ['Jonas Weber', 'agent']] as const;
  for (const [at, [name, role]] of colleagues.entries()) await switchboard.invite(page, `colleague${at}@acme.example`, name, role);
  const desk = new Console(page);
  await desk.follows('/assigned');
  await meta.writes('5511900000001', 'Ana Lima', 'Where is my parcel?');
  await desk.opens('Ana Lima');
  await page.locator('.composer__mode', { hasText: 'Private note' }).click();
  const list = page.getByRole('listbox', { name: 'Colleagues' });
  const chosen = list.getByRole('option', { selected: true });
  const field = desk.composer();

  // An e-mail address names nobody, and who does not see the chat is not offered.
  await field.pressSequentially('ana@acme.example, ask @');
  await expect(list.getByRole('option')).toHaveText(['José Álvarez', 'Maria Souza', 'Maria Souza Lima']);
  await expect(field).toHaveAttribute('aria-activedescendant', 'mention-0');
  await axeFindsNothing(page);
  await field.pressSequentially('jonas');
  await expect(list).toBeHidden();
  for (let step = 0; step < 5; step += 1) await field.press('Backspace');

  // Without accents and in small letters, by a later word as well; Enter chooses, and sends only once the list is gone.
  await field.pressSequentially('alv');
  await expect(chosen).toHaveText('José Álvarez');
  await field.press('Enter');
  await expect(list).toBeHidden();
  await expect(field).toHaveValue('ana@acme.example, ask @José Álvarez ');
  await expect(field).not.toHaveAttribute('aria-activedescendant');
  await field.pressSequentially('or @mar');
  await expect(list.getByRole('option')).toHaveCount(2);
  await field.press('ArrowDown');
  await expect(chosen).toHaveText('Maria Souza Lima');
  await field.press('ArrowDown');
  await expect(chosen).toHaveText('Maria Souza');
  await field.press('ArrowUp');
  await field.press('Tab');
  await expect(field).toBeFocused();
  await expect(field).toHaveValue('ana@acme.example, ask @José Álvarez or @Maria Souza Lima ');

  // A name that begins another is chosen without the other being asked for again.
  await field.pressSequentially('or @mar');
  await list.getByRole('option', { name: 'Maria Souza', exact: true }).click();
  await expect(field).toBeFocused();
  await expect(list).toBeHidden();
  await field.press('Enter');
  await desk.sees('ana@acme.example, ask @José Álvarez or @Maria Souza Lima or @Maria Souza');
  await expect(field).toHaveValue('');

  // Escape keeps what is typed, and the list does not come again at that "@".
  await field.pressSequentially('@mar');
  await expect(list).toBeVisible();
  await field.press('Escape');
  await expect(list).toBeHidden();
  await expect(field).toBeFocused();
  await field.pressSequentially('ia');
  await expect(list).toBeHidden();
  await field.fill('');

  // A reply names nobody.
  await page.locator('.composer__mode', { hasText: 'Reply' }).click();
  await field.pressSequentially('@mar');
  await expect(list).toBeHidden();
  await field.fill('');

  await page.getByRole('log').focus();
  await page.keyboard.press('.');
  const dialog = page.getByRole('dialog');
  const comment = dialog.getByRole('textbox');
  await comment.pressSequentially('Thanks to @mar');
  await expect(list.getByRole('option')).toHaveCount(2);
  await axeFindsNothing(page, 'dialog');
  await comment.press('Escape');
  await expect(list).toBeHidden();
  await expect(dialog).toBeVisible();
  await comment.pressSequentially(' and @jos');
  await comment.press('Enter');
  await expect(comment).toHaveValue('Thanks to @mar and @José Álvarez ');

  // On a phone the list is as wide as the field, and a finger chooses.
  await comment.press('Escape');
  await page.setViewportSize({ width: 390, height: 844 });
  await page.locator('.composer__mode', { hasText: 'Private note' }).click();
  await field.pressSequentially('@');
  const box = await list.boundingBox();
  expect(box!.x).toBeGreaterThanOrEqual(0);
  expect(box!.x + box!.width).toBeLessThanOrEqual(390);
  expect(box!.y).toBeGreaterThanOrEqual(0);
  await list.getByRole('option', { name: 'José Álvarez' }).click();
  await expect(field).toHaveValue('@José Álvarez ');
  await discard();
});
