// Reads the lines of JSON that `support/report.cjs` and `support/report-python.py` write. Pure; never throws.

import { type ReportedTest, testResults } from '../test-report.ts';
import { cleanText, durationOf, fileOf, nameOf, type ReportedRun, testsMax } from './build-report.ts';

/** Null if it is no report, or one of a runner that could not be watched. */
export function readLines(text: string, roots: readonly string[]): ReportedRun | null {
  let run: ReportedRun | null = null;
  for (const line of linesOf(text)) {
    const told = objectOf(line);
    if (told === null) continue;
    if (told.event === 'lost') return null;
    if (told.event === 'start') {
      run ??= { runner: cleanText(told.runner, 50) ?? 'unknown', tests: [], isComplete: false };
    } else if (run !== null && told.event === 'test' && run.tests.length < testsMax) {
      const test = testOf(told, roots);
      if (test !== null) run.tests.push(test);
    } else if (run !== null && told.event === 'end') run.isComplete = true;
  }
  return run;
}

/** Without a copy of all lines at the same time. */
function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    if (end === -1) return;
    yield text.slice(start, end);
    start = end + 1;
  }
}

function objectOf(line: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function testOf(told: Record<string, unknown>, roots: readonly string[]): ReportedTest | null {
  const result = testResults.find((each) => each === told.result);
  if (result === undefined || !Array.isArray(told.name)) return null;
  const file = fileOf(told.file, roots);
  // node:test names what it knows only as a file by its path.
  const path = told.name.length === 1 ? fileOf(told.name[0], roots) : null;
  const isWholeFile = path !== null && file !== null && (path === file || file.endsWith(`/${path}`));
  const test: ReportedTest = {
    file,
    name: isWholeFile ? '' : nameOf(told.name),
    result,
    durationMs: durationOf(told.durationMs),
    reason: cleanText(told.reason),
  };
  if (typeof told.retries === 'number' && Number.isInteger(told.retries) && told.retries > 0) {
    test.retries = told.retries;
  }
  return test;
}
