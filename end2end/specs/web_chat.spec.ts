// What the web chat carries besides words, seen from both sides: the console's and the customer's.
import { type Browser, expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { Shop, Visitor } from '../counterparts/shop.ts';
import { Switchboard } from '../counterparts/switchboard.ts';

/** A visitor who wrote, and Priya, who holds the chat. */
async function talking(browser: Browser, words: string) {
  const switchboard = await Switchboard.withAdmin();
  const channel = switchboard.command(['channel', 'list']).split('\n')[0].split(' ')[0];
  await switchboard.start();
  const shop = await Shop.open(switchboard.url, channel);
  const visitor = await Visitor.arrive(browser, shop);
  await visitor.writes(words);
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  await desk.goesTo('Live');
  await page.locator('.card').first().click();
  await desk.sees(words);
  await desk.entersChat();
  const discard = async () => {
    shop.close();
    await visitor.page.context().close();
    await page.context().close();
    await switchboard.discard();
  };
  return { visitor, page, desk, discard };
}

test('each side answers a certain message of the other, which both are shown', async ({ browser }) => {
  const { visitor, page, desk, discard } = await talking(browser, 'Is the lemon tree in stock?');
  const question = page.locator('.bubble--them', { hasText: 'Is the lemon tree in stock?' });
  await question.hover();
  await question.getByRole('button', { name: 'Reply or react' }).click();
  await page.getByRole('menuitem', { name: 'Reply' }).click();
  await desk.replies('It is. Shall I keep one?');
  await visitor.sees('Shall I keep one?');
  await expect(visitor.chat.getByRole('button', { name: 'Answers You: Is the lemon tree in stock?' })).toBeVisible();

  const answer = visitor.chat.locator('.said', { hasText: 'Shall I keep one?' });
  await answer.hover();
  await answer.getByRole('button', { name: 'Reply or react' }).click();
  await visitor.chat.getByRole('menuitem', { name: 'Reply' }).click();
  await visitor.writes('Please do');
  await desk.sees('Please do');
  const quoted = page.locator('.bubble--them', { hasText: 'Please do' }).locator('.said__quote');
  await expect(quoted).toHaveText('It is. Shall I keep one?');

  await discard();
});

test('each side leaves a sign on a message of the other, and takes it away', async ({ browser }) => {
  const { visitor, page, desk, discard } = await talking(browser, 'Is the lemon tree in stock?');
  const question = page.locator('.bubble--them', { hasText: 'Is the lemon tree in stock?' });
  const reacts = async () => {
    await question.hover();
    await question.getByRole('button', { name: 'Reply or react' }).click();
    await page.getByRole('menuitemradio', { name: '👍' }).click();
  };
  await reacts();
  const seen = visitor.chat.getByRole('img', { name: 'Our team reacted: 👍' });
  await expect(seen).toBeVisible();
  await reacts();
  await expect(seen).toHaveCount(0);

  await desk.replies('It is.');
  await visitor.sees('It is.');
  const answer = visitor.chat.locator('.said', { hasText: 'It is.' });
  const marks = async () => {
    await answer.hover();
    await answer.getByRole('button', { name: 'Reply or react' }).click();
    await answer.getByRole('menuitemradio', { name: '🎉' }).click();
  };
  await marks();
  const told = page.getByRole('img', { name: 'The customer reacted: 🎉' });
  await expect(told).toBeVisible();
  await marks();
  await expect(told).toHaveCount(0);

  await discard();
});

test('a visitor changes their words and takes them back, and the console shows both', async ({ browser }) => {
  const { visitor, page, desk, discard } = await talking(browser, 'It is order 21');
  const own = visitor.chat.locator('.said--ours');
  const chooses = async (...names: string[]) => {
    await own.hover();
    await own.getByRole('button', { name: 'Reply, edit or delete' }).click();
    for (const name of names) await own.getByRole('menuitem', { name }).click();
  };
  await chooses('Edit');
  await visitor.writes('It is order 12');
  await desk.sees('It is order 12');
  const said = page.locator('.bubble--them').first();
  await expect(said).toContainText(/edited/i);
  await expect(page.getByText('It is order 21')).toHaveCount(0);

  await chooses('Delete', 'Delete it for both sides');
  await visitor.sees('This message was deleted');
  await expect(said).toContainText(/deleted/i);
  await expect(page.getByText('It is order 12')).toHaveCount(0);

  await discard();
});
