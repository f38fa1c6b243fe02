// What a bubble shows beside words: the way to a story, the buttons that were offered, a sticker.
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { Switchboard } from '../counterparts/switchboard.ts';
import { Instagram } from './providers/inbox.ts';

test('an answer to a story leads there, and only to an address of the web that is sealed', async ({ browser }) => {
  const instagram = await new Instagram().open();
  const switchboard = await Switchboard.withAdmin();
  const channel = switchboard.command(['channel', 'add', '--kind', 'instagram', '--name', 'Acme Instagram', '--bot'], instagram.settings()).split(' ')[0];
  await switchboard.start();
  instagram.hook = `${switchboard.url}/webhooks/instagram/${channel}`;
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  const answers = async (text: string, url: string) => {
    const story = { id: '1790', url };
    expect((await instagram.wrote({ text, reply_to: { story } }, Date.now(), 'Bea')).status).toBe(200);
  };
  await answers('Love it!', 'https://cdn.example/story/1790.mp4');
  await answers('And this one', 'http://cdn.example/story/1791.mp4');

  await desk.goesTo('Live');
  await desk.opens('Bea');
  await desk.sees('And this one');
  const link = page.getByRole('log').getByRole('link', { name: 'Answers your story' });
  await expect(link).toHaveCount(1);
  await expect(link).toHaveAttribute('href', 'https://cdn.example/story/1790.mp4');
  await expect(link).toHaveAttribute('rel', 'noopener noreferrer');
  await expect(page.getByRole('log').getByText('Answers your story')).toHaveCount(2);

  instagram.close();
  await page.context().close();
  await switchboard.discard();
});

test('a sticker is seen, and what the bot offered to choose from can be read and not pressed', async ({ browser }) => {
  const switchboard = await Switchboard.demo();
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  const simulator = `${switchboard.url}/simulator/api`;
  const channels = await fetch(`${simulator}/state`).then((answer) => answer.json());
  for (const kind of ['telegram', 'whatsapp', 'messenger']) {
    const { id: channel } = channels.channels.find((channel: { kind: string }) => channel.kind === kind);
    const acts = async (path: string, body: object) => {
      const answer = await fetch(`${simulator}/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
      expect(answer.ok, await answer.clone().text()).toBe(true);
      return answer.json();
    };
    const name = `Sticker by ${kind}`;
    const { id } = await acts('customers', { channel, name });
    await acts(`customers/${id}/messages`, { file: 'sticker' });
    await acts(`customers/${id}/messages`, { text: 'Hello' });

    await desk.goesTo('Live');
    await desk.opens(name);
    const sticker = page.getByRole('log').locator('img.said__sticker');
    await expect.poll(() => sticker.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(256);
    const offered = page.getByRole('log').getByRole('list', { name: 'Answers offered' }).first();
    await expect(offered.getByRole('listitem').first()).toHaveText(/\w/);
    await expect(offered.getByRole('button')).toHaveCount(0);
  }
  await page.context().close();
  await switchboard.discard();
});
