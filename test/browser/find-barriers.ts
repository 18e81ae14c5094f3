// What keeps people out who see, hear or move otherwise, as axe finds it (WCAG 2.2 A and AA).

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const told = new Set(['serious', 'critical']);

interface Violation {
  id: string;
  impact: string | null;
  help: string;
  nodes: Array<{ html: string; failureSummary?: string }>;
}

/** Depend on nothing but the theme. */
export const rulesOfColour = ['color-contrast', 'link-in-text-block'];

/** A sentence for each serious one. @param rules all of the standards, where none are named. */
export async function findBarriers(page: Page, rules?: readonly string[]): Promise<string[]> {
  // The page's own policy forbids scripts of others: this one comes by the debugger.
  await page.evaluate(axeSource);
  const runOnly = rules ? { type: 'rule', values: rules } : { type: 'tag', values: standards };
  const options = JSON.stringify({ runOnly });
  const found = await page.evaluate<Violation[]>(
    `axe.run(document, ${options}).then(({ violations }) => violations)`,
  );
  return found
    .filter(({ impact }) => impact !== null && told.has(impact))
    .map(
      ({ id, help, nodes }) =>
        `${id}: ${help}: ${nodes[0]?.html.slice(0, 200)} ${nodes[0]?.failureSummary ?? ''} (${nodes.length})`,
    );
}
