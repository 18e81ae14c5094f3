// Step 7: records the result, its cost and its outcome, in one transaction (R-PIPE-8). Where the forge runs checks, the
// run ends, and the work order waits for them without a slot, a process or reserved money (R-SEN-6).
import type { Fault } from '../../domain/fault.ts';
import { newId } from '../../domain/ids.ts';
import type { Query } from '../../store/database.ts';
import { insertOutcome } from '../../store/figures/outcomes.ts';
import { toJson } from '../../store/storable.ts';
import { markEffect } from '../../store/work/effects.ts';
import { pullRequestOf } from '../../store/work/pull-requests.ts';
import { newestStepResults, saveStepResult } from '../../store/work/runs.ts';
import { changeWorkOrder, costOfWorkOrder, recordEvent } from '../../store/work/work-orders.ts';
import { closeEnvelope } from '../budget/envelope.ts';
import { configAt } from '../policy/config-at.ts';
import { withdraw } from '../questions/resolve-question.ts';
import { worktreeKey } from '../run/effect-keys.ts';
import {
  type CreatingPrResult,
  type GeneratingResult,
  type RoutingResult,
  requireResult,
  type VerifyingResult,
} from '../run/step-results.ts';
import { fenced, type StepEnd, type Work } from '../run/work.ts';
import { type AwaitedPullRequest, followPullRequest } from '../sentinel/follow-pull-request.ts';
import { startDependents } from '../specs/start-planned.ts';
import { type Verification, verificationOf } from './verification.ts';
import { releaseWorktree } from './worktree-place.ts';

export async function tracking(work: Work): Promise<StepEnd> {
  const startedAt = work.clock.now();
  const waits = await awaitedPullRequest(work);
  const verification = verificationOf(await requireResult<VerifyingResult>(work, 'verifying'));
  await releaseWorktree(work);
  work.reached('tracking:before-commit', work.run.id);
  const ended = { state: 'ended', outcome: 'completed', endedAt: work.clock.now() } as const;
  const close = async (query: Query) => {
    await markEffect(query, worktreeKey(work.order.id, work.settings.host), 'undone');
    await closeEnvelope(query, work.order.id, work.run.reservationId);
    await recordOutcome(query, work, { success: true, failureClass: null, errorContext: null, fault: null });
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
    await changeWorkOrder(
      query,
      work.order.id,
      { status: 'in_progress' },
      {
        status: 'completed',
        stepState: 'done',
        failureClass: null,
        failure: null,
        finishedAt: work.clock.now(),
        changedBy: work.actor,
        ...verification,
        changedBecause: verification.isVerified
          ? 'the change is verified, pushed and proposed'
          : `the change is pushed and proposed, and not verified: ${verification.notVerifiedBecause}`,
      },
    );
    await startDependents(query, work.order.id, work.clock.now());
  };
  await fenced(work, close, ended);
  work.reached('tracking:committed', work.run.id);
  return { end: 'over' };
}

/** The work order stays in progress, and a look of any process at its pull request brings it on. */
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
      ...{ step: 'awaiting_ci', stepState: 'running', failureClass: null, failure: null },
      ...verification,
      ...{ changedBy: actor, changedBecause: 'the change is pushed and proposed; it waits for CI' },
    },
  );
}

/** Undefined if the forge runs no checks. */
async function awaitedPullRequest(work: Work): Promise<AwaitedPullRequest | undefined> {
  const { project, signal, database, order } = work;
  const forge = await work.forges.of(project.id, signal);
  if (!forge.hasChecks) return undefined;
  const { baseSha } = await requireResult<RoutingResult>(work, 'routing');
  const { headSha } = await requireResult<CreatingPrResult>(work, 'creating_pr');
  const file = await configAt(project.repositoryPath, baseSha, signal);
  const row = await database.run((query) => pullRequestOf(query, order.id), signal);
  return row && { row, pushedSha: headSha, mergeOfFile: file?.merge ?? null };
}

export interface RunOutcome {
  success: boolean;
  failureClass: string | null;
  errorContext: Record<string, unknown> | null;
  /**
   * Who must change before the work can succeed: a model is only responsible for 'work' and 'time'. Null if it
   * succeeded.
   */
  fault: Fault | 'person' | null;
}

/** Writes one vector for each ended run, successful or not (R-LRN-2). */
export async function recordOutcome(query: Query, work: Work, outcome: RunOutcome): Promise<void> {
  const { order, run } = work;
  const results = await newestStepResults(query, order.id);
  const routed = results.get('routing')?.result as RoutingResult | undefined;
  const generated = results.get('generating')?.result as GeneratingResult | undefined;
  const costNanoUsd = await costOfWorkOrder(query, order.id);
  await insertOutcome(query, {
    id: newId(work.clock.now()),
    workOrderId: order.id,
    runId: run.id,
    success: outcome.success,
    model: generated?.model ?? null,
    agent: run.settings.agent ?? routed?.agent ?? order.settings.agent ?? work.settings.defaultAgent,
    complexity: routed?.complexity ?? 0,
    features: toJson({
      tier: routed?.tier ?? null,
      hardStopWords: routed?.hardStopWords ?? [],
      isScripted: order.isScripted,
    }),
    costNanoUsd,
    durationMs: BigInt(Math.max(0, work.clock.now().getTime() - new Date(run.createdAt).getTime())),
    refinementCycles: run.cycle,
    failureClass: outcome.failureClass as typeof order.failureClass,
    errorContext: outcome.errorContext ? toJson(outcome.errorContext) : null,
    fault: outcome.fault,
  });
}
