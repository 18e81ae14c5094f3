// The row of the recovery table that decided about a failure, and the recorded reason. Pure.
import type * as wire from '../../../contract/contract.ts';
import type { PostmortemFailure } from '../../../store/failures/postmortem-rows.ts';
import type { newestDecisionsOf } from '../../../store/work/work-orders/work-order-history.ts';
import { describePolicy } from '../../policy/describe-policy.ts';
import { decidingPolicy, type RecoveryPolicy } from '../../policy/recovery-policy.ts';

type Decision = Pick<
  Awaited<ReturnType<typeof newestDecisionsOf>>[number],
  'kind' | 'inputContext' | 'decisionOutput' | 'createdAt'
>;
type Decided = wire.Postmortem['failures'][number]['decided'];

/** A step's failure and its decision are written in one transaction; the rows of a call are only close in time. */
const nearMs = 10_000;

export function decidedOf(
  failure: PostmortemFailure,
  decisions: readonly Decision[],
  policies: readonly RecoveryPolicy[],
): Decided {
  const decision = decisions
    .filter((one) => isAbout(one, failure))
    .toSorted((a, b) => distance(a, failure) - distance(b, failure))[0];
  // What was recorded with the failure is what was done about it; a later decision may be about the last one of several.
  const decided = decision && actOf(decision);
  const kept = recorded(failure);
  const isMoreExact = kept === null || (kept === 'retry' && decided === 'pause');
  const act = (isMoreExact ? decided : kept) ?? 'none';
  const because = decided === act ? decision?.decisionOutput.because : undefined;
  return {
    act,
    because: typeof because === 'string' ? because : null,
    policy: policyOf(failure, policies),
  };
}

function recorded({ recoveryStrategy }: PostmortemFailure): string | null {
  return recoveryStrategy === 'none' ? null : recoveryStrategy;
}

function isAbout(decision: Decision, failure: PostmortemFailure): boolean {
  const { code, step } = decision.inputContext;
  return code === failure.errorType && step === failure.step && distance(decision, failure) <= nearMs;
}

function distance({ createdAt }: Decision, { timestamp }: PostmortemFailure): number {
  return Math.abs(createdAt.getTime() - timestamp.getTime());
}

function actOf({ kind, decisionOutput }: Decision): string | undefined {
  if (kind === 'escalation') return 'escalate';
  if (kind === 'refinement_cycle') return 'refine';
  if (kind !== 'retry') return undefined;
  if ('pausedMs' in decisionOutput) return 'pause';
  return 'agent' in decisionOutput ? 'fall_back' : 'retry';
}

function policyOf(
  { step, category, failureClass, errorType }: PostmortemFailure,
  policies: readonly RecoveryPolicy[],
): Decided['policy'] {
  if (step === null || step === 'awaiting_ci') return null;
  const failure = { category, failureClass, code: errorType, retryAfterMs: undefined };
  const row = decidingPolicy(policies, step, failure);
  const place = policies.indexOf(row);
  const { does, because } = describePolicy(row);
  return { row: place < 0 ? null : place + 1, does, because };
}
