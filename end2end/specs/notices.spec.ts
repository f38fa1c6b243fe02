// axe finds nothing in what comes and goes over the console, in what stands under a chat one cannot write in, and where there
// is nothing to see.
import type { Page } from '@playwright/test';
import { expect, test } from '@playwright/test';
import { axeFindsNothing } from '../counterparts/axe.ts';
import { Console } from '../counterparts/console.ts';
import { withWhatsApp } from '../counterparts/desk.ts';

const SIZES = [{ width: 1440, height: 900 }, { width: 390, height: 844 }];

async function chooses(page: Page, action: string | RegExp): Promise<void> {
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

async function isAway(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'You' }).click();
  await page.getByRole('menuitemradio', { name: 'Away' }).click();
}

for (const viewport of SIZES) {
  test(`axe finds nothing under chats one cannot write in at ${viewport.width}x${viewport.height}`, async ({ browser }) => {
    test.setTimeout(150_000);
    const { meta, switchboard, discard } = await withWhatsApp('bot');
    const page = await switchboard.signIn(browser, undefined, { viewport });
    const desk = new Console(page);
    await switchboard.invite(page, 'maria@acme.example', 'Maria Souza', 'agent');
    await desk.follows('/admin/rules');
    await page.getByRole('switch', { name: /Agents see the assigned chats of their whole team/ }).check();
    await page.getByRole('button', { name: 'Save rules' }).click();
    await page.getByText('Saved. Every open console follows.').waitFor();
    const maria = await switchboard.signIn(browser, 'maria@acme.example', { viewport });
    await new Console(maria).follows('/live');
    // What is in the queue stays there.
    for (const one of [page, maria]) await isAway(one);
    await meta.writes('5511900000001', 'Ana Lima', 'Where is my parcel?');
    const bar = (words: string | RegExp) => page.locator('.bar', { hasText: words });

    await desk.follows('/live');
    await desk.opens('Ana Lima');
    await bar('The bot is answering').getByRole('button', { name: /^Enter Chat/ }).waitFor();
    await axeFindsNothing(page);
    await desk.entersChat();
    await page.locator('.composer__mode', { hasText: 'Reply' }).waitFor();
    const room = new URL(page.url()).pathname;

    // An agent of the team, who may ask for it.
    const agent = new Console(maria);
    await agent.follows(room);
    await expect(maria.locator('.bar').getByRole('button', { name: 'Ask to take over' })).toBeVisible();
    await axeFindsNothing(maria);
    await maria.locator('.bar').getByRole('button', { name: 'Private note' }).click();
    await expect(maria.locator('.composer__field')).toBeFocused();
    await axeFindsNothing(maria);

    await chooses(page, 'Return to queue');
    await expect(bar(/Waiting in the queue/)).toBeVisible();
    await axeFindsNothing(page);
    await agent.follows(room.replace('/assigned', '/live'));
    await agent.entersChat();
    await maria.locator('.composer__mode', { hasText: 'Reply' }).waitFor();
    await desk.follows(room);
    await bar(/Maria Souza holds this chat/).getByRole('button', { name: 'Take over' }).waitFor();
    await axeFindsNothing(page);
    await chooses(page, 'Block customer…');
    await page.getByRole('dialog').getByRole('button', { name: 'Block' }).click();
    await bar('You blocked this customer').waitFor();
    await axeFindsNothing(page);
    await bar('You blocked this customer').getByRole('button', { name: 'Unblock' }).click();
    await desk.updatesStatus('Resolve', 'She has it');
    await bar(/Resolved/).getByRole('button', { name: 'Reopen' }).waitFor();
    await axeFindsNothing(page);
    await discard();
  });

  test(`axe finds nothing in toasts and banners, and where there is nothing, at ${viewport.width}x${viewport.height}`, async ({ browser }) => {
    test.setTimeout(150_000);
    const { meta, switchboard, discard } = await withWhatsApp('people');
    const page = await switchboard.signIn(browser, undefined, { viewport });
    const desk = new Console(page);
    await slowly(page);
    await switchboard.invite(page, 'tom@acme.example', 'Tom Becker', 'admin');
    const tom = new Console(await switchboard.signIn(browser, 'tom@acme.example'));
    await isAway(tom.page);
    await desk.follows('/assigned');
    await meta.writes('5511900000001', 'Ana Lima', 'Where is my parcel?');
    await desk.opens('Ana Lima');
    await desk.updatesStatus('Resolve', 'She has it');
    await page.locator('.notice').getByRole('button', { name: 'Undo' }).waitFor();
    await page.keyboard.press('Escape');
    const undo = page.locator('.toast', { hasText: 'Ana Lima: Chat resolved.' });
    await undo.getByRole('button', { name: 'Undo' }).waitFor();
    await axeFindsNothing(page);
    await expect(undo).toBeVisible();

    // A long one, with a way to what it tells of.
    await meta.writes('5511900000002', 'Bea Costa', 'And mine?');
    await desk.follows('/archived');
    await tom.follows('/assigned');
    await tom.opens('Bea Costa');
    await tom.page.locator('.bar').getByRole('button', { name: 'Take over' }).click();
    await expect(tom.composer()).toBeFocused();
    await chooses(tom.page, /^Assign…/);
    await tom.page.getByRole('dialog').locator('.assign__person', { hasText: 'Priya Raman' }).click();
    await tom.page.getByRole('dialog').getByLabel('Note for them').fill('She asked for you, and for nobody else, in so many words');
    await tom.page.getByRole('dialog').getByRole('button', { name: 'Assign chat' }).click();
    const given = page.locator('.toast', { hasText: 'gave you the chat' });
    await given.getByRole('button', { name: 'Show' }).waitFor();
    await axeFindsNothing(page);
    await expect(given).toBeVisible();

    await desk.follows('/assigned/0193a000-0000-7000-8000-000000000000');
    await page.getByText('You have no access to this room').waitFor();
    await axeFindsNothing(page);
    await desk.follows('/no-such-page');
    await page.getByText('There is nothing here').waitFor();
    await axeFindsNothing(page);

    await desk.follows('/live');
    await switchboard.kill();
    await page.locator('.banner', { hasText: 'Reconnecting…' }).waitFor();
    await axeFindsNothing(page);
    await page.evaluate(() => { document.documentElement.dataset.build = 'of yesterday'; });
    await switchboard.start();
    await page.locator('.banner', { hasText: 'Switchboard was updated.' }).waitFor();
    await axeFindsNothing(page);
    await discard();
  });
}

/** Looking takes its time: on this page what goes by itself after some seconds stays for minutes. */
async function slowly(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const wait = window.setTimeout.bind(window);
    const slow = (run: TimerHandler, after = 0, ...rest: unknown[]) => wait(run, after >= 6_000 ? after * 20 : after, ...rest);
    window.setTimeout = slow as typeof window.setTimeout;
  });
}
