// Whether a test check that passed ran no test, so that it says nothing about the change (R-PROJ-6). Pure.
import { ranNoTest } from '../../../classifier/ran-no-test.ts';
import type { RanCheck } from '../run-check.ts';

export function ranNone({ check, report, result }: Pick<RanCheck, 'check' | 'report' | 'result'>): boolean {
  if (check.kind !== 'test') return false;
  const isEnded = report?.isComplete === true || report?.source === 'output';
  const isEmpty = isEnded && report.counts.passed + report.counts.failed === 0;
  return isEmpty || (report === null && ranNoTest(result.outputTail));
}

export const noTestRan = 'ran no test';
