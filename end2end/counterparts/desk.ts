// Where most specs begin: a Switchboard with a channel, and a chat on it.
import type { Browser, Page } from '@playwright/test';
import { Console } from './console.ts';
import { Meta } from './meta.ts';
import { Shop, Visitor } from './shop.ts';
import { Switchboard } from './switchboard.ts';

export const ANA = '5511900000001';

/** A Switchboard that runs, with Priya as its admin and a WhatsApp number at Meta whose customers a bot answers, or people. */
export async function withWhatsApp(answers: 'bot' | 'people') {
  const meta = await Meta.open();
  const switchboard = await Switchboard.withAdmin();
  const bot = answers === 'bot' ? ['--bot'] : [];
  const channel = switchboard.command(['channel', 'add', '--kind', 'whatsapp', '--name', 'Acme WhatsApp', ...bot], meta.settings()).split(' ')[0];
  await switchboard.start();
  meta.knocksAt(`${switchboard.url}/webhooks/whatsapp/${channel}`);
  const discard = async () => {
    meta.close();
    await switchboard.discard();
  };
  return { meta, switchboard, discard };
}

/** Priya holds a chat with Ana, who wrote `words`; she entered it while the bot was answering. */
export async function held(browser: Browser, words: string, options = {}) {
  const { meta, switchboard, discard } = await withWhatsApp('bot');
  const page = await switchboard.signIn(browser, undefined, options);
  const desk = new Console(page);
  await meta.writes(ANA, 'Ana Lima', words);
  await enters(desk, 'Ana Lima');
  return { meta, switchboard, page, desk, discard };
}

/** Enters a Live chat; whoever does it can write then. */
export async function enters(desk: Console, name: string): Promise<void> {
  await desk.goesTo('Live');
  await desk.opens(name);
  await desk.entersChat();
  await mayReply(desk.page);
}

/** One can write to the customer. */
export async function mayReply(page: Page): Promise<void> {
  await page.locator('.composer__mode', { hasText: 'Reply' }).waitFor();
}

/** A Switchboard that runs, with Priya as its admin, and a shop with its web chat; somebody in the shop has the chat open. */
export async function withVisitor(browser: Browser) {
  const switchboard = await Switchboard.withAdmin();
  const channel = switchboard.command(['channel', 'list']).split('\n')[0].split(' ')[0];
  await switchboard.start();
  const shop = await Shop.open(switchboard.url, channel);
  const visitor = await Visitor.arrive(browser, shop);
  const discard = async () => {
    shop.close();
    await switchboard.discard();
  };
  return { switchboard, channel, shop, visitor, discard };
}
