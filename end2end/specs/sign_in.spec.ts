// An admin signs in with X: leaves for X's page, and comes back to the channel in Admin, or to why there is none.
import { expect, test } from '@playwright/test';
import { alive, Switchboard } from '../counterparts/switchboard.ts';

const SECRET = 'demo-app-secret-known-to-the-simulator';

test('whoever signs in with X comes back to a channel that works, and whoever does not is told why', async ({ browser }) => {
  const switchboard = await Switchboard.prepare();
  await switchboard.start('demo');
  const page = await switchboard.signIn(browser, 'priya@acme.example', {}, 'switchboard demo');
  await page.goto('/admin/channels');
  await alive(page);

  const signsIn = async (answer: string) => {
    await page.getByRole('button', { name: 'Connect a channel' }).click();
    await page.locator('.setup__kind', { hasText: 'Direct messages to your X account' }).click();
    const form = page.locator('form.setup');
    await form.getByLabel(/^Name/).fill('Second on X');
    await form.getByLabel(/^API key secret/).fill(SECRET);
    // Whoever signs in needs it; the browser asks for it at its field.
    await form.getByRole('button', { name: 'Sign in with X' }).click();
    await expect(form.getByLabel(/^Client ID/)).toBeFocused();
    await expect(form.locator('.field__label', { hasText: 'Client ID' })).toHaveText('Client ID');
    await form.getByLabel(/^Client ID/).fill('demo-client');
    await form.getByLabel(/^Client secret/).fill(SECRET);
    await form.getByText('Advanced', { exact: true }).click();
    await form.getByLabel(/^API address/).fill(`${switchboard.url}/simulator/x`);
    await form.getByLabel(/^Sign-in address/).fill(`${switchboard.url}/simulator/x/i/oauth2/authorize`);
    await expect(form.getByLabel(/^Access token/)).toHaveCount(0);
    await form.getByRole('button', { name: 'Sign in with X' }).click();
    await page.getByRole('link', { name: answer }).click();
    await alive(page);
  };

  await signsIn('Cancel');
  await expect(page.getByRole('alert').filter({ hasText: 'You did not let the app in' })).toBeVisible();
  await expect(page).toHaveURL(`${switchboard.url}/admin/channels`);
  // What was typed is still there; only secrets have to be pasted again.
  await page.getByRole('button', { name: 'Try again' }).click();
  const again = page.locator('form.setup');
  await expect(again.getByLabel(/^Name/)).toHaveValue('Second on X');
  await expect(again.getByLabel(/^Client ID/)).toHaveValue('demo-client');
  await expect(again.getByLabel(/^API key secret/)).toHaveValue('');
  await again.getByRole('button', { name: 'Cancel' }).click();
  const row = page.locator('.rows__row', { hasText: 'Second on X' });
  await expect(row).toHaveCount(0);

  await signsIn('Authorize app');
  const connected = page.getByRole('region', { name: 'The channel is connected' });
  await expect(connected).toContainText('Connected as @acme');
  await connected.getByRole('button', { name: 'Done' }).click();

  // Once more for the channel that is there: no second one comes of it.
  await row.getByRole('button', { name: 'Settings' }).click();
  await row.getByLabel(/^Client ID/).fill('');
  await row.getByLabel(/^Name/).fill('Second on X, renamed');
  await row.getByRole('button', { name: 'Sign in with X' }).click();
  await expect(row.getByRole('alert').filter({ hasText: 'Client ID is missing' })).toBeVisible();
  await row.getByLabel(/^Client ID/).fill('demo-client');
  await row.getByRole('button', { name: 'Sign in with X' }).click();
  await page.getByRole('link', { name: 'Authorize app' }).click();
  await alive(page);
  await expect(connected).toContainText('Second on X, renamed is here');
  await expect(connected).toContainText('Connected as @acme');
  await expect(row).toHaveCount(1);
  await expect(page.locator('#crash-banner')).toBeHidden();
  await switchboard.discard();
});
