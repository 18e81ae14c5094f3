// What the runs of each check have shown for the change, beside what was found against it. Pure.
import { type CheckProof, provedNamesMax } from '../../domain/work-order/proof.ts';
import type { CheckRuns } from './check-runs.ts';
import { keyOf } from './reported-tests.ts';

export function prove({ command, change, more }: CheckRuns): CheckProof {
  const without = new Map(more.new?.report?.tests.map((test) => [keyOf(test), test.result]));
  const red = (change.report?.tests ?? []).filter(
    (test) => test.result === 'passed' && without.get(keyOf(test)) === 'failed',
  );
  return {
    command,
    passed: change.report?.counts.passed ?? null,
    base: more.product?.passed ? 'green' : more.explained?.passed ? 'explained' : null,
    redWithout: red.slice(0, provedNamesMax).map(({ name }) => name),
    redWithoutTotal: red.length,
    isRedWithout: more.new?.passed === false,
    noticed: Object.entries(more).filter(
      ([name, run]) => name.startsWith('emptied-') && run?.passed === false,
    ).length,
  };
}
