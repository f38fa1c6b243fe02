// Files of quick replies: kept with them, put in beside the words where the channel carries them, and as an address elsewhere.
import { readFileSync } from 'node:fs';
import { type Page, expect, request, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';

const asset = (name: string) => readFileSync(new URL(`../../crates/simulator/assets/${name}`, import.meta.url));
const receipt = { name: 'receipt.pdf', mimeType: 'application/pdf', buffer: asset('receipt.pdf') };
const parcel = { name: 'parcel.jpg', mimeType: 'image/jpeg', buffer: asset('parcel.jpg') };

test('a quick reply with a file puts it beside the words, again and again, and an address of it into a note', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('people');
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  await desk.follows('/assigned');
  await meta.writes('5511900000001', 'Ana Lima', 'Where is my receipt?');
  await desk.opens('Ana Lima');
  const field = desk.composer();
  const list = page.getByRole('listbox', { name: 'Quick replies' });
  const options = list.getByRole('option');
  const dialog = page.getByRole('dialog');
  const chips = page.getByRole('list', { name: 'Files to send' }).getByRole('listitem');
  const kept = dialog.getByRole('list', { name: 'Files of the quick reply' }).getByRole('listitem');

  // Made with two files, one of which is taken away again.
  await field.pressSequentially('/');
  await field.press('Enter');
  await dialog.getByLabel('Shortcut').fill('receipt');
  await expect(dialog.getByRole('button', { name: 'Save quick reply' })).toBeDisabled();
  await dialog.locator('input[type=file]').setInputFiles([receipt, parcel]);
  await expect(kept).toHaveText([/receipt\.pdf/, /parcel\.jpg/]);
  await expect(dialog.getByRole('button', { name: 'Save quick reply' })).toBeEnabled();
  await axeFindsNothing(page, 'dialog');
  await dialog.getByRole('button', { name: 'Remove parcel.jpg' }).click();
  await expect(dialog.getByLabel('Text')).toBeFocused();
  await page.keyboard.type('Here is the receipt, {{customer first name}}.');
  await dialog.getByRole('button', { name: 'Save quick reply' }).click();
  await expect(dialog).toBeHidden();
  await expect(chips).toHaveCount(0);

  for (const said of ['Thank you.', 'Once more.']) {
    await field.pressSequentially('/rec');
    await expect(options.first()).toContainText('receipt.pdf');
    await field.press('Enter');
    await expect(field).toHaveValue('Here is the receipt, Ana.');
    await expect(chips).toHaveText(/receipt\.pdf/);
    await field.pressSequentially(` ${said}`);
    await field.press('Enter');
    await expect.poll(() => meta.sent.at(-1)?.document).toMatchObject({ filename: 'receipt.pdf', caption: `Here is the receipt, Ana. ${said}` });
    expect(meta.files.get(meta.sent.at(-1)!.document!.id)?.content.equals(receipt.buffer)).toBe(true);
    await expect(chips).toHaveCount(0);
  }

  // As if attached by hand, it can be taken away; what is left while it comes brings nothing.
  await field.pressSequentially('/rec');
  await field.press('Enter');
  await page.getByRole('button', { name: 'Remove receipt.pdf' }).click();
  await expect(chips).toHaveCount(0);
  await field.fill('');
  let answer = () => {};
  const asked = new Promise<void>((resolve) => {
    void page.route('**/lend_quick_reply_files', async (route) => {
      resolve();
      await new Promise<void>((go) => { answer = go; });
      await route.continue();
    });
  });
  await field.pressSequentially('/rec');
  await field.press('Enter');
  await asked;
  await expect(page.locator('.quick')).toHaveText(/Loading…/);
  await field.press('Escape');
  const answered = page.waitForResponse('**/lend_quick_reply_files');
  answer();
  await answered;
  await expect(field).toHaveValue('/rec');
  await expect(chips).toHaveCount(0);
  await page.unroute('**/lend_quick_reply_files');
  await field.fill('');

  // A note carries no files, and says so before: it gets an address that anybody can read.
  await page.locator('.composer__mode', { hasText: 'Private note' }).click();
  await field.pressSequentially('/rec');
  await expect(options.first()).toContainText('A private note carries no files. A link to it is put in.');
  await axeFindsNothing(page);
  await field.press('Enter');
  await expect(field).toHaveValue(/^Here is the receipt, Ana\.\nhttp\S+\/lent\/\S+$/);
  const link = (await field.inputValue()).split('\n')[1];
  const anybody = await request.newContext();
  expect((await (await anybody.get(link)).body()).equals(receipt.buffer)).toBe(true);
  await anybody.dispose();
  await field.fill('');

  // The file goes, the words stay.
  await field.pressSequentially('/');
  await options.filter({ hasText: 'Manage quick replies' }).click();
  await expect(dialog.getByRole('listitem')).toContainText('receipt.pdf');
  await dialog.getByRole('button', { name: 'Edit /receipt' }).click();
  await dialog.getByRole('button', { name: 'Remove receipt.pdf' }).click();
  await dialog.getByRole('button', { name: 'Save quick reply' }).click();
  await expect(dialog.getByRole('listitem')).toHaveText(/\/receiptOnly you/);
  await discard();
});

test('the list says when a name is missing or nothing is found, and its ways stay in sight', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('people');
  const page = await switchboard.signIn(browser);
  const desk = new Console(page);
  await desk.follows('/assigned');
  await meta.writes('5511900000002', '+55 11 90000-0002', 'Hello?');
  await desk.opens('+55 11 90000-0002');
  for (let number = 10; number < 30; number += 1) await keeps(page, `r${number}`, `Reply ${number}`);
  await keeps(page, 'a-shortcut-of-thirty-two-letters', 'Hello {{customer first name}}! '.repeat(9));
  const field = desk.composer();
  const list = page.getByRole('listbox', { name: 'Quick replies' });
  const options = list.getByRole('option');
  const make = options.filter({ hasText: 'New quick reply…' });
  const manage = options.filter({ hasText: 'Manage quick replies…' });
  const button = page.getByRole('button', { name: 'Insert quick reply' });

  await button.click();
  await expect(options.first()).toContainText('The customer first name is not known: it is left out.');
  await expect(make).toBeInViewport({ ratio: 1 });
  for (let down = 0; down < 20; down += 1) {
    await field.press('ArrowDown');
    const [chosen, below] = [await list.getByRole('option', { selected: true }).boundingBox(), await make.boundingBox()];
    expect(chosen!.y + chosen!.height).toBeLessThanOrEqual(below!.y + 1);
  }
  await expect(manage).toBeInViewport({ ratio: 1 });
  await axeFindsNothing(page);

  await field.pressSequentially('nothing');
  await expect(page.locator('.quick').getByText('No quick reply has these words.')).toBeVisible();
  await expect(options).toHaveText(['New quick reply…', 'Manage quick replies…']);
  await axeFindsNothing(page);
  await field.press('ArrowDown');
  await field.press('Enter');
  await expect(field).toHaveValue('');

  // Keys scroll what cannot be changed, too.
  const kept = page.getByRole('dialog').getByRole('list', { name: 'Quick replies' });
  await kept.focus();
  await page.keyboard.press('End');
  await expect(kept.getByRole('listitem').last()).toBeInViewport();
  await axeFindsNothing(page, 'dialog');
  await discard();
});

/** Keeps a quick reply for everybody. */
async function keeps(page: Page, shortcut: string, text: string): Promise<void> {
  const status = await page.evaluate(async (form) => {
    const answer = await fetch('/api/fn/add_quick_reply', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ form }) });
    return answer.status;
  }, { shortcut, text, scope: 'shared' });
  expect(status).toBe(200);
}
