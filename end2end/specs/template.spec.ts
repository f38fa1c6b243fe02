// A template wins back the customer of an expired chat, in the demo: its WhatsApp account has templates of every sort.
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { Switchboard } from '../counterparts/switchboard.ts';

let switchboard: Switchboard;
test.beforeAll(async () => { switchboard = await Switchboard.demo(); });
test.afterAll(() => switchboard.discard());

test('a template is found, filled in and sent into an expired chat, and the answer brings it back', async ({ browser }) => {
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  await desk.follows('/archived');
  const expired = page.locator('.card', { has: page.locator('.face__via--whatsapp'), hasText: 'Expired' }).first();
  const room = (await expired.getAttribute('href'))?.split('/').at(-1);
  const card = page.locator(`.card[href*="${room}"]`);
  await card.click();
  await page.getByRole('button', { name: 'Send template' }).click();
  const dialog = page.getByRole('dialog');

  // What may not be sent says why, and is found by its words all the same.
  const found = dialog.locator('.template__found');
  await expect(found).toHaveCount(8);
  await expect(found.filter({ hasText: 'return_received' })).toBeDisabled();
  await expect(found.filter({ hasText: 'return_received' })).toContainText('In review');
  await expect(found.filter({ hasText: 'flash_sale' })).toContainText(/Rejected: tag content mismatch/i);
  await axeFindsNothing(page);

  // A map above the words and a coupon under them are filled in as well.
  await found.filter({ hasText: 'grand_opening' }).click();
  const map = dialog.getByRole('group', { name: 'What the customer will read' });
  await dialog.getByLabel('Latitude of the map above the words').fill('-23.5505');
  await dialog.getByLabel('Longitude').fill('-46.6333');
  await dialog.getByLabel('Name of the place').fill('Acme');
  await dialog.getByLabel('Address of the place').fill('Rua 1');
  await expect(dialog.getByLabel('Coupon code of “Copy offer code”')).toBeVisible();
  await expect(map).toContainText('mlat=-23.5505&mlon=-46.6333');
  await axeFindsNothing(page);
  await dialog.getByRole('button', { name: 'Back' }).click();
  await dialog.getByLabel('Find a template').fill('kept you waiting');
  await expect(found).toHaveCount(1);
  await found.click();

  // The words are shown as they are filled in, and nothing is sent half-filled.
  const preview = dialog.getByRole('group', { name: 'What the customer will read' });
  await expect(preview).toContainText('Hi {{first_name}}, sorry');
  await dialog.getByLabel('Value of {{first_name}}').fill('Ana');
  await dialog.getByLabel('Value of {{topic}}').fill('your jacket');
  await expect(preview).toContainText('Hi Ana, sorry that we kept you waiting. Do you still need help with your jacket?');
  await axeFindsNothing(page);
  await dialog.getByRole('button', { name: 'Send template' }).click();
  await expect(dialog.getByLabel('End of the address of “See the order”')).toBeFocused();
  await dialog.getByLabel('End of the address of “See the order”').fill('48-2210');
  await dialog.getByRole('button', { name: 'Send template' }).click();
  await expect(dialog).toBeHidden();

  await desk.sees('Do you still need help with your jacket?');
  await expect(page.locator('.bubble--us').last().locator('.tick')).toHaveText(/Delivered|Read/);
  await expect(card).toContainText('Waiting for reply');

  // The customer presses a button on the phone; whoever sent the template hears of it wherever they are.
  await desk.goesTo('Assigned');
  await answers('Do you still need help with your jacket?', 'Yes, please');
  await expect(page.getByText(/answered your template\./)).toBeVisible();
  await desk.goesTo('Live');
  await card.click();
  await desk.sees('Yes, please');
  await page.context().close();
});

test('a new conversation begins with a template, and not without the picture above its words', async ({ browser }) => {
  const page = await switchboard.signIn(browser);
  await page.getByRole('button', { name: 'New conversation' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Phone number/).fill('+1 555 777 0001');
  await dialog.getByLabel(/^Name/).fill('Nora Neumann');
  await dialog.locator('.template__found', { hasText: 'winter_collection' }).click();
  await dialog.getByLabel('Value of {{first_name}}').fill('Nora');
  await dialog.getByLabel('Value of {{day}}').fill('Friday');
  await dialog.getByRole('button', { name: 'Send template' }).click();
  await expect(dialog.getByRole('alert')).toContainText('needs a');
  await dialog.locator('input[type=file]').setInputFiles(new URL('../../crates/simulator/assets/parcel.jpg', import.meta.url).pathname);
  await expect(dialog.getByText('parcel.jpg is ready.')).toBeVisible();
  const picture = dialog.getByRole('group', { name: 'What the customer will read' }).getByRole('img', { name: 'Above the words: parcel.jpg' });
  await expect.poll(() => picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0);
  await dialog.getByRole('button', { name: 'Send template' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.locator('.header__name', { hasText: 'Nora Neumann' })).toBeVisible();
  await new Console(page).sees('Nora, the winter jackets are here, and yours is kept until Friday.');
  await expect(page.locator('.bubble--us').last().locator('.tick')).toHaveText(/Delivered|Read/);
  await page.context().close();
});

test('by SMS a template waits for no approval, and what SMS does not carry says so', async ({ browser }) => {
  const page = await switchboard.signIn(browser);
  await page.getByRole('button', { name: 'New conversation' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Channel').selectOption('Acme SMS');
  await dialog.getByLabel(/^Phone number/).fill('+1 555 777 0002');
  await dialog.getByLabel(/^Name/).fill('Omar Said');
  const found = dialog.locator('.template__found');
  await expect(found).toHaveCount(4);
  await expect(found.filter({ hasText: 'parcel_left' })).toContainText('Ready');
  await expect(found.filter({ hasText: 'where_we_are' })).toBeDisabled();
  await expect(found.filter({ hasText: 'where_we_are' })).toContainText('Location is nothing that SMS carries.');
  await axeFindsNothing(page);
  await found.filter({ hasText: 'parcel_left' }).click();
  await dialog.getByLabel('Value of {{first_name}}').fill('Omar');
  await dialog.getByLabel('Value of {{1}}').fill('48-2210');
  await expect(dialog.getByRole('group', { name: 'What the customer will read' })).toContainText('Hi Omar, your order 48-2210 has left');
  await dialog.getByRole('button', { name: 'Send template' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.locator('.header__name', { hasText: 'Omar Said' })).toBeVisible();
  await new Console(page).sees('Hi Omar, your order 48-2210 has left the shop.');
  await expect(page.locator('.bubble--us').last().locator('.tick')).toHaveText(/Delivered/);
  await page.context().close();
});

test('a template with nothing to fill in is chosen to ask for feedback once the window is closed', async ({ browser }) => {
  const page = await switchboard.signIn(browser);
  await new Console(page).follows('/admin/channels');
  const row = page.locator('.rows__row', { hasText: 'Acme WhatsApp' });
  await row.getByRole('button', { name: 'Settings' }).click();
  const template = row.getByLabel(/^Feedback template/);
  await expect(row.getByText('Approved templates without anything to fill in.')).toBeVisible();
  expect(await template.locator('option').allInnerTexts()).toEqual(['None: nobody is asked after the window', 'how_was_it (en)']);
  await axeFindsNothing(page);
  await template.selectOption('how_was_it (en)');
  await row.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.reload();
  await row.getByRole('button', { name: 'Settings' }).click();
  await expect(template.locator('option:checked')).toHaveText('how_was_it (en)');

  // Where there is no window there is nothing to choose.
  const web = page.locator('.rows__row', { hasText: 'Acme SMS' });
  await web.getByRole('button', { name: 'Settings' }).click();
  await expect(web.getByRole('switch', { name: /Ask for feedback/ })).toBeChecked();
  await expect(web.getByLabel(/^Feedback template/)).toHaveCount(0);
  await page.context().close();
});

/** The customer who was sent `words` presses a button below them. */
async function answers(words: string, title: string): Promise<void> {
  const state = await (await fetch(`${switchboard.url}/simulator/api/state`)).json();
  type Message = { id: string; text: string; choices?: { id: string; title: string }[] };
  const has = (message: Message) => message.text.includes(words);
  const customer = state.customers.find(({ messages }: { messages: Message[] }) => messages.some(has));
  const message: Message = customer.messages.find(has);
  const choice = message.choices?.find((choice) => choice.title === title);
  const pick = { pick: { message: message.id, id: choice?.id } };
  const answer = await fetch(`${switchboard.url}/simulator/api/customers/${customer.id}/messages`, {
    method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(pick),
  });
  expect(answer.status).toBe(200);
}
