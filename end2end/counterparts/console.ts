// What an agent does at the console, in the words of the product.
import type { Page } from '@playwright/test';
import { expect } from '@playwright/test';
import { alive } from './switchboard.ts';

export type Section = 'Live' | 'Assigned' | 'Archived';

export class Console {
  constructor(readonly page: Page) {}

  async goesTo(section: Section): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: section }).click();
    await expect(this.page).toHaveURL(new RegExp(`/${section.toLowerCase()}`));
  }

  card(name: string) {
    return this.page.locator('.card', { hasText: name });
  }

  async opens(name: string): Promise<void> {
    await this.card(name).first().click();
    await expect(this.page.locator('.header__name', { hasText: name })).toBeVisible();
  }

  /** Opens a room by its address, as somebody who was given the link. */
  async follows(path: string): Promise<void> {
    await this.page.goto(path);
    await alive(this.page);
  }

  /** As an admin, on the page of teams. */
  async addsTeam(name: string): Promise<void> {
    await this.follows('/admin/teams');
    await this.page.getByLabel('Name of a new team').fill(name);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.rows__row', { hasText: name }).waitFor();
  }

  async sees(words: string | RegExp): Promise<void> {
    await expect(this.page.getByRole('log').getByText(words).first()).toBeVisible();
  }

  async entersChat(): Promise<void> {
    await this.page.getByRole('button', { name: /^Enter Chat/ }).click();
  }

  composer() {
    return this.page.locator('.composer__field');
  }

  async replies(words: string): Promise<void> {
    await this.composer().fill(words);
    await this.composer().press('Enter');
    await this.sees(words);
  }

  async notes(words: string): Promise<void> {
    await this.page.locator('.composer__mode', { hasText: 'Private note' }).click();
    await this.composer().fill(words);
    await this.composer().press('Enter');
    await this.sees(words);
  }

  async updatesStatus(status: 'Resolve' | 'Abandon' | 'Critical', comment: string): Promise<void> {
    await this.page.getByRole('button', { name: 'More' }).click();
    await this.page.getByRole('menuitem', { name: /Update status/ }).click();
    const dialog = this.page.getByRole('dialog');
    await dialog.locator('label', { hasText: status }).first().click();
    await dialog.getByRole('textbox').fill(comment);
    await dialog.getByRole('button', { name: new RegExp(`^(${status} chat|Mark critical)`) }).click();
    await expect(dialog).toBeHidden();
  }

  /** The words of every bubble, in the order of the screen. */
  async words(): Promise<string[]> {
    return this.page.locator('.bubble__words').allInnerTexts();
  }

  async expectCount(section: Section, count: number): Promise<void> {
    await expect(this.page.getByRole('navigation', { name: 'Sections' }).getByRole('link', { name: section })).toContainText(String(count));
  }
}
