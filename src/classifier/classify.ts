// Classifies a failed check: by the limit that Moose enforced, or by the output if the check ended by itself.
import type { CheckResult } from '../domain/work-order/check.ts';
import { classifyFailure } from './classify-failure.ts';
import type { Classification } from './failure-case.ts';
import { purposeOfCheck } from './purpose/purpose.ts';
import { timedOut } from './verdicts.ts';

export type { Classification } from './failure-case.ts';

export function classifyCheck(check: CheckResult): Classification {
  if (check.stoppedBecause === 'timeout' || check.stoppedBecause === 'silent') {
    return {
      ...timedOut,
      recoverability: 'recoverable',
      severity: 'low',
      context: {},
      rule: 'check.timed-out',
      confidence: 1,
    };
  }
  return classifyFailure({
    command: check.command,
    exitCode: check.exitCode,
    signal: check.signal,
    stdout: check.outputTail,
    component: 'verifier',
    purpose: purposeOfCheck(check.kind),
  });
}
