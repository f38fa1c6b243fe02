// The dialogs and menus of a room are opened, used and closed by keyboard alone, and give the focus back; axe finds nothing
// in any of them, light and dark, at the desk and on a phone.
import type { Locator, Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { Switchboard } from '../counterparts/switchboard.ts';

let switchboard: Switchboard;
test.beforeAll(async () => { switchboard = await Switchboard.demo(); });
test.afterAll(() => switchboard.discard());

/**
 * A dialog of the three-dot menu: what has the focus first, what is typed to use it, what is there then, and where the focus
 * goes on to, where it is not back at the menu.
 */
type Walk = { item: RegExp; first: (dialog: Locator) => Locator; keys: string[]; then: (page: Page) => Locator; leadsOn?: (page: Page) => Locator };

const said = (words: string | RegExp) => (page: Page) => page.getByRole('log').getByText(words).last();
const field = (label: string | RegExp) => (dialog: Locator) => dialog.getByLabel(label);

/** In this order: the chat goes to a colleague and comes back, and is put off and woken. */
const WALKS: Walk[] = [
  { item: /contact…/, first: field('Name'), keys: ['End', '~ Senior', 'Enter'], then: (page) => page.locator('.header__name', { hasText: 'Senior' }) },
  { item: /^Assign…/, first: field('Find a colleague'), keys: ['~Mo Haddad', 'Enter'], then: (page) => page.locator('.bar', { hasText: 'Mo Haddad holds this chat' }) },
  { item: /^Take over/, first: (dialog) => dialog, keys: [], then: (page) => page.locator('.composer__mode', { hasText: 'Reply' }), leadsOn: (page) => page.locator('.composer__field') },
  { item: /^Bring in a colleague…/, first: field('Find a colleague'), keys: ['~Ines', 'Enter'], then: said(/brought in Ines Duarte/) },
  { item: /^Snooze…/, first: (dialog) => dialog.getByRole('button', { name: /In an hour/ }), keys: ['Tab', 'Enter'], then: (page) => page.locator('.notice', { hasText: 'Snoozed until' }) },
  { item: /^Wake up/, first: (dialog) => dialog, keys: [], then: said(/You woke the chat/) },
  { item: /^Send template…/, first: field('Find a template'), keys: ['~kept you waiting', 'Tab', 'Enter', '~Ana', 'Escape'], then: (page) => page.locator('.composer__field') },
  { item: /^Block customer…/, first: (dialog) => dialog.getByRole('button', { name: 'Cancel' }), keys: ['Enter'], then: (page) => page.locator('.composer__field') },
];

test('a slash that is typed into a reply is a slash, and with Ctrl it lists the shortcuts', async ({ browser }) => {
  const page = await holds(await switchboard.signIn(browser));
  const reply = page.locator('.composer__field');
  await reply.focus();
  await page.keyboard.type('See https://acme.example/a');
  await expect(reply).toHaveValue('See https://acme.example/a');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await reply.fill('');
  await page.keyboard.press('Control+/');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('what the three-dot menu opens is used by keyboard, and the focus comes back to it', async ({ browser }) => {
  test.setTimeout(240_000);
  const page = await holds(await switchboard.signIn(browser));
  const more = page.getByRole('button', { name: 'More' });
  const dialog = page.getByRole('dialog');
  await more.focus();
  for (const { item, first, keys, then, leadsOn } of WALKS) {
    await test.step(String(item), async () => {
      const opensDialog = keys.length > 0;
      await chooses(page, more, item);
      if (opensDialog) {
        await expect(first(dialog)).toBeFocused();
        await staysInside(page);
        for (const width of [1440, 390]) {
          await page.setViewportSize({ width, height: 900 });
          await axeFindsNothing(page, 'dialog');
        }
        await page.setViewportSize({ width: 1440, height: 900 });
        await page.keyboard.press('Escape');
        await expect(dialog).toHaveCount(0);
        await expect(more).toBeFocused();
        await chooses(page, more, item);
        await expect(first(dialog)).toBeFocused();
      }
      await presses(page, keys);
      await expect(dialog).toHaveCount(0);
      await expect(then(page)).toBeVisible();
      await expect(leadsOn ? leadsOn(page) : more).toBeFocused();
      await more.focus();
    });
  }
  await page.context().close();
});

test('menus open at either end, and what they open gives the focus back', async ({ browser }) => {
  test.setTimeout(180_000);
  const page = await holds(await switchboard.signIn(browser));
  const dialog = page.getByRole('dialog');
  const items = page.locator('.menu__item');
  const you = page.locator('.rail__me');
  for (const button of [page.getByRole('button', { name: 'More' }), you]) {
    await button.focus();
    await page.keyboard.press('ArrowUp');
    await expect(items.last()).toBeFocused();
    await page.keyboard.press('ArrowDown');
    await expect(items.first()).toBeFocused();
    await page.keyboard.press('End');
    await expect(items.last()).toBeFocused();
    await page.keyboard.press('Home');
    await expect(items.first()).toBeFocused();
    await axeFindsNothing(page, '[role=menu]');
    await page.keyboard.press('Escape');
    await expect(items).toHaveCount(0);
    await expect(button).toBeFocused();
  }
  const opened = [
    { item: /^Account and password…/, first: dialog.getByLabel('Current password'), keys: ['Escape'] },
    { item: /^Keyboard shortcuts/, first: dialog.getByRole('switch'), keys: ['Space', 'Space', 'Tab', 'Enter'] },
    { item: /^Offline/, first: dialog.getByRole('combobox').first(), keys: ['Escape'] },
  ];
  for (const { item, first, keys } of opened) {
    await chooses(page, you, item);
    await expect(first).toBeFocused();
    await staysInside(page);
    await first.focus();
    await axeFindsNothing(page, 'dialog');
    await presses(page, keys);
    await expect(dialog).toHaveCount(0);
    await expect(you).toBeFocused();
  }
  await page.context().close();
});

test('the command bar is opened while one writes, runs what is found, and leads back to the words', async ({ browser }) => {
  const page = await holds(await switchboard.signIn(browser));
  const words = page.locator('.composer__field');
  const bar = page.getByRole('dialog', { name: 'Commands' });
  await words.focus();
  await page.keyboard.press('Control+k');
  await expect(bar.getByRole('combobox')).toBeFocused();
  for (const width of [1440, 390]) {
    await page.setViewportSize({ width, height: 900 });
    await axeFindsNothing(page, 'dialog');
  }
  await page.setViewportSize({ width: 1440, height: 900 });
  await page.keyboard.press('Escape');
  await expect(bar).toHaveCount(0);
  await expect(words).toBeFocused();

  await page.keyboard.press('Control+k');
  await page.keyboard.type('keyboard');
  await page.keyboard.press('Enter');
  const shortcuts = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await expect(shortcuts.getByRole('switch')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(shortcuts).toHaveCount(0);
  await expect(words).toBeFocused();
  await page.context().close();
});

/** Opens a WhatsApp chat that Priya holds. */
async function holds(page: Page): Promise<Page> {
  await new Console(page).follows('/assigned?mine');
  await page.locator('.card', { has: page.locator('.face__via--whatsapp') }).first().click();
  await page.locator('.composer__field').waitFor();
  return page;
}

/** Opens the menu of the button that has the focus, and goes down to the item. */
async function chooses(page: Page, button: Locator, item: RegExp): Promise<void> {
  await expect(button).toBeFocused();
  await page.keyboard.press('Enter');
  const items = page.locator('.menu__item');
  await expect(items.first()).toBeFocused();
  const wanted = items.filter({ hasText: item });
  for (let step = await items.count(); step > 0; step -= 1) {
    if (await wanted.evaluate((it) => it === document.activeElement)) break;
    await page.keyboard.press('ArrowDown');
  }
  await expect(wanted).toBeFocused();
  await page.keyboard.press('Enter');
}

/** Keys by their names, and words after a tilde. */
async function presses(page: Page, keys: string[]): Promise<void> {
  for (const key of keys) {
    if (key.startsWith('~')) await page.keyboard.type(key.slice(1));
    else await page.keyboard.press(key);
  }
}

/** Tab goes round in the dialog, or out to the browser itself, and never to what is under it. */
async function staysInside(page: Page): Promise<void> {
  for (let step = 0; step < 8; step += 1) {
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.closest('.console') === null)).toBe(true);
  }
}
