// What the readers of printed output share. Pure.

import { countsOf, noCounts, type ReportedTest, type TestResult, testResults } from '../../test-report.ts';
import { cleanText, durationOf, nameOf, type ReportedRun } from '../build-report.ts';

export type Counts = Partial<Record<TestResult, number>>;

export function printedTest(
  titles: readonly string[],
  result: TestResult,
  told: { file?: string | null; durationMs?: number | undefined; reason?: string | undefined } = {},
): ReportedTest {
  return {
    file: told.file ?? null,
    name: nameOf(titles),
    result,
    durationMs: durationOf(told.durationMs),
    reason: cleanText(told.reason),
  };
}

/**
 * The names, if the summary agrees with them, and the numbers that have no name. Without a summary the run has not come to
 * its end.
 */
export function printedRun(
  runner: string,
  tests: ReportedTest[],
  summary: Counts | null,
  isComplete = summary !== null,
): ReportedRun {
  if (summary === null) return { runner, tests, isComplete };
  const named = countsOf(tests);
  const areNamesRight = testResults.every((result) => named[result] <= (summary[result] ?? 0));
  if (!areNamesRight) return { runner, tests: [], counts: summary, isComplete };
  const counts = { ...noCounts };
  for (const result of testResults) counts[result] = (summary[result] ?? 0) - named[result];
  return { runner, tests, counts, isComplete };
}

export function sumOf(all: readonly Counts[]): Counts {
  const sum = { ...noCounts };
  for (const counts of all) for (const result of testResults) sum[result] += counts[result] ?? 0;
  return sum;
}

/** The number in the first group; 0 if the pattern does not match. */
export function numberIn(text: string, pattern: RegExp): number {
  const found = Number(pattern.exec(text)?.[1] ?? 0);
  return Number.isSafeInteger(found) ? found : 0;
}
