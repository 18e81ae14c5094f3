// A change that is green by what judges it goes back to the agent, with the reason and the names (R-GREEN-9).

import type { CheckResult } from '../../../../domain/work-order/check.ts';
import type { Finding } from '../../../../domain/work-order/finding.ts';
import type { ApplyingResult, VerifyingResult } from '../../../../domain/work-order/step-result.ts';
import type { VerifyLevel } from '../../../../domain/work-order/verify-level.ts';
import type { StepEnd, Work } from '../../../run/work.ts';
import { judgeFailures } from '../../../workplace/judge/failure-catalogue.ts';

const outputCharsMax = 12_000;
const findingsKeptMax = 20;

/** Null if no finding refuses the change. */
export function refusedBy(
  { order }: Work,
  {
    applied,
    results,
    findings,
    level,
  }: {
    applied: ApplyingResult;
    results: CheckResult[];
    findings: readonly Finding[];
    level: VerifyLevel;
  },
): StepEnd<'verifying'> | null {
  const refusing = findings.filter(({ weight }) => weight === 'refuses');
  const [first, ...more] = refusing;
  if (!first) return null;
  const rest = more.length > 0 ? ` (and ${more.length} more)` : '';
  const because = `${first.text}${rest}`;
  const output = refusing
    .map(({ text }) => `- ${text}`)
    .join('\n')
    .slice(0, outputCharsMax);
  const checks = results.length > 0 ? 'although its checks are green' : 'and no check has run';
  const failureClass = 'contract_violation';
  const result: VerifyingResult = {
    checks: results,
    isVerified: false,
    notVerifiedBecause: first.text,
    treeSha: applied.treeSha,
    level,
    findings: [...findings],
    feedback: {
      summary: `The change is not verified, ${checks}. ${because}`,
      output,
      failureClass,
      tried: applied.summary || null,
    },
  };
  const failure = judgeFailures.CHECK_FAILED_JUDGED(
    {
      operation: 'verify',
      workOrderId: order.id,
      // The output is what a question shows to a person.
      metadata: { findings: refusing.slice(0, findingsKeptMax), outputTail: output },
    },
    { checks, because },
  );
  return { end: 'refine', result, failure };
}
