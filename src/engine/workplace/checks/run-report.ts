// What a check's run says of its tests, small enough for every process: the report itself, which may have a hundred
// thousand tests, stays in a file of the session, and only threads read it.
import type { TestReport } from '../../../verification/test-report.ts';

export interface RunReport extends Pick<TestReport, 'source' | 'counts' | 'fromCache' | 'isComplete'> {
  /** Where the whole report is. */
  path: string;
  /** The first tests that failed. */
  failed: Array<{ file: string | null; name: string }>;
}

const failedMax = 200;

export function summaryOf(
  { tests, source, counts, fromCache, isComplete }: TestReport,
  path: string,
): RunReport {
  const failed = tests.filter(({ result }) => result === 'failed').slice(0, failedMax);
  return {
    source,
    counts,
    fromCache,
    isComplete,
    path,
    failed: failed.map(({ file, name }) => ({ file, name })),
  };
}
