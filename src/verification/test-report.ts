// What a test runner says of the tests that it ran, in one shape for all runners (R-GREEN-3). Pure.

/** `expected_failure`: it failed, and the runner was told that it would (`xfail`, `todo` with a failing body). */
export const testResults = ['passed', 'failed', 'skipped', 'todo', 'expected_failure'] as const;
export type TestResult = (typeof testResults)[number];

export interface ReportedTest {
  /** Relative to the root of the project, with forward slashes; null if the runner does not name files. */
  file: string | null;
  /** The titles from the outermost suite to the test, joined by ` > `; a case of a parametrised test ends with its case. */
  name: string;
  result: TestResult;
  /** In milliseconds; null if the runner does not say. */
  durationMs: number | null;
  /** Why it failed or was skipped, as the runner says it; at most 500 characters. */
  reason: string | null;
  /** How often it ran again before it passed; absent for the first time. */
  retries?: number;
}

export interface TestReport {
  /** For example `pytest`, `node:test`, `go test`; several, joined by `, `, if one command ran several. */
  runner: string;
  /** `output`: read from what the command printed, because the runner wrote no report. */
  source: 'report' | 'output';
  /** Empty if only numbers are known: then `counts` tells them. */
  tests: ReportedTest[];
  counts: Readonly<Record<TestResult, number>>;
  /** How many results (tests, packages or tasks, as the runner counts) came from a cache and did not run. */
  fromCache: number;
  /** False if the runner began and never reported its end: its process ended early. */
  isComplete: boolean;
}

export const noCounts: Readonly<Record<TestResult, number>> = {
  passed: 0,
  failed: 0,
  skipped: 0,
  todo: 0,
  expected_failure: 0,
};

export function countsOf(tests: readonly ReportedTest[]): Record<TestResult, number> {
  const counts = { ...noCounts };
  for (const { result } of tests) counts[result] += 1;
  return counts;
}
