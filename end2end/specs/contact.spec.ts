// Save contact: who is saved, who turns out to be saved already, and two who are one; at the desk and on a phone.
import type { Browser, Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { Meta } from '../counterparts/meta.ts';
import { Shop, Visitor } from '../counterparts/shop.ts';
import { Switchboard } from '../counterparts/switchboard.ts';

const PHONE = '5511900000001';
const SIZES = [{ width: 1440, height: 900 }, { width: 390, height: 844 }];

/** Priya, an admin; Ana wrote on WhatsApp, and as a visitor of the site. */
async function two(browser: Browser, options = {}) {
  const meta = await Meta.open();
  const switchboard = await Switchboard.withAdmin();
  const web = switchboard.command(['channel', 'list']).split('\n')[0].split(' ')[0];
  const channel = switchboard.command(['channel', 'add', '--kind', 'whatsapp', '--name', 'Acme WhatsApp', '--bot'], meta.settings()).split(' ')[0];
  await switchboard.start();
  meta.knocksAt(`${switchboard.url}/webhooks/whatsapp/${channel}`);
  const shop = await Shop.open(switchboard.url, web);
  const page = await switchboard.signIn(browser, 'priya@acme.example', options);
  const desk = new Console(page);
  await desk.follows('/live');
  await meta.writes(PHONE, 'ana.l', 'Where is my parcel?');
  const visitor = await Visitor.arrive(browser, shop);
  await visitor.writes('It is me again');
  await expect(page.locator('.card')).toHaveCount(2);
  const discard = async () => {
    meta.close();
    shop.close();
    await switchboard.discard();
  };
  return { meta, switchboard, page, desk, discard };
}

/** Opens a chat from the list, also where the list is not beside it. */
async function opens(desk: Console, name: string): Promise<string> {
  await desk.follows('/live');
  await desk.opens(name);
  return new URL(desk.page.url()).pathname;
}

/** The dialog, opened from the three-dot menu. */
async function form(page: Page) {
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: /^Save contact/ }).click();
  return page.getByRole('dialog');
}

const named = (page: Page, name: string) => expect(page.locator('.header__name', { hasText: name })).toBeVisible();
const toast = (page: Page, words: string) => expect(page.locator('.toast', { hasText: words })).toBeVisible();

for (const viewport of SIZES) {
  test(`a person is saved once, and their second chat is linked to the same contact at ${viewport.width}x${viewport.height}`, async ({ browser }) => {
    const { page, desk, discard } = await two(browser, { viewport });
    const first = await opens(desk, 'ana.l');
    const dialog = await form(page);
    await expect(dialog.getByLabel('Name')).toBeFocused();
    await expect(dialog.getByLabel('Phone')).toHaveValue(`+${PHONE}`);
    await dialog.getByLabel('Name').fill('Ana Souza');
    await dialog.getByLabel('E-mail').fill('no address');
    await dialog.getByRole('button', { name: 'Save contact' }).click();
    await dialog.getByLabel('E-mail').fill('Ana@Example.com');
    await axeFindsNothing(page);

    // Closed by accident: it is all there again.
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await form(page);
    await expect(dialog).toContainText('You had not saved this.');
    await expect(dialog.getByLabel('Name')).toHaveValue('Ana Souza');
    await expect(dialog.getByLabel('E-mail')).toHaveValue('Ana@Example.com');
    await dialog.getByLabel('E-mail').press('Enter');
    await toast(page, 'Contact saved.');
    await named(page, 'Ana Souza');

    const second = await opens(desk, 'Visitor');
    await form(page);
    await dialog.getByLabel('Name').fill('Ana');
    await dialog.getByLabel('Phone').fill('0055 (11) 90000-0001');
    await dialog.getByLabel('Tags').fill('returns');
    await page.keyboard.press('Enter');
    await expect(dialog).toContainText('Ana Souza is already a contact (phone).');
    await expect(dialog.getByRole('radio', { name: 'Link to Ana Souza' })).toBeFocused();
    await expect(dialog.getByRole('button', { name: 'Link to contact' })).toBeDisabled();
    // Nothing is lost on the way back.
    await dialog.getByRole('button', { name: 'Back' }).click();
    await expect(dialog.getByLabel('Phone')).toHaveValue('0055 (11) 90000-0001');
    await dialog.getByLabel('Phone').press('Enter');
    await expect(dialog.getByRole('radio', { name: 'Link to Ana Souza' })).toBeFocused();
    await page.keyboard.press('Space');
    await expect(dialog.locator('.matches__preview')).toContainText('ana@example.com');
    await expect(dialog.locator('.matches__preview')).toContainText('returns new');
    await expect(dialog.locator('.matches__preview')).toContainText('instead of Ana');
    await axeFindsNothing(page);
    await page.keyboard.press('Enter');
    await toast(page, 'Linked to Ana Souza.');
    await expect(dialog).toBeHidden();
    for (const path of [second, first]) {
      await desk.follows(path);
      await named(page, 'Ana Souza');
      await form(page);
      await expect(dialog.getByLabel('Tags')).toHaveValue('returns');
      await expect(dialog.getByLabel('E-mail')).toHaveValue('ana@example.com');
      await page.keyboard.press('Escape');
    }
    await discard();
  });

  test(`two contacts become one, and a deleted one leaves the names of its channels at ${viewport.width}x${viewport.height}`, async ({ browser }) => {
    const { switchboard, page, desk, discard } = await two(browser, { viewport });
    const second = await opens(desk, 'Visitor');
    const visitor = await page.locator('.header__name').innerText();
    const other = await switchboard.signIn(browser);
    await new Console(other).follows(second);
    const dialog = await form(page);
    await dialog.getByLabel('Name').fill('Ana');
    await dialog.getByLabel('E-mail').fill('ana@example.com');
    await page.keyboard.press('Enter');
    await named(page, 'Ana');
    const first = await opens(desk, 'ana.l');
    await form(page);
    await dialog.getByLabel('Name').fill('Ana Souza');
    await dialog.getByLabel('E-mail').fill('ana@example.com');
    await page.keyboard.press('Enter');
    await dialog.locator('label', { hasText: 'Save as new' }).click();
    await dialog.getByRole('button', { name: 'Save as new' }).click();
    await named(page, 'Ana Souza');

    await form(page);
    await expect(dialog).toContainText('Ana is a contact as well (e-mail).');
    await dialog.getByRole('button', { name: 'Merge with another…' }).click();
    await expect(dialog.getByLabel('Find a contact')).toBeFocused();
    await expect(dialog.getByRole('list', { name: 'Contacts' }).getByRole('button')).toHaveText(/^Ana/);
    await dialog.getByLabel('Find a contact').fill('ana@exa');
    await dialog.getByRole('list', { name: 'Contacts' }).getByRole('button').click();
    await expect(dialog.getByRole('radio', { name: 'Keep Ana Souza' })).toBeChecked();
    await expect(dialog.locator('s')).toHaveText('Not kept: Ana');
    await expect(dialog).toContainText('Chats of Ana on Website become chats of Ana Souza: each stays where it is');
    await axeFindsNothing(page);
    await dialog.getByRole('button', { name: 'Merge contacts' }).click();
    await toast(page, 'Merged into Ana Souza.');
    await named(other, 'Ana Souza');

    await form(page);
    await dialog.getByRole('button', { name: 'Delete contact…' }).click();
    await expect(dialog).toContainText('Their chats on Acme WhatsApp and Website go by the name that their channel gave again.');
    await expect(dialog.getByRole('button', { name: 'Back' })).toBeFocused();
    await axeFindsNothing(page);
    await dialog.getByRole('button', { name: 'Delete contact' }).click();
    await toast(page, 'Contact deleted.');
    await named(page, 'ana.l');
    await named(other, visitor);
    await new Console(other).sees('It is me again');
    await expect(page).toHaveURL(new RegExp(first));
    await discard();
  });
}

test('a refusal loses nothing, and whoever hides their number is said to', async ({ browser }) => {
  const { meta, page, desk, discard } = await two(browser);
  await meta.tells({
    contacts: [{ profile: { name: 'Bea' }, user_id: 'BR.77' }],
    messages: [{ from_user_id: 'BR.77', id: 'wamid.BEA', timestamp: `${Math.floor(Date.now() / 1000)}`, type: 'text', text: { body: 'Hello' } }],
  });
  await opens(desk, 'Bea');
  await expect(page.locator('.panel')).toContainText('hidden by user');
  const dialog = await form(page);
  await expect(dialog.getByLabel('Phone')).toHaveAccessibleDescription('Phone hidden by user');
  await dialog.getByLabel('Name').fill('Bea Costa');
  await dialog.getByLabel('Phone').fill('call me');
  await page.keyboard.press('Enter');

  await expect(dialog.getByRole('alert')).toHaveText('The phone must be digits, perhaps after a +.');
  await page.reload();
  await page.locator('.header__name', { hasText: 'Bea' }).waitFor();
  await page.locator('body[data-hydrated]').waitFor();
  await form(page);
  await expect(dialog.getByLabel('Phone')).toHaveValue('call me');
  await dialog.getByRole('button', { name: 'Start over' }).click();
  await expect(dialog.getByLabel('Name')).toHaveValue('Bea');
  await expect(dialog.getByLabel('Name')).toBeFocused();
  await expect(dialog.getByLabel('Phone')).toHaveValue('');
  await discard();
});

test('an agent saves contacts, and neither merges nor deletes them', async ({ browser }) => {
  const { switchboard, page, desk, discard } = await two(browser);
  const path = await opens(desk, 'ana.l');
  await switchboard.invite(page, 'maria@acme.example', 'Maria Souza', 'agent');
  await desk.follows(path);
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: /^Assign/ }).click();
  await page.getByRole('dialog').locator('.assign__person', { hasText: 'Maria Souza' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Assign chat' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();

  const maria = await switchboard.signIn(browser, 'maria@acme.example');
  await new Console(maria).follows(path.replace('/live', '/assigned'));
  const dialog = await form(maria);
  await dialog.getByLabel('Name').fill('Ana Souza');
  await maria.keyboard.press('Enter');
  await named(maria, 'Ana Souza');
  await form(maria);
  await expect(dialog.getByRole('button', { name: /Merge|Delete/ })).toHaveCount(0);
  await discard();
});

for (const viewport of SIZES) {
  test(`who assigns a chat sees who is full, and may give them more at ${viewport.width}x${viewport.height}`, async ({ browser }) => {
    const { switchboard, page, desk, discard } = await two(browser, { viewport });
    await switchboard.invite(page, 'maria@acme.example', 'Maria Souza', 'agent');
    await desk.follows('/admin/people');
    const saved = page.waitForResponse(/update_person/);
    await page.getByLabel('How many rooms Maria Souza is given automatically').fill('1');
    await page.keyboard.press('Tab');
    await saved;
    const assign = async (name: string, load: string) => {
      await opens(desk, name);
      await page.getByRole('button', { name: 'More' }).click();
      await page.getByRole('menuitem', { name: /^Assign/ }).click();
      const person = page.getByRole('dialog').locator('.assign__person', { hasText: 'Maria Souza' });
      await expect(person.locator('.assign__load')).toHaveText(load);
      return person;
    };
    await expect((await assign('ana.l', '0 of 1 chats')).locator('.assign__full')).toHaveCount(0);
    await page.locator('.assign__person', { hasText: 'Maria Souza' }).click();
    await page.getByRole('button', { name: 'Assign chat' }).click();
    await expect(page.getByRole('dialog')).toBeHidden();

    const maria = await assign('Visitor', '1 of 1 chats');
    await expect(maria).toContainText('Full: they get it all the same');
    await maria.click();
    await axeFindsNothing(page);
    await page.getByRole('button', { name: 'Assign chat' }).click();
    await expect(page.getByRole('dialog')).toBeHidden();
    await desk.sees('You assigned the chat to Maria Souza');
    await discard();
  });
}
