// A Switchboard of its own for each spec: the real program on an empty data folder.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, Page } from '@playwright/test';
import { expect } from '@playwright/test';

const root = resolve(import.meta.dirname, '../..');
const program = process.env.SWITCHBOARD_BIN ?? join(root, 'target/debug/switchboard');
const site = process.env.SWITCHBOARD_SITE ?? join(root, 'target/site');

const ROLES = { agent: 'Agent', team_manager: 'Team manager', admin: 'Admin' };

export const PASSWORD = 'a long enough password';

/** A port nobody listens on. */
export async function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => found(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

/** What runs now; none of it outlives the specs, also not after a failure. */
const running = new Set<ChildProcess>();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

export class Switchboard {
  readonly url: string;
  private child: ChildProcess | undefined;
  private output = '';
  private password = PASSWORD;
  private browser: Browser | undefined;

  private constructor(readonly port: number, private readonly data: string) {
    this.url = `http://localhost:${port}`;
  }

  /** An empty one that has not been started. */
  static async prepare(): Promise<Switchboard> {
    return new Switchboard(await freePort(), mkdtempSync(join(tmpdir(), 'switchboard-')));
  }

  /** One with an admin, Priya. */
  static async withAdmin(): Promise<Switchboard> {
    const switchboard = await Switchboard.prepare();
    switchboard.command(['setup', '--name', 'Priya Raman', '--email', 'priya@acme.example'], `${PASSWORD}\n`);
    return switchboard;
  }

  /** The demo, filled and started: its people and rooms, and the simulator that plays the customers. */
  static async demo(): Promise<Switchboard> {
    const switchboard = await Switchboard.prepare();
    switchboard.password = 'switchboard demo';
    await switchboard.start('demo');
    return switchboard;
  }

  /** Runs one of the program's commands on the same data, while the server is down. */
  command(words: string[], input = ''): string {
    const done = spawnSync(program, words, { env: this.environment(), input, encoding: 'utf8' });
    expect(done.status, `switchboard ${words.join(' ')}: ${done.stderr}`).toBe(0);
    return done.stdout.trim();
  }

  async start(command = 'serve'): Promise<void> {
    const child = spawn(program, [command], { env: this.environment(), stdio: ['ignore', 'pipe', 'pipe'] });
    this.child = child;
    running.add(child);
    child.once('exit', () => running.delete(child));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (words) => { this.output = (this.output + words).slice(-20_000); });
    }
    await expect.poll(async () => {
      expect(child.exitCode, this.output).toBeNull();
      return fetch(`${this.url}/livez`).then((answer) => answer.status, () => 0);
    }, { timeout: 60_000, intervals: [50] }).toBe(200);
  }

  /** SIGKILL: nothing is said goodbye to. */
  async kill(): Promise<void> {
    const child = this.child;
    this.child = undefined;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill('SIGKILL');
    await gone;
  }

  /** Ends it with all pages in the browser it was looked at with: left open, they would call for it as long as specs run. */
  async discard(): Promise<void> {
    await Promise.all(this.browser?.contexts().map((context) => context.close()) ?? []);
    await this.kill();
    rmSync(this.data, { recursive: true, force: true });
  }

  /** A browser of its own, signed in, with the page alive. Any crash or hydration complaint fails the spec. */
  async signIn(browser: Browser, email = 'priya@acme.example', options = {}, password = this.password): Promise<Page> {
    this.browser = browser;
    const context = await browser.newContext({ baseURL: this.url, ...options });
    const page = await context.newPage();
    watchForCrashes(page);
    await page.goto('/sign-in');
    await alive(page);
    await page.getByLabel('E-mail').fill(email);
    await page.getByLabel('Password').fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(/\/(live|assigned|archived)/);
    await alive(page);
    return page;
  }

  /** Invites somebody into a team through the console's own door, and has them join. */
  async invite(page: Page, email: string, name: string, role: 'agent' | 'team_manager' | 'admin', team = 'Support'): Promise<void> {
    await page.goto('/admin/people');
    await alive(page);
    await page.locator('.invite__email input').fill(email);
    await page.getByLabel('Role', { exact: true }).selectOption({ label: ROLES[role] });
    await page.locator('.invite summary').click();
    // The form may begin with another.
    for (const box of await page.locator('.invite .teams__team').filter({ hasNotText: team }).getByRole('checkbox').all()) await box.uncheck();
    await page.locator('.invite .teams__team', { hasText: team }).getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Invite' }).click();
    const link = await page.locator('.secret__text').innerText();
    const guest = await page.context().browser()!.newContext();
    const joining = await guest.newPage();
    await joining.goto(link);
    await alive(joining);
    await joining.getByLabel('Your name').fill(name);
    await joining.getByLabel('Password').fill(PASSWORD);
    await joining.getByRole('button', { name: /join/i }).click();
    await joining.waitForURL(/\/(live|assigned|archived)/);
    await guest.close();
  }

  private environment(): NodeJS.ProcessEnv {
    const { DATABASE_URL, ...inherited } = process.env;
    return {
      ...inherited,
      RUST_BACKTRACE: '0',
      SWITCHBOARD_DATA: this.data,
      SWITCHBOARD_ADDR: `127.0.0.1:${this.port}`,
      SWITCHBOARD_PUBLIC_URL: this.url,
      SWITCHBOARD_SITE: site,
    };
  }
}

/** Waits until the page's own code runs; a click before that is lost. */
export async function alive(page: Page): Promise<void> {
  await page.locator('body[data-hydrated]').waitFor();
}

/** Fails the spec when the page's code breaks. */
export function watchForCrashes(page: Page): void {
  page.on('pageerror', (error) => { throw new Error(`the page broke: ${error.message}`); });
  page.on('console', (message) => {
    if (/panicked|hydration/i.test(message.text())) throw new Error(`the page complained: ${message.text()}`);
  });
}
