// Step 7: records the result, its cost and its outcome, in one transaction (R-PIPE-8). Where the forge runs checks, the
// run ends, and the work order waits for them without a slot, a process or reserved money (R-SEN-6).
import { isMooseError } from '../../../domain/failure.ts';
import { conflictsWithItsBase } from '../../../domain/work-order/together.ts';
import type { Query } from '../../../store/database.ts';
import { toJson } from '../../../store/storable.ts';
import { saveLook } from '../../../store/work/pull-requests/followed-pull-requests.ts';
import { pullRequestOf } from '../../../store/work/pull-requests/pull-requests.ts';
import { saveStepResult } from '../../../store/work/runs/runs.ts';
import { effectsOf, markEffect } from '../../../store/work/sessions/effects.ts';
import { changeWorkOrder, recordEvent } from '../../../store/work/work-orders/work-orders.ts';
import {
  type BaseConflict,
  baseConflictWords,
  conflictNote,
  findBaseConflict,
} from '../../commands/merge/base-conflict.ts';
import { attemptOf, recordOutcome } from '../../learner/outcomes/record-outcome.ts';
import { configAt } from '../../policy/config-at.ts';
import { withdraw } from '../../questions/resolve-question.ts';
import { closeEnvelope } from '../../run/budget/envelope.ts';
import { pushKey, worktreeKey } from '../../run/effect-keys.ts';
import { othersIn } from '../../run/ground/known-ground.ts';
import { requireResult } from '../../run/step-results.ts';
import { fenced, type StepEnd, type Work } from '../../run/work.ts';
import { remoteTip } from '../../sentinel/contains-base.ts';
import { type AwaitedPullRequest, followPullRequest } from '../../sentinel/follow-pull-request.ts';
import { nextLookMs } from '../../sentinel/next/next-look.ts';
import { startDependents } from '../../specs/start-planned.ts';
import { type Verification, verificationOf } from '../../workplace/checks/verification.ts';
import { releaseWorktree } from '../../workplace/worktree/worktree-place.ts';

export async function tracking(work: Work): Promise<StepEnd<'tracking'>> {
  const startedAt = work.clock.now();
  const waits = await awaitedPullRequest(work);
  const verified = await requireResult(work, 'verifying');
  const verification = verificationOf(verified);
  const isInConflict = !waits && verified.together?.because === conflictsWithItsBase;
  const conflict = isInConflict ? await conflictAtEnd(work) : null;
  await releaseWorktree(work);
  work.reached('tracking:before-commit', work.run.id);
  const ended = { state: 'ended', outcome: 'completed', endedAt: work.clock.now() } as const;
  const close = async (query: Query) => {
    await markEffect(query, worktreeKey(work.order.id, work.settings.host), 'undone');
    await closeEnvelope(query, work.order.id, work.run.reservationId);
    const judgedBy = verification.isVerified ? 'checks' : 'nothing';
    await recordOutcome(query, attemptOf(work), {
      success: true,
      judgedBy,
      failureClass: null,
      errorContext: null,
      fault: null,
    });
    const owner = { workOrderId: work.order.id, runId: work.run.id };
    await saveStepResult(query, {
      ...owner,
      step: 'tracking',
      cycle: work.run.cycle,
      result: { success: true },
      startedAt,
    });
    await recordEvent(query, {
      workOrderId: work.order.id,
      kind: 'step.finished',
      actor: work.actor,
      detail: { step: 'tracking' },
    });
    // Open questions about it no longer matter.
    await withdraw(query, { workOrderId: work.order.id }, 'its change is published');
    if (waits) return awaitCi(query, work, waits, verification);
    await watch(query, work);
    await changeWorkOrder(
      query,
      work.order.id,
      { status: 'in_progress' },
      {
        status: 'completed',
        stepState: 'done',
        failureClass: null,
        failure: conflict === null ? null : toJson(conflictNote(work.order, baseConflictWords(conflict))),
        finishedAt: work.clock.now(),
        changedBy: work.actor,
        ...verification,
        changedBecause: verification.isVerified
          ? 'the change is verified, pushed and proposed'
          : `the change is pushed and proposed, and not verified: ${verification.notVerifiedBecause}`,
      },
    );
    if (work.order.specId !== null) await startDependents(query, work.order.id, work.clock.now());
  };
  await fenced(work, close, ended);
  work.reached('tracking:committed', work.run.id);
  return { end: 'over' };
}

/** It is known to conflict, and it is published all the same: then nobody is told to merge it. */
async function conflictAtEnd(work: Work): Promise<BaseConflict | null> {
  const { project, order, signal } = work;
  const { baseBranch, baseSha } = await requireResult(work, 'routing');
  const { headSha } = await requireResult(work, 'creating_pr');
  const place = { repositoryPath: project.repositoryPath, signal };
  try {
    const baseTip = await remoteTip(work, order.baseBranch ?? baseBranch);
    if (baseTip === null) return null;
    const startSha = order.stackedOn === null ? baseSha : null;
    return (await findBaseConflict(place, { baseBranch, baseTip, headSha, startSha })) ?? null;
  } catch (cause) {
    signal.throwIfAborted();
    if (!isMooseError(cause)) throw cause;
    work.logger.warn(
      { err: cause, workOrderId: order.id },
      'could not compare the change with its base branch',
    );
    return null;
  }
}

/** The work is done: Moose only looks what people do with its pull request. */
async function watch(query: Query, { order }: Work): Promise<void> {
  const row = await pullRequestOf(query, order.id);
  if (row?.state === 'open')
    await saveLook(query, row, { nextLookMs: nextLookMs('watching', 0, 0), looksUnchanged: 0 });
}

/** The work order stays in progress, until any process that checks its pull request continues it. */
async function awaitCi(
  query: Query,
  { order, actor }: Work,
  waits: AwaitedPullRequest,
  verification: Verification,
): Promise<void> {
  await followPullRequest(query, waits);
  await changeWorkOrder(
    query,
    order.id,
    { status: 'in_progress', step: 'tracking' },
    {
      step: 'awaiting_ci',
      stepState: 'running',
      failureClass: null,
      failure: null,
      ...verification,
      changedBy: actor,
      changedBecause: 'the change is pushed and proposed; it waits for CI',
    },
  );
}

/** Undefined if the forge runs no checks. */
async function awaitedPullRequest(work: Work): Promise<AwaitedPullRequest | undefined> {
  const { project, signal, database, order } = work;
  const forge = await work.forges.of(project.id, signal);
  if (!forge.hasChecks) return undefined;
  const { baseSha, baseBranch } = await requireResult(work, 'routing');
  const { headSha } = await requireResult(work, 'creating_pr');
  const file = await configAt(project.repositoryPath, baseSha, signal);
  const { row, push } = await database.run(
    async (query) => ({
      row: await pullRequestOf(query, order.id),
      push: (await effectsOf(query, order.id)).find(({ key }) => key === pushKey(order.id)),
    }),
    signal,
  );
  if (!row) return undefined;
  const isRetargeted = order.stackedOn === null && row.baseBranch !== baseBranch;
  return { row, pushedSha: headSha, mergeOfFile: file?.merge ?? null, isRetargeted, others: othersIn(push) };
}
