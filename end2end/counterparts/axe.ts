// What axe says of a page as it stands.
import AxeBuilder from '@axe-core/playwright';
import { type Page, expect } from '@playwright/test';

/** axe finds nothing wrong, light and dark, on the page or in the part of it that `within` selects. */
export async function axeFindsNothing(page: Page, within?: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    // A colour that still fades is looked at again; one that is wrong stays wrong.
    await expect(async () => {
      const axe = new AxeBuilder({ page });
      const found = await (within ? axe.include(within) : axe).analyze();
      expect(found.violations.map((violation) => `${violation.id} ${violation.nodes.map((node) => node.target)}`)).toEqual([]);
    }).toPass({ timeout: 15_000 });
  }
}
