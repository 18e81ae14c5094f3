// Whether the project's own checks verified a change, and if not, the reason in a sentence (R-PIPE-6, R-PROJ-6). Pure.

import { ranNoTest } from '../../../classifier/ran-no-test.ts';
import { type CheckResult, isVerification } from '../../../domain/work-order/check.ts';
import type { Finding } from '../../../domain/work-order/finding.ts';
import type { VerifyingResult } from '../../../domain/work-order/step-result.ts';
import type { RanCheck } from './run-check.ts';

/** Whether the check's result, passed or failed, says something about the change. */
export function saysSomething(check: CheckResult): boolean {
  return isVerification(check) && check.saysNothing === undefined;
}

/** Null if every check that says something about the change passed, and there was at least one. */
export function notVerifiedBecause(checks: readonly CheckResult[]): string | null {
  const saying = checks.filter(saysSomething);
  if (checks.length === 0) return 'no checks were found';
  const mute = checks.filter((check) => isVerification(check) && !saysSomething(check));
  if (saying.length === 0 && mute.length > 0)
    return mute.map(({ command, saysNothing }) => `\`${command}\` ${saysNothing}`).join(', ');
  if (saying.length === 0) return 'its only check is an install, which does not test the change';
  const red = saying.filter(({ passed }) => !passed).map(({ command }) => `\`${command}\``);
  if (red.length === 0) return null;
  return `${red.join(', ')} failed before the change and still ${red.length === 1 ? 'fails' : 'fail'}`;
}

export interface Verification {
  isVerified: boolean;
  notVerifiedBecause: string | null;
}

/** What refuses the change, although its checks are green. */
export function refusedFor({ findings = [] }: Pick<VerifyingResult, 'findings'>): Finding | undefined {
  return findings.find(({ weight }) => weight === 'refuses');
}

export function verificationOf(verified: VerifyingResult): Verification {
  const { checks, acceptedBy } = verified;
  const refused = refusedFor(verified)?.text.replace(/\.$/, '');
  const red = notVerifiedBecause(checks) ?? refused ?? null;
  const accepted =
    refused === undefined ? 'accepted it with failing checks' : `accepted it as it is: ${refused}`;
  const because = acceptedBy ? `${acceptedBy} ${accepted}` : red;
  return { isVerified: because === null, notVerifiedBecause: because };
}

/** Whether a test check that passed ran no test, so that it says nothing about the change (R-PROJ-6). Pure. */
export function ranNone({ check, report, result }: Pick<RanCheck, 'check' | 'report' | 'result'>): boolean {
  if (check.kind !== 'test') return false;
  const isEnded = report?.isComplete === true || report?.source === 'output';
  const isEmpty = isEnded && report.counts.passed + report.counts.failed === 0;
  return isEmpty || (report === null && ranNoTest(result.outputTail));
}

export const noTestRan = 'ran no test';
