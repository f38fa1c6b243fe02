// Whoever has the list on screen sees who looks at a chat and who writes in it, also after the server was away.
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';
import { Shop, Visitor } from '../counterparts/shop.ts';
import { PASSWORD, Switchboard } from '../counterparts/switchboard.ts';

test('a card shows who looks at a chat that nobody here has open', async ({ browser }) => {
  const switchboard = await Switchboard.withAdmin();
  const channel = switchboard.command(['channel', 'list']).split('\n')[0].split(' ')[0];
  await switchboard.start();
  const shop = await Shop.open(switchboard.url, channel);
  const visitor = await Visitor.arrive(browser, shop);
  await visitor.writes('Hello');
  const page = await switchboard.signIn(browser);
  await switchboard.invite(page, 'maria@acme.example', 'Maria Silva', 'admin');
  const marias = await switchboard.signIn(browser, 'maria@acme.example', {}, PASSWORD);
  await new Console(page).follows('/live');
  await new Console(marias).follows('/live');
  const watched = page.locator('.card__watching');
  await expect(page.locator('.card')).toHaveCount(1);
  await expect(watched).toHaveCount(0);

  await marias.locator('.card').first().click();
  await expect(watched).toHaveText('Maria is watching');
  await marias.keyboard.press('Escape');
  await expect(watched).toHaveCount(0);
  await marias.locator('.card').first().click();
  await expect(watched).toHaveText('Maria is watching');

  // Nothing happens in the chat after the restart: both browsers only come back.
  await switchboard.kill();
  await switchboard.start();
  await expect(page.locator('.banner')).toHaveCount(0);
  await expect(watched).toHaveText('Maria is watching');
  await visitor.chat.getByLabel('Your message').pressSequentially('And');
  await expect(page.locator('.card__said')).toHaveText('typing…');
  await expect(watched).toHaveText('Maria is watching');
  await marias.context().close();
  await expect(watched).toHaveCount(0);
  shop.close();
  await switchboard.discard();
});

test('while the bot writes its name says so, to whoever watches', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('bot');
  const page = await switchboard.signIn(browser);
  // It writes for a moment only: what comes after that is held back until somebody has looked.
  let isWaitedFor = false;
  let goOn = () => {};
  await page.routeWebSocket(/\/live\?/, (socket) => {
    const held: (string | Buffer)[] = [];
    let isHeld = false;
    goOn = () => {
      isWaitedFor = isHeld = false;
      held.forEach((frame) => socket.send(frame));
    };
    socket.connectToServer().onMessage((frame) => {
      if (isHeld) held.push(frame);
      else socket.send(frame);
      const { typing } = JSON.parse(String(frame));
      isHeld ||= isWaitedFor && typing?.who === 'bot' && typing.on;
    });
  });
  const desk = new Console(page);
  await desk.follows('/live');
  await meta.writes('5511900000001', 'Ana Lima', 'Hello?');
  await desk.opens('Ana Lima');
  await desk.sees('Hello?');
  isWaitedFor = true;
  await meta.writes('5511900000001', 'Ana Lima', 'Is anybody there?');
  await expect(page.getByRole('log').getByText('Assistant is writing')).toBeVisible();
  await expect(page.locator('.header__under')).toContainText('Assistant is answering');
  goOn();
  await expect(page.getByRole('log').getByText('Assistant is writing')).toHaveCount(0);
  await discard();
});
