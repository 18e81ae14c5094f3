// Tests that cannot be compared by name, because their runner names none (R-GREEN-3). Pure.
import type { Finding } from '../domain/work-order/finding.ts';
import type { JudgedCheck } from './judge-change.ts';

/** Only where names would be compared: the change alters or adds tests, and those of the base pass. */
export function unnamedTests(checks: readonly JudgedCheck[]): Finding[] {
  return checks.flatMap(({ kind, command, change: { report }, over, newOnBase }) => {
    const hasOthers = over !== undefined || newOnBase !== undefined;
    const isCompared = kind === 'test' && hasOthers && over?.passed !== false;
    if (!isCompared || (report?.tests.length ?? 0) > 0) return [];
    return [
      {
        weight: 'tells',
        kind: 'no_report',
        text: `The runner of \`${command}\` names no test, so it is not known which tests of the base still run.`,
        files: [],
        tests: [],
      },
    ];
  });
}
