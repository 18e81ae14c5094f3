// A change that is green by what judges it goes back to the agent, with the reason and the names (R-GREEN-9).
import type { CheckResult } from '../../../domain/check.ts';
import { PermanentError } from '../../../domain/failure.ts';
import type { Finding } from '../../../domain/finding.ts';
import type { ApplyingResult, VerifyingResult } from '../../run/step-results.ts';
import type { StepEnd, Work } from '../../run/work.ts';

const outputCharsMax = 12_000;

/** Null if no finding refuses the change. */
export function refusedBy(
  { order }: Work,
  {
    applied,
    results,
    findings,
  }: { applied: ApplyingResult; results: CheckResult[]; findings: readonly Finding[] },
): StepEnd | null {
  const refusing = findings.filter(({ weight }) => weight === 'refuses');
  const [first, ...more] = refusing;
  if (!first) return null;
  const rest = more.length > 0 ? ` (and ${more.length} more)` : '';
  const summary = `The checks are green, and the change is not verified. ${first.text}${rest}`;
  const output = refusing
    .map(({ text }) => `- ${text}`)
    .join('\n')
    .slice(0, outputCharsMax);
  const failureClass = 'contract_violation';
  const result: VerifyingResult = {
    checks: results,
    isVerified: false,
    notVerifiedBecause: first.text,
    treeSha: applied.treeSha,
    findings: [...findings],
    feedback: { summary, output, failureClass, tried: applied.summary || null },
  };
  const failure = new PermanentError({
    code: 'CHECK_FAILED',
    component: 'pipeline',
    operation: 'verify',
    workOrderId: order.id,
    message: summary,
    advice: 'Read what was found: `moose show ID`. Retry with instructions: `moose retry ID --note "…"`.',
    failureClass,
    metadata: { findings: refusing.slice(0, 20) },
  });
  return { end: 'refine', result, failure };
}
