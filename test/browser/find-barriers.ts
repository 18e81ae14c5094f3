// Accessibility problems that axe finds (WCAG 2.2 A and AA).

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

/** Rules that depend only on the theme. */
export const rulesOfColour = ['color-contrast', 'link-in-text-block'];

/** One sentence per serious problem. @param rules defaults to all rules of the standards. */
export async function findBarriers(page: Page, rules?: readonly string[]): Promise<string[]> {
  // The content security policy forbids foreign scripts, so this one is injected by the debugger, once for each page.
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(axeSource);
  const runOnly = rules ? { type: 'rule', values: rules } : { type: 'tag', values: standards };
  // What passes is not described, which takes longer than finding it.
  const options = JSON.stringify({ runOnly, resultTypes: ['violations'] });
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
