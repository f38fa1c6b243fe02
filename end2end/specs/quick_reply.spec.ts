// Quick replies: kept by whoever writes the same again and again, found by "/", and put in with the names filled in.
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';

test('an agent keeps one of their own and puts it in by a slash, and a manager\'s is had by the team alone', async ({ browser }) => {
  test.setTimeout(180_000);
  const { meta, switchboard, discard } = await withWhatsApp('people');
  const priya = await switchboard.signIn(browser);
  await new Console(priya).addsTeam('Billing');
  await switchboard.invite(priya, 'maria@acme.example', 'Maria Souza', 'agent');
  await switchboard.invite(priya, 'tom@acme.example', 'Tom Becker', 'team_manager');
  await switchboard.invite(priya, 'ben@acme.example', 'Ben Adams', 'agent', 'Billing');
  await priya.getByRole('button', { name: 'You' }).click();
  await priya.getByRole('menuitemradio', { name: 'Away' }).click();

  const page = await switchboard.signIn(browser, 'maria@acme.example');
  const desk = new Console(page);
  await desk.follows('/assigned');
  await meta.writes('5511900000001', 'Ana Lima', 'Where is my parcel?');
  await desk.opens('Ana Lima');
  const field = desk.composer();
  const list = page.getByRole('listbox', { name: 'Quick replies' });
  const options = list.getByRole('option');
  const chosen = list.getByRole('option', { selected: true });
  const dialog = page.getByRole('dialog');

  // The first one is made where it is missed, of what is already written.
  await field.fill('Hello {{customer first name}}, this is {{agent name}}.\nOne moment, please. ');
  await field.press('End');
  await field.pressSequentially('/');
  await expect(options).toHaveText(['New quick reply…', 'Manage quick replies…']);
  await expect(field).toHaveAttribute('aria-activedescendant', 'quick-0');
  await field.press('Enter');
  await expect(dialog.getByLabel('Text')).toHaveValue(/^Hello .*\nOne moment, please\. ?$/);
  await axeFindsNothing(page, 'dialog');
  await dialog.getByLabel('Text').press('End');
  await dialog.getByLabel('Text').pressSequentially('{{order}}');
  await dialog.getByLabel('Shortcut').fill('/moment');
  await page.keyboard.press('Enter');
  await expect(dialog.getByRole('alert')).toContainText('The text has {{order}}, which nothing is known of');
  for (let step = 0; step < '{{order}}'.length; step += 1) await dialog.getByLabel('Text').press('Backspace');
  await dialog.getByRole('button', { name: 'Save quick reply' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('Quick reply saved. Type /moment to put it in.')).toBeVisible();
  await expect(field).toHaveValue(/One moment, please\. $/);
  await field.fill('');

  // It is found by its shortcut or a word of it; Enter puts it in where the slash stands, and sends only once the list is gone.
  const said = 'Hello Ana, this is Maria Souza.\nOne moment, please.';
  await field.pressSequentially('and/or ');
  await expect(list).toBeHidden();
  await field.pressSequentially('/plea');
  await expect(options.first()).toContainText('/moment');
  await axeFindsNothing(page);
  await field.press('Enter');
  await expect(list).toBeHidden();
  await expect(field).toHaveValue(`and/or ${said}`);
  await field.press('ControlOrMeta+z');
  await expect(field).toHaveValue('and/or /plea');
  await field.fill('');
  await field.pressSequentially('/mom');
  await expect(chosen).toContainText('/moment');
  await field.press('Tab');
  await expect(field).toBeFocused();
  await field.pressSequentially(' Thanks!');
  await expect(field).toHaveValue(`${said} Thanks!`);
  await field.press('Enter');
  await desk.sees('Hello Ana, this is Maria Souza.');
  await expect(field).toHaveValue('');

  // Escape keeps what is typed, and the list does not come again at that slash; what fits nothing is sent as it is.
  await field.pressSequentially('/mom');
  await field.press('Escape');
  await expect(list).toBeHidden();
  await field.pressSequentially('e');
  await expect(list).toBeHidden();
  await field.fill('');
  await field.pressSequentially('/nothing');
  await expect(list).toBeHidden();
  await field.press('Enter');
  await desk.sees('/nothing');

  // A manager keeps one for the team. Nobody is told: it is there when the list opens.
  const toms = await switchboard.signIn(browser, 'tom@acme.example');
  await toms.getByRole('button', { name: 'You' }).click();
  await toms.getByRole('menuitem', { name: 'Quick replies…' }).click();
  const his = toms.getByRole('dialog');
  await his.getByRole('button', { name: 'New quick reply' }).click();
  await his.getByLabel('Shortcut').fill('hours');
  await his.getByLabel('Text').fill('We are here from nine to five, ');
  await his.getByRole('button', { name: 'customer first name', exact: true }).click();
  await expect(his.getByLabel('Text')).toHaveValue('We are here from nine to five, {{customer first name}}');
  await his.getByLabel('Who has it').selectOption('Support');
  await his.getByRole('button', { name: 'Save quick reply' }).click();
  await expect(his.getByRole('listitem')).toHaveCount(1);
  await expect(his.getByRole('listitem')).toContainText('/hours');
  await expect(his.getByRole('listitem')).toContainText('Support');
  await axeFindsNothing(toms, 'dialog');

  // In a note as well; by the button, which takes its slash back where nothing comes of it.
  await page.locator('.composer__mode', { hasText: 'Private note' }).click();
  const button = page.getByRole('button', { name: 'Insert quick reply' });
  await button.click();
  await expect(options).toHaveCount(4);
  await expect(button).toHaveAttribute('aria-expanded', 'true');
  await button.click();
  await expect(list).toBeHidden();
  await expect(field).toHaveValue('');
  await button.click();
  await options.filter({ hasText: '/hours' }).click();
  await expect(field).toBeFocused();
  await expect(field).toHaveValue('We are here from nine to five, Ana');

  // Maria reads the team's, and changes her own alone; who is in another team has neither.
  await field.fill('');
  await field.pressSequentially('/');
  await options.filter({ hasText: 'Manage quick replies' }).click();
  await expect(dialog.getByRole('listitem')).toHaveText([/\/hours/, /\/moment/]);
  await expect(dialog.getByRole('button', { name: 'Edit /hours' })).toHaveCount(0);
  await page.keyboard.type('moment');
  await expect(dialog.getByRole('listitem')).toHaveCount(1);
  await dialog.getByRole('button', { name: 'Delete /moment' }).click();
  await dialog.getByRole('button', { name: 'Keep' }).click();
  await dialog.getByRole('button', { name: 'Delete /moment' }).click();
  await page.setViewportSize({ width: 390, height: 844 });
  await axeFindsNothing(page, 'dialog');
  await dialog.getByRole('button', { name: 'Really delete /moment' }).click();
  await expect(dialog.getByRole('listitem')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  const bens = await switchboard.signIn(browser, 'ben@acme.example');
  await bens.getByRole('button', { name: 'You' }).click();
  await bens.getByRole('menuitem', { name: 'Quick replies…' }).click();
  await expect(bens.getByRole('dialog').getByText('There are none yet.')).toBeVisible();

  // On a phone the list is as wide as the field, and a finger chooses.
  await field.fill('');
  await button.click();
  const box = await list.boundingBox();
  expect(box!.x).toBeGreaterThanOrEqual(0);
  expect(box!.x + box!.width).toBeLessThanOrEqual(390);
  expect(box!.y).toBeGreaterThanOrEqual(0);
  await options.filter({ hasText: '/hours' }).click();
  await expect(field).toHaveValue('We are here from nine to five, Ana');
  await discard();
});
