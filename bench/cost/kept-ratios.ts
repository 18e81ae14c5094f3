// Compares ratios with those of an earlier run on an idle machine. A ratio within one run depends little on the machine.
import { readFile } from 'node:fs/promises';
import type { Figures } from '../measuring/bench.ts';

const warnFrom = 1.2;
const file = new URL('kept-ratios.json', import.meta.url);

/** A warning for each ratio that is much worse than the kept one. A part that did not run has none. */
export async function compareWithKept(figures: Figures): Promise<string[]> {
  const kept: Record<string, number> = JSON.parse(await readFile(file, 'utf8'));
  return Object.entries(kept).flatMap(([path, was]) => {
    const is = figureAt(figures, path.split('.'));
    if (is === null || is < was * warnFrom) return [];
    return [
      `Warning: ${path} is ${is}, and ${was} in bench/cost/kept-ratios.json: ${Math.round((is / was - 1) * 100)} % worse.`,
    ];
  });
}

function figureAt(figures: Figures, [name = '', ...rest]: string[]): number | null {
  const value = figures[name];
  if (typeof value === 'number') return value;
  return typeof value === 'object' && value !== null ? figureAt(value, rest) : null;
}
