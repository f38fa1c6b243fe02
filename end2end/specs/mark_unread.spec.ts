// Whoever marks a chat unread finds it unread in every browser of theirs until they open it again; nobody else does.
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';
import { PASSWORD } from '../counterparts/switchboard.ts';

test('a chat marked unread is closed and stays unread, also where it is still open, until it is opened again', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('people');
  const page = await switchboard.signIn(browser);
  await switchboard.invite(page, 'maria@acme.example', 'Maria Silva', 'admin');
  const desk = new Console(page);
  await desk.follows('/assigned');
  await meta.writes('5511900000001', 'Ana Lima', 'Where is my parcel?');
  await desk.opens('Ana Lima');
  await desk.sees('Where is my parcel?');
  const other = await page.context().newPage();
  const elsewhere = new Console(other);
  await elsewhere.follows(new URL(page.url()).pathname);
  await elsewhere.sees('Where is my parcel?');
  const badge = (desk: Console) => desk.card('Ana Lima').locator('.card__unread');
  await expect(badge(desk)).toHaveCount(0);

  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: /Mark unread/ }).click();
  await expect(page).toHaveURL(/\/assigned$/);
  await expect(page.locator('.header__name')).toHaveCount(0);
  for (const console of [desk, elsewhere]) {
    await expect(badge(console)).toContainText('1');
    await expect(console.page).toHaveTitle(/^\(1\) /);
  }
  await expect(other.locator('.header__name')).toBeVisible();
  const marias = new Console(await switchboard.signIn(browser, 'maria@acme.example', {}, PASSWORD));
  await marias.follows('/assigned');
  await expect(marias.card('Ana Lima')).toBeVisible();
  await expect(badge(marias)).toHaveCount(0);

  await page.reload();
  await expect(badge(desk)).toContainText('1');
  await expect(page).toHaveTitle(/^\(1\) /);
  await desk.opens('Ana Lima');
  for (const console of [desk, elsewhere]) {
    await expect(badge(console)).toHaveCount(0);
    await expect(console.page).not.toHaveTitle(/^\(/);
  }

  // By its key, with nothing new in the chat.
  await page.getByRole('log').focus();
  await page.keyboard.press('u');
  await expect(page).toHaveURL(/\/assigned$/);
  await expect(badge(desk)).toContainText('1');
  await elsewhere.goesTo('Live');
  await expect(badge(desk)).toContainText('1');
  await elsewhere.goesTo('Assigned');
  await elsewhere.opens('Ana Lima');
  await expect(badge(desk)).toHaveCount(0);
  await discard();
});

test('on a phone, marking a chat unread leads back to the list', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('people');
  const page = await switchboard.signIn(browser, undefined, { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  const desk = new Console(page);
  await desk.follows('/assigned');
  await meta.writes('5511900000001', 'Ana Lima', 'Where is my parcel?');
  const badge = desk.card('Ana Lima').locator('.card__unread');
  await expect(badge).toContainText('1');
  await desk.opens('Ana Lima');
  await desk.sees('Where is my parcel?');
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: /Mark unread/ }).click();
  await expect(page.locator('.header__name')).toBeHidden();
  await expect(badge).toContainText('1');
  await desk.opens('Ana Lima');
  await page.getByRole('link', { name: 'Back to the list' }).click();
  await expect(desk.card('Ana Lima')).toBeVisible();
  await expect(badge).toHaveCount(0);
  await discard();
});
