// Ends an unsuccessful run: releases its reservation, keeps its work, and asks a person.

import type { MooseError } from '../../domain/failure.ts';
import { markUnrecovered } from '../../store/failures/error-events.ts';
import { toJson } from '../../store/storable.ts';
import { effectsOf } from '../../store/work/effects.ts';
import { markWasted, updateRun } from '../../store/work/runs.ts';
import { changeWorkOrder, workOrderById } from '../../store/work/work-orders.ts';
import { answerAtOnce } from '../answers/answer-at-once.ts';
import { decideIfDue, notKept } from '../commands/decide-candidates.ts';
import { cancelledTogether, decideJointIfDue } from '../commands/decide-joint.ts';
import { ofTheMachine, undoEffects } from '../effects/undo-effects.ts';
import { faultOf } from '../questions/option-facts.ts';
import { withdraw } from '../questions/resolve-question.ts';
import { askOnce, sharedCauseOf } from '../questions/shared-cause.ts';
import { leaveOutages } from '../recovery/outage.ts';
import { fenced, type Work } from '../run/work.ts';
import { stuckKey } from '../watch/stuck-work-job.ts';
import { cancelledOutcome, lostOutcome } from './candidate-outcome.ts';
import { settleFailed } from './candidate-wait.ts';
import { closeAccounts } from './close-accounts.ts';
import { pipelineFailures } from './failure-catalogue.ts';
import { isCancelledTogether } from './joint-cancelled.ts';
import { questionOf } from './question-of.ts';
import { spentWithoutProgress } from './spent-without-progress.ts';
import { askToUndo } from './undo-run.ts';

/**
 * R-PIPE-9: if nothing was created yet, everything is undone immediately and the work order fails; later,
 * branch, patch and logs are kept, and it needs review. In both cases a person is asked. A work order that has spent its
 * limits without progress is parked, whatever failed last (R-PIPE-12). `isExhausted`: everything that the policy allows was
 * tried and did not help (R-PIPE-2).
 */
export async function endInReview(
  work: Work,
  failure: MooseError,
  why = 'it cannot continue automatically',
  { isExhausted = false }: { isExhausted?: boolean } = {},
): Promise<void> {
  const { order, run, actor } = work;
  const settled = await settleFailed(work, failure, { because: why, isExhausted });
  if (settled.turn === 'wait') return;
  if (settled.turn === 'cancel') return endCancelled(work);
  if (settled.told.length > 0) Object.assign(failure.metadata, { candidates: settled.told });
  const standstill = await standstillOf(work);
  const isParked = standstill !== undefined;
  const because = !isParked || failure.code === standstill.code ? why : `${why}; ${standstill.message}`;
  const effects = await work.database.run((query) => effectsOf(query, order.id), work.signal);
  const isEarly = !isParked && effects.every(({ kind, state }) => kind === 'hold' || state === 'undone');
  const { adviceOf, ...question } = await questionOf(work, failure, { because, isParked, isEmpty: isEarly });
  await fenced(work, async (query) => {
    const unwritten = await closeAccounts(query, work, {
      success: false,
      failureClass: failure.failureClass,
      errorContext: { code: failure.code, message: failure.message, step: order.step },
      fault: faultOf({ failure, step: order.step }),
    });
    // A work order has one question at a time: this one replaces a question about stuck work.
    await withdraw(query, { groupKey: stuckKey(order.id) }, 'its run has ended');
    await leaveOutages(query, order.id);
    const told = unwritten.length > 0 ? { unwritten } : {};
    const whole = { ...question, workOrderId: order.id, context: { ...question.context, ...told } };
    const asked = await askOnce(query, whole, isParked ? null : sharedCauseOf(failure));
    await markUnrecovered(query, run.id);
    await markWasted(query, order.id);
    await updateRun(query, run.id, { state: 'ended', outcome: failure.code, endedAt: work.clock.now() });
    if (isExhausted) {
      const change = { stepState: 'exhausted' as const, changedBy: actor, changedBecause: because };
      await changeWorkOrder(query, order.id, { status: 'in_progress' }, change);
    }
    await changeWorkOrder(
      query,
      order.id,
      { status: 'in_progress' },
      {
        status: isEarly ? 'failed' : 'needs_review',
        stepState: isEarly ? 'done' : 'manual_intervention_required',
        failureClass: failure.failureClass,
        failure: toJson({
          code: failure.code,
          message: failure.message,
          advice: adviceOf(asked.id),
        }),
        finishedAt: isEarly ? work.clock.now() : null,
        ...(isParked ? { parkedAt: work.clock.now(), parkedBecause: standstill.message } : {}),
        changedBy: actor,
        changedBecause: `${failure.message} (${because})`,
      },
    );
    await answerAtOnce(query, work, asked.id);
  });
}

/** Read again: what the step has spent that ends the run counts. */
async function standstillOf({ database, order, settings, signal }: Work): Promise<MooseError | undefined> {
  const now = await database.run((query) => workOrderById(query, order.id), signal);
  return now && spentWithoutProgress(now, settings.withoutProgress);
}

/**
 * The failure of a run that was taken up repeatedly without finishing a step: the run itself probably kills its
 * processes.
 */
export function startsExhausted({ run, order }: Work): MooseError {
  return pipelineFailures.TAKE_UPS_EXHAUSTED(
    { operation: order.step ?? 'run', workOrderId: order.id },
    { step: String(order.step), starts: run.starts },
  );
}

/** After a cancel: processes and worktree are removed, the branch and its work stay, the reservation is released. */
export async function endCancelled(work: Work): Promise<void> {
  const { order, run, clock } = work;
  const [failure] = await undoEffects(work, ofTheMachine);
  const lost = await work.database.run((query) => lostOutcome(query, order), work.signal);
  const isTogether = await work.database.run((query) => isCancelledTogether(query, order), work.signal);
  const because = isTogether ? cancelledTogether : 'cancelled by a person';
  await fenced(work, async (query) => {
    await closeAccounts(query, work, lost ?? cancelledOutcome);
    if (lost?.success === false) await markUnrecovered(query, run.id);
    if (failure) await askToUndo(query, work, failure);
    await updateRun(query, run.id, { state: 'ended', outcome: 'cancelled', endedAt: clock.now() });
    await changeWorkOrder(
      query,
      order.id,
      { status: 'in_progress' },
      {
        status: 'cancelled',
        stepState: 'done',
        finishedAt: clock.now(),
        changedBy: work.actor,
        changedBecause: lost === null ? because : notKept,
      },
    );
  });
  // One candidate fewer: the others may have waited only for it.
  const { candidate, joint } = order.settings;
  if (candidate !== undefined && lost === null) await decideIfDue(work, candidate.group, work.signal);
  if (joint !== undefined) await decideJointIfDue(work, joint.group, work.signal);
}
