// The code of dialogs and admin pages is a file of its own, which comes after the console or when somebody asks for it.
import type { Page, Route } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';
import { Switchboard, alive } from '../counterparts/switchboard.ts';

const CODE = /\/pkg\/rest\.[0-9a-f]+\.wasm$/;

const admin = (page: Page) => page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Admin' });
const people = (page: Page) => page.getByRole('heading', { name: 'People', level: 1 });

test('the console is worked with before the admin pages have come, and they open when they have', async ({ browser }) => {
  const { meta, switchboard, discard } = await withWhatsApp('people');
  await meta.writes('5511900000001', 'Ana Lima', 'Hello');
  const page = await switchboard.signIn(browser);
  let letThrough = () => {};
  const held = new Promise<void>((through) => { letThrough = through; });
  await page.route(CODE, async (route: Route) => {
    await held;
    await route.continue();
  });

  const desk = new Console(page);
  const asked = page.waitForRequest(CODE);
  await desk.follows('/live');
  await asked;
  const loaded = await page.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.includes('/pkg/app.')).length);
  expect(loaded, 'the console\'s own code came first').toBeGreaterThan(0);
  await desk.goesTo('Assigned');
  await desk.opens('Ana Lima');
  await desk.replies('Typed while the admin pages were on their way');
  await desk.composer().fill('A draft');
  await admin(page).click();
  await expect(page.locator('main[aria-busy]')).toBeAttached();
  letThrough();
  await expect(people(page)).toBeVisible();
  await page.getByRole('link', { name: 'Channels' }).click();
  await expect(page.getByText('Acme WhatsApp').first()).toBeVisible();
  await page.goBack();
  await page.goBack();
  await expect(desk.composer()).toHaveValue('A draft');

  await discard();
});

test('an admin page that cannot be loaded says so, the rest goes on, and trying again brings it', async ({ browser }) => {
  const switchboard = await Switchboard.withAdmin();
  await switchboard.start();
  const page = await switchboard.signIn(browser);
  await page.route(CODE, (route) => route.abort());
  await new Console(page).follows('/live');

  await admin(page).click();
  await expect(page.getByText('This page could not be loaded')).toBeVisible();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Rooms' }).click();
  await expect(page.getByRole('navigation', { name: 'Sections' })).toBeVisible();
  await admin(page).click();
  await page.unroute(CODE);
  await page.getByRole('link', { name: 'Try again' }).click();
  await expect(people(page)).toBeVisible();
  await alive(page);
  await page.getByRole('link', { name: 'Flows' }).click();
  await expect(page).toHaveURL(/\/admin\/flows$/);

  await switchboard.discard();
});

test('an address of an admin page whose code cannot come offers to reload', async ({ browser }) => {
  const switchboard = await Switchboard.withAdmin();
  await switchboard.start();
  const page = await switchboard.signIn(browser);
  await page.route(CODE, (route) => route.abort());

  await page.goto('/admin/people');
  await expect(page.getByRole('alert')).toContainText('Something broke on this page');
  await page.unroute(CODE);
  await page.getByRole('link', { name: 'Reload' }).click();
  await alive(page);
  await expect(people(page)).toBeVisible();
  await expect(page.getByRole('alert')).toBeHidden();

  await switchboard.discard();
});

test('the teams of a colleague are chosen on a phone without leaving its screen', async ({ browser }) => {
  const switchboard = await Switchboard.withAdmin();
  await switchboard.start();
  const page = await switchboard.signIn(browser, undefined, { viewport: { width: 390, height: 844 } });
  await new Console(page).follows('/admin/people');

  for (const teams of await page.locator('.teams').all()) {
    await teams.locator('summary').click();
    const list = (await teams.locator('.teams__list').boundingBox())!;
    expect(list.x).toBeGreaterThanOrEqual(0);
    expect(list.x + list.width).toBeLessThanOrEqual(390);
    await teams.locator('summary').click();
  }

  await switchboard.discard();
});

test('a dialog whose code cannot come says so, and the console goes on', async ({ browser }) => {
  const switchboard = await Switchboard.withAdmin();
  await switchboard.start();
  const page = await switchboard.signIn(browser);
  await page.route(CODE, (route) => route.abort());
  const desk = new Console(page);
  await desk.follows('/live');

  await page.keyboard.press('Control+k');
  await expect(page.getByText('This could not be loaded')).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await desk.goesTo('Assigned');
  await page.unroute(CODE);
  await page.reload();
  await alive(page);
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();

  await switchboard.discard();
});
