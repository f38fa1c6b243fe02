// How long one may still write, where a messenger bounds that: on Messenger a day for anybody and a week for people.
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { Switchboard } from '../counterparts/switchboard.ts';
import { Messenger } from './providers/inbox.ts';

const HOUR = 3_600_000;

test('a window shows when it is about to close, that only people may write for the rest of the week, and that it is closed', async ({ browser }) => {
  const messenger = await new Messenger().open();
  const switchboard = await Switchboard.withAdmin();
  const channel = switchboard.command(['channel', 'add', '--kind', 'messenger', '--name', 'Acme Messenger', '--bot'], messenger.settings()).split(' ')[0];
  await switchboard.start();
  messenger.hook = `${switchboard.url}/webhooks/messenger/${channel}`;
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  const now = Date.now();
  for (const [name, hours] of [['Ana', 0], ['Bea', 21], ['Caio', 48], ['Dora', 8 * 24]] as const) {
    expect((await messenger.wrote({ text: 'Are you there?' }, now - hours * HOUR, name)).status).toBe(200);
  }

  const card = (name: string) => page.locator('.card', { hasText: name });
  const chip = page.locator('.header .chip', { hasText: /Window|Only you/ });
  await expect(card('Bea').locator('.chip', { hasText: 'Window' })).toHaveText(/Window (3 h|2 h 5\d min)/);
  await expect(card('Dora').locator('.chip', { hasText: 'Window' })).toHaveText('Window closed');
  for (const name of ['Ana', 'Caio']) await expect(card(name).locator('.chip', { hasText: 'Window' })).toHaveCount(0);

  const enters = async (name: string) => {
    await desk.goesTo('Live');
    await desk.opens(name);
    await desk.entersChat();
    await expect(desk.composer()).toBeVisible();
  };
  await enters('Ana');
  await expect(chip).toHaveCount(0);
  await desk.replies('Within the day');
  await expect.poll(() => messenger.texts).toContain('Within the day');
  expect(messenger.tags.filter((tag) => tag)).toEqual([]);

  await enters('Bea');
  await expect(chip).toHaveText(/Window closes in (3 h|2 h 5\d min)/);

  // What a person writes after the day goes with the tag that says so; the bot had to keep silent.
  await enters('Caio');
  await expect(chip).toHaveText(/Only you, not the bot, for (120 h|119 h 5\d min)/);
  await desk.replies('A person, after two days');
  await expect.poll(() => messenger.texts.at(-1)).toBe('A person, after two days');
  expect(messenger.tags.filter((tag) => tag)).toEqual(['HUMAN_AGENT']);

  await enters('Dora');
  await expect(chip).toHaveText('Window closed');
  await desk.composer().fill('Too late');
  await expect(page.locator('#composer-problem')).toContainText('window is closed');
  await expect(page.getByRole('button', { name: 'Send', exact: true })).toBeDisabled();
  expect(messenger.texts).not.toContain('Too late');

  messenger.close();
  await page.context().close();
  await switchboard.discard();
});
