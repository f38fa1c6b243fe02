// Whoever was named while they were away finds it when they come back, until they open the chat, in whichever browser.
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';
import { PASSWORD } from '../counterparts/switchboard.ts';

test('a mention waits for whoever was away, and is gone everywhere once they open the chat', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('people');
  const page = await switchboard.signIn(browser);
  await switchboard.invite(page, 'maria@acme.example', 'Maria Silva', 'admin');
  const desk = new Console(page);
  await desk.follows('/assigned');
  await meta.writes('5511900000001', 'Ana Lima', 'Where is my parcel?');
  await desk.opens('Ana Lima');
  await desk.notes('@Maria Silva knows the carrier');

  // On a list that does not have the chat.
  const marias = await switchboard.signIn(browser, 'maria@acme.example', {}, PASSWORD);
  const hers = new Console(marias);
  await hers.follows('/archived');
  const way = (console: Console) => console.page.getByRole('button', { name: 'Mentions (1)' });
  await expect(way(hers)).toBeVisible();
  const second = await marias.context().newPage();
  const phone = new Console(second);
  await second.setViewportSize({ width: 390, height: 844 });
  await phone.follows('/assigned');
  await expect(phone.card('Ana Lima').locator('.card__mention')).toBeVisible();
  await expect(way(phone)).toBeVisible();
  await axeFindsNothing(second);
  const widths = await second.locator('.tabbar > *').evaluateAll((ways) => ways.map((way) => way.getBoundingClientRect().width));
  expect(Math.max(...widths) - Math.min(...widths)).toBeLessThan(2);

  await way(hers).click();
  const dialog = marias.getByRole('dialog', { name: 'Mentions' });
  await expect(dialog.getByRole('button', { name: /Priya.* mentioned you in the chat with Ana Lima/ })).toBeVisible();
  await axeFindsNothing(marias, 'dialog');
  await dialog.getByRole('button', { name: /mentioned you/ }).click();
  await expect(dialog).toBeHidden();
  await hers.sees('@Maria Silva knows the carrier');
  for (const console of [hers, phone]) await expect(way(console)).toHaveCount(0);
  await expect(phone.card('Ana Lima').locator('.card__mention')).toHaveCount(0);
  await marias.reload();
  await hers.sees('@Maria Silva knows the carrier');
  await expect(way(hers)).toHaveCount(0);

  // While the chat is on screen, it is seen as it is written; left again, it waits.
  await desk.notes('@Maria Silva it is the blue one');
  await hers.sees('it is the blue one');
  await expect(way(phone)).toHaveCount(0);
  await marias.close();
  await desk.notes('@Maria Silva or was it the red one?');
  await expect(way(phone)).toBeVisible();
  await phone.opens('Ana Lima');
  await second.getByRole('link', { name: 'Back to the list' }).click();
  await expect(phone.card('Ana Lima')).toBeVisible();
  await expect(way(phone)).toHaveCount(0);
  await discard();
});
