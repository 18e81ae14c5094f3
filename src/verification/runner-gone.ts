// A runner that reported on the base, and in whose place the change only prints something (R-GREEN-3). Pure.
import type { Finding } from '../domain/work-order/finding.ts';
import type { JudgedCheck } from './judge-change.ts';
import type { Task } from './task.ts';

/** People are told, if the task names the runner. */
export function runnerGone(
  { kind, command, change, over, base }: Pick<JudgedCheck, 'kind' | 'command' | 'change' | 'over' | 'base'>,
  { task }: { task: Pick<Task, 'speaksOf'> },
): Finding[] {
  const before = [base?.report, over?.report].find((report) => report?.source === 'report');
  if (kind !== 'test' || !before || change.report?.source === 'report') return [];
  return [
    {
      weight: task.speaksOf([before.runner]) ? 'tells' : 'refuses',
      kind: 'test_lost',
      text: `\`${command}\` no longer runs ${before.runner}, which reported its tests on the base: what is printed now is no report. Run the tests with it.`,
      files: [],
      tests: [],
    },
  ];
}
