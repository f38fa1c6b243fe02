// A shop on an address of its own that shows the web chat, and the customer who uses it.
import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, FrameLocator, Page } from '@playwright/test';
import { expect } from '@playwright/test';
import { watchForCrashes } from './switchboard.ts';

export class Shop {
  private constructor(private readonly server: Server, readonly url: string) {}

  /** Opens a shop with one page, whose script names `channel` of the Switchboard at `switchboard`. */
  static async open(switchboard: string, channel: string): Promise<Shop> {
    const page = `<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Acme shop</title>
      <main><h1>Acme shop</h1><p>Jackets that last.</p></main>
      <script async src="${switchboard}/widget.js" data-channel="${channel}"></script></html>`;
    const server = createServer((_, answer) => answer.setHeader('content-type', 'text/html').end(page));
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    return new Shop(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** Somebody in the shop with the chat open. */
export class Visitor {
  private constructor(readonly page: Page, readonly chat: FrameLocator) {}

  static async arrive(browser: Browser, shop: Shop, options = {}): Promise<Visitor> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    watchForCrashes(page);
    await page.goto(shop.url);
    await page.getByRole('button', { name: /chat/i }).click();
    const chat = page.frameLocator('iframe');
    await chat.getByLabel('Your message').waitFor();
    return new Visitor(page, chat);
  }

  async writes(words: string): Promise<void> {
    await this.chat.getByLabel('Your message').fill(words);
    await this.chat.getByLabel('Your message').press('Enter');
  }

  async picks(title: string): Promise<void> {
    await this.chat.getByRole('button', { name: title }).click();
  }

  async sees(words: string | RegExp): Promise<void> {
    await expect(this.chat.getByRole('log').getByText(words).first()).toBeVisible();
  }

  /** The words of the transcript's bubbles, in order. */
  async transcript(): Promise<string[]> {
    return this.chat.getByRole('log').locator('[data-kind="text"], .message__words, .bubble').allInnerTexts();
  }
}
