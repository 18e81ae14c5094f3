// Joins what several runners of one command reported, and cleans what hostile code may have written into it. Pure.

import { stripVTControlCharacters } from 'node:util';
import { countsOf, noCounts, type ReportedTest, type TestReport, testResults } from '../test-report.ts';

/** One run of one runner. */
export interface ReportedRun {
  runner: string;
  tests: ReportedTest[];
  /** Only if there are numbers without names. */
  counts?: Partial<TestReport['counts']>;
  fromCache?: number;
  isComplete: boolean;
}

export const testsMax = 200_000;
const textCharsMax = 500;
const titlesMax = 50;

/** Null if there is no run. */
export function joinRuns(runs: readonly ReportedRun[], source: TestReport['source']): TestReport | null {
  if (runs.length === 0) return null;
  const tests: ReportedTest[] = [];
  const counts = { ...noCounts };
  for (const run of runs) {
    for (const test of run.tests) if (tests.length < testsMax) tests.push(test);
    for (const result of testResults) counts[result] += run.counts?.[result] ?? 0;
  }
  const named = countsOf(tests);
  for (const result of testResults) counts[result] += named[result];
  return {
    runner: [...new Set(runs.map(({ runner }) => runner))].join(', '),
    source,
    tests,
    counts,
    fromCache: runs.reduce((sum, run) => sum + (run.fromCache ?? 0), 0),
    isComplete: runs.every(({ isComplete }) => isComplete),
  };
}

/** One line without control characters; null if nothing is left. */
export function cleanText(value: unknown, charsMax = textCharsMax): string | null {
  if (typeof value !== 'string') return null;
  const cut = stripVTControlCharacters(value.slice(0, 4 * charsMax));
  // Also what changes the direction of text, or half of a pair.
  const clean = cut
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .replace(/[\p{Cf}\p{Cs}]/gu, '')
    .trim();
  return clean === '' ? null : clean.slice(0, charsMax).replace(/[\ud800-\udbff]$/, '');
}

/** The titles of a test as one name; the file's own failure has none. */
export function nameOf(titles: readonly unknown[]): string {
  return titles
    .slice(0, titlesMax)
    .map((title) => cleanText(title))
    .filter((title) => title !== null)
    .join(' > ');
}

/** In milliseconds; null for what is no time. */
export function durationOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : null;
}

/** Relative to the root of the project; null if it is outside. `roots`: the root's path, and where links lead from it. */
export function fileOf(value: unknown, roots: readonly string[]): string | null {
  const text = cleanText(value, 1000);
  if (text === null) return null;
  const path = withoutScheme(text).replaceAll('\\', '/');
  const root = roots.find((each) => path.startsWith(`${each}/`));
  const inside = root === undefined ? path : path.slice(root.length + 1);
  const isOutside = inside.startsWith('/') || /^[A-Za-z]:\//.test(inside) || inside.split('/').includes('..');
  return isOutside ? null : inside.replace(/^(?:\.\/)+/, '');
}

function withoutScheme(text: string): string {
  if (!text.startsWith('file://')) return text;
  try {
    return decodeURIComponent(new URL(text).pathname);
  } catch {
    return text;
  }
}
