// Runs an undo: closes the pull request, deletes the branches, removes the worktree, and cancels the work order.

import type { MooseError } from '../../../domain/failure.ts';
import { shortId } from '../../../domain/ids.ts';
import { asSentence } from '../../../domain/text/sentence.ts';
import type { Query } from '../../../store/database.ts';
import { toJson } from '../../../store/storable.ts';
import { updateRun } from '../../../store/work/runs/runs.ts';
import { effectsOf } from '../../../store/work/sessions/effects.ts';
import { changeWorkOrder, recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import { undoneBecause } from '../../commands/undo-words.ts';
import { judgeOutcome } from '../../learner/outcomes/judge-outcome.ts';
import { askHuman, askTogether } from '../../questions/ask-human.ts';
import { undoOptions } from '../../questions/undo-options.ts';
import { haltKey } from '../../run/effects/destruction-breaker.ts';
import { ofTheMachine, undoEffects } from '../../run/effects/undo-effects.ts';
import { fenced, type Work } from '../../run/work.ts';
import { pipelineFailures } from '../failure-catalogue.ts';

const incomplete = 'UNDO_INCOMPLETE';

export async function undoRun(work: Work): Promise<void> {
  const failures = await undoEffects(work, work.run.settings.keepsBranch ? ofTheMachine : undefined);
  const [first] = failures;
  await (first ? endUndoFailed(work, first, failures) : endUndone(work));
}

async function endUndone(work: Work): Promise<void> {
  await fenced(work, async (query) => {
    await updateRun(query, work.run.id, { state: 'ended', outcome: 'undone', endedAt: work.clock.now() });
    const because = undoneBecause(await effectsOf(query, work.order.id));
    await recordEvent(query, {
      workOrderId: work.order.id,
      kind: 'undone',
      actor: work.actor,
      reason: because,
    });
    // What was never published, such as a candidate that was not kept, is not judged by what becomes of its branch.
    if (work.order.pullRequestUrl !== null)
      await judgeOutcome(query, work.order.id, {
        by: 'undo',
        holds: false,
        at: work.clock.now(),
        failureClass: 'unknown',
        errorContext: { because: 'a person had the change undone' },
      });
    await changeWorkOrder(
      query,
      work.order.id,
      {},
      {
        status: 'cancelled',
        // The failure of an earlier merge no longer matters.
        ...(work.order.status === 'completed' || work.order.failure?.code === incomplete
          ? { failure: null }
          : {}),
        stepState: 'done',
        finishedAt: work.clock.now(),
        changedBy: work.actor,
        changedBecause: because,
      },
    );
  });
}

async function endUndoFailed(work: Work, first: MooseError, failures: readonly MooseError[]): Promise<void> {
  const id = shortId(work.order.id);
  const failure = pipelineFailures.UNDO_INCOMPLETE(
    {
      operation: 'undo',
      workOrderId: work.order.id,
      metadata: { failures: failures.map(({ message, code }) => ({ code, message })) },
      cause: first,
    },
    {
      what: failures.length === 1 ? 'one thing' : `${failures.length} things`,
      message: first.message,
      advice: asSentence(first.advice ?? 'Fix it by hand.'),
      id,
    },
  );
  await fenced(work, async (query) => {
    await (first.code === 'DESTRUCTION_HALTED'
      ? askAboutHalt(query, work, first)
      : askToUndo(query, work, failure));
    await updateRun(query, work.run.id, { state: 'ended', outcome: failure.code, endedAt: work.clock.now() });
    await recordEvent(query, {
      workOrderId: work.order.id,
      kind: 'undo.failed',
      actor: work.actor,
      reason: failure.message,
    });
    const isRollingBack = work.order.stepState === 'rolling_back';
    if (isRollingBack) {
      const change = {
        stepState: 'rollback_pending' as const,
        changedBy: work.actor,
        changedBecause: first.message,
      };
      await changeWorkOrder(query, work.order.id, {}, change);
    }
    await changeWorkOrder(
      query,
      work.order.id,
      {},
      {
        stepState: isRollingBack ? 'manual_intervention_required' : work.order.stepState,
        failure: toJson({ code: failure.code, message: failure.message, advice: failure.advice ?? '' }),
        changedBy: work.actor,
        changedBecause: failure.message,
      },
    );
  });
}

/** One question for all undos that were stopped: whether this many undos are intended (R-PIPE-14, R-ESC-5). */
async function askAboutHalt(query: Query, { order, settings }: Work, halted: MooseError): Promise<void> {
  const [undo, leave] = undoOptions();
  await askTogether(
    query,
    {
      failureClass: halted.failureClass,
      code: halted.code,
      component: halted.component,
      operation: halted.operation,
      severity: halted.severity,
      title: 'Many work orders are about to be undone at once: is this intended?',
      context: { code: halted.code, because: halted.message, advice: null, evidence: halted.metadata },
      options: [
        { ...undo, label: `Undo them all, up to ${settings.undonePerMinuteMax} a minute` },
        { ...leave, label: 'Leave them all as they are' },
      ],
      recommendedOption: leave.id,
      groupKey: haltKey,
    },
    order.id,
  );
}

/** Asks a person about what could not be undone. */
export async function askToUndo(query: Query, { order, run }: Work, failure: MooseError): Promise<void> {
  await askHuman(query, {
    workOrderId: order.id,
    runId: run.id,
    failureClass: failure.failureClass,
    code: failure.code,
    component: failure.component,
    operation: failure.operation,
    severity: failure.severity,
    title: failure.message,
    context: { code: failure.code, advice: failure.advice ?? null, evidence: failure.metadata },
    options: undoOptions(),
    recommendedOption: 'undo',
  });
}
