// What follows a failed step: a retry, a pause, another agent, or a question to a person. Each is one transaction.

import type { Step } from '../../../domain/transitions.ts';
import { enqueueRun } from '../../../durable/enqueue-run.ts';
import { withJitter } from '../../../resilience/backoff.ts';
import { assertNever } from '../../../stdx/assert-never.ts';
import { sleep } from '../../../stdx/async/sleep.ts';
import type { Query } from '../../../store/database.ts';
import type { EffectKind } from '../../../store/schema/row-kinds.ts';
import { storableText, toJson } from '../../../store/storable.ts';
import { noteWake, refundStart } from '../../../store/work/runs/runs.ts';
import { changeWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { logDecision } from '../../errors/log-decision.ts';
import { toMooseError } from '../../errors/to-moose-error.ts';
import type { RecoveryResult } from '../../recovery/error-recovery-manager.ts';
import { orRefusedByLimit } from '../../run/budget/budget-exceeded.ts';
import { orAwaitsRelease } from '../../run/budget/release-awaited.ts';
import { undoEffects } from '../../run/effects/undo-effects.ts';
import { recoveryContext } from '../../run/recovery-context.ts';
import { recordOnce, retriesOf, withRetry } from '../../run/step-history.ts';
import { findResult } from '../../run/step-results.ts';
import { fenced, type RunDecision, type Work } from '../../run/work.ts';
import { hasBegun, startsOf } from '../../workplace/work-slots.ts';
import { fallBack, fallbackFor } from './fallback.ts';
import { pauseForOutage } from './pause-for-outage.ts';
import { type Returned, refineChange } from './refine-change.ts';

type Ended = Extract<RecoveryResult, { act: 'compensate' | 'escalate' }>;

/** A shorter wait happens in this process; a longer one is durable, and holds no slot or process. */
const waitHereMsMax = 2_000;

/** `returned` is the step's result, if the step returned its failure instead of throwing it. */
export async function failed<S extends Step>(
  work: Work,
  step: S,
  cause: unknown,
  returned?: Returned<S>,
): Promise<RunDecision> {
  const refused = await orRefusedByLimit(work, toMooseError(cause, step, step));
  const goesOn = step === 'applying' && (await fallbackFor(work, refused.code)) !== undefined;
  const failure = goesOn ? refused : await orAwaitsRelease(work, refused);
  const hasFallback = step === 'applying' && (await fallbackFor(work, failure.code)) !== undefined;
  const context = await recoveryContext(work, step, failure.code, { hasFallback });
  const result = work.recovery.handleError(failure, context);
  const { error, because } = result;
  // A push or a request whose answer was lost may have done its work.
  if (step === 'creating_pr') work.mayDiffer('far');
  work.logger.warn(
    { workOrderId: work.order.id, step, code: error.code, err: error, decision: result.act, because },
    error.message,
  );
  switch (result.act) {
    case 'retry':
      return retryLater(work, step, result);
    case 'pause':
      return pauseForOutage(work, step, result);
    case 'fall_back':
      return fallBack(work, step, result);
    case 'refine':
      return refineChange(work, step, result, returned);
    case 'compensate':
    case 'escalate':
      return giveUp(work, step, result);
    default:
      return assertNever(result);
  }
}

async function giveUp(work: Work, step: Step, { error, because, act }: Ended): Promise<RunDecision> {
  await fenced(work, (query) => recordOnce(query, work, step, error, act));
  const left = act === 'compensate' ? await compensate(work) : null;
  const why = left === null ? because : `${because}; ${left}`;
  return { end: 'review', failure: error, because: why, isExhausted: work.run.stepAttempt > 0 };
}

/** The reservation is not in this list: it is released with the accounts of the run. */
const compensated: readonly EffectKind[] = ['pull_request', 'push', 'session', 'worktree', 'branch'];

/**
 * Undoes what a run did before it had a change to keep (R-PIPE-9). Null if everything is undone; otherwise what is left, and
 * why. An effect that cannot be undone is recorded and stays.
 */
async function compensate(work: Work): Promise<string | null> {
  const routed = await findResult(work, 'routing');
  const applied = await findResult(work, 'applying');
  if (routed && applied && applied.headSha !== routed.baseSha) return 'the change that was made is kept';
  const [failure] = await undoEffects(work, compensated);
  return failure === undefined ? null : `not everything could be undone: ${failure.message}`;
}

async function retryLater(
  work: Work,
  step: Step,
  { error, because, delayMs: given, recoveries, retryBudget }: Extract<RecoveryResult, { act: 'retry' }>,
): Promise<RunDecision> {
  const { order, run, actor } = work;
  const delayMs = withJitter(given, work.random);
  const isDurable = delayMs > waitHereMsMax;
  const change = {
    stepAttempt: run.stepAttempt + 1,
    settings: toJson(withRetry(run, step, error)),
    waitingFor: storableText(error.message),
    // The process that takes up the next leg counts that start.
    ...(isDurable ? { leg: run.leg + 1 } : { starts: run.starts + startsOf(step) }),
  };
  const write = async (query: Query) => {
    await recordOnce(query, work, step, error, 'retry');
    await logDecision(query, {
      workOrderId: order.id,
      kind: 'retry',
      agentType: 'recovery',
      input: {
        step,
        code: error.code,
        category: error.category,
        retries: retriesOf(run, step, error.code),
      },
      output: { delayMs: Math.round(delayMs), because },
    });
    await changeWorkOrder(
      query,
      order.id,
      { status: 'in_progress' },
      {
        stepState: 'retrying',
        failureClass: error.failureClass,
        // In the last step, the recoveries used by earlier steps stay recorded.
        ...(step === 'tracking' ? {} : { recoveries: toJson(recoveries), retryBudget: toJson(retryBudget) }),
        recoveryAttempts: order.recoveryAttempts + 1,
        changedBy: actor,
        changedBecause: error.message,
      },
    );
    if (isDurable && hasBegun(step, error)) await refundStart(query, run.id);
    await (isDurable ? enqueueRun(query, run.id, delayMs) : noteWake(query, run.id, delayMs));
  };
  await fenced(work, write, change);
  if (isDurable) return 'stop';
  await sleep(delayMs, work.signal);
  return 'go on';
}
