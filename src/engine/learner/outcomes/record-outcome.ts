// Writes one outcome for each try of a run, successful or not, with its features and whether it counts (R-LRN-2).

import type { Fault } from '../../../domain/fault.ts';
import { newId } from '../../../domain/ids.ts';
import { readArmName } from '../../../domain/learning/arm-name.ts';
import { kindOfWork } from '../../../domain/learning/kind-of-work.ts';
import type { Step } from '../../../domain/transitions.ts';
import { countsForModel, type JudgedBy } from '../../../domain/work-order/judged-outcome.ts';
import type {
  ApplyingResult,
  RoutingResult,
  VerifyingResult,
} from '../../../domain/work-order/step-result.ts';
import type { Query } from '../../../store/database.ts';
import { isJudgedBefore, lastEndOf, lastTryOf } from '../../../store/figures/judged-outcomes.ts';
import { insertOutcome } from '../../../store/figures/outcomes.ts';
import { toJson } from '../../../store/storable.ts';
import { newestStepResults, type Run, resultIn, type StepResults } from '../../../store/work/runs/runs.ts';
import { costOfWorkOrder, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import type { Work } from '../../run/work.ts';
import { currentTry, reportToLearner, type ToldTry } from '../report-to-learner.ts';

export interface RunOutcome {
  success: boolean;
  /** `checks` or `nothing` for a published change; absent: the attempt failed before that. */
  judgedBy?: Extract<JudgedBy, 'checks' | 'nothing'>;
  failureClass: string | null;
  errorContext: Record<string, unknown> | null;
  /**
   * Who must change before the work can succeed: a model is responsible only for 'work' and 'time'. Null if it
   * succeeded.
   */
  fault: Fault | 'person' | null;
}

export interface Attempted {
  order: WorkOrder;
  run: Pick<Run, 'id' | 'createdAt' | 'cycle' | 'settings' | 'firstStep'>;
  now: Date;
  /** For a run that ended before its agent was chosen. */
  defaultAgent: string;
}

export function attemptOf({ order, run, clock, settings }: Work): Attempted {
  return { order, run, now: clock.now(), defaultAgent: settings.defaultAgent };
}

/** A run that begins at one of these steps continues with the change of an earlier run. */
const stepsAfterTheChange: readonly (Step | null)[] = ['verifying', 'creating_pr', 'tracking'];

/** A second outcome of the same try changes nothing. A command is no model, and says nothing about any agent. */
export async function recordOutcome(query: Query, attempted: Attempted, outcome: RunOutcome): Promise<void> {
  const { order, run, now, defaultAgent } = attempted;
  if (order.settings.command !== undefined) return;
  const results = await newestStepResults(query, order.id);
  const routed = resultIn(results, 'routing');
  const applied = resultIn(results, 'applying');
  const judgedBy = outcome.judgedBy ?? (outcome.success ? 'checks' : 'run');
  const agent = run.settings.agent ?? routed?.agent ?? order.settings.agent ?? defaultAgent;
  const { model, tried } = await whatWasTried(query, attempted, {
    agent,
    routed,
    results,
  });
  const isRepeat = stepsAfterTheChange.includes(run.firstStep) || (outcome.success && isNoNewWork(applied));
  const isAttempt = !isRepeat || !(await isJudgedBefore(query, order.id, run.id));
  const counted = countsForModel({
    isSuccess: outcome.success,
    judgedBy,
    fault: outcome.fault,
    model,
    isAttempt,
  });
  // A run may have several tries, and each try has its own start time.
  const begunAt = (await lastEndOf(query, run.id)) ?? run.createdAt;
  const isNew = await insertOutcome(query, {
    id: newId(now),
    workOrderId: order.id,
    runId: run.id,
    success: outcome.success,
    model,
    agent,
    complexity: routed?.complexity ?? 0,
    features: toJson({
      tier: routed?.tier ?? null,
      hardStopWords: routed?.hardStopWords ?? [],
      isScripted: order.isScripted,
      kind: kindOfWork(order),
      language: routed?.language ?? null,
      repositoryFiles: routed?.pathCount ?? null,
      textChars: order.title.length + order.description.length + order.acceptance.length,
      filesTouched: applied?.changedFiles ?? null,
      isBaseRed: isBaseRed(resultIn(results, 'verifying')),
    }),
    costNanoUsd: await costOfWorkOrder(query, order.id),
    durationMs: BigInt(Math.max(0, now.getTime() - new Date(begunAt).getTime())),
    refinementCycles: run.cycle,
    failureClass: outcome.failureClass as WorkOrder['failureClass'],
    errorContext: outcome.errorContext ? toJson(outcome.errorContext) : null,
    fault: outcome.fault,
    judgedBy,
    judgedAt: now,
    isAttempt,
    counts: counted.counts,
    countsBecause: counted.because,
    try: tried?.try ?? (await lastTryOf(query, run.id)),
    arm: tried?.arm ?? null,
  });
  if (isNew && isAttempt && tried) await reportOutcome(query, tried, { ...outcome, counts: counted.counts });
}

/**
 * The model that answered, or, if none did, the one that was asked. Results of an earlier run do not count, unless this
 * run continues with that change.
 */
async function whatWasTried(
  query: Query,
  { order, run }: Attempted,
  known: {
    agent: string;
    routed: RoutingResult | undefined;
    results: StepResults;
  },
): Promise<{ model: string | null; tried: ToldTry | undefined }> {
  const { agent, routed, results } = known;
  const generatedAt = results.get('generating')?.finishedAt;
  const isOwn =
    stepsAfterTheChange.includes(run.firstStep) || run.firstStep === 'applying'
      ? true
      : generatedAt !== undefined && generatedAt >= new Date(run.createdAt);
  const { model: answered = null, effort } = (isOwn ? resultIn(results, 'generating') : undefined) ?? {};
  const used = answered === null ? undefined : { agent, model: answered, effort };
  const tried = await currentTry(query, order.id, used);
  if (answered !== null) return { model: answered, tried };
  if (tried) return { model: readArmName(tried.arm).model, tried };
  const isAsked = !isOwn && order.step !== 'routing' && order.step !== 'preparing';
  return { model: isAsked ? (run.settings.model ?? routed?.models?.[0] ?? null) : null, tried };
}

/** A fault of the provider uses up no try; failures that say nothing about the arm are not reported at all. */
async function reportOutcome(
  query: Query,
  tried: ToldTry,
  { success, fault, counts }: Pick<RunOutcome, 'success' | 'fault'> & { counts: boolean },
): Promise<void> {
  if (counts) await reportToLearner(query, { ...tried, status: success ? 'success' : 'failure' });
  else if (fault === 'provider') await reportToLearner(query, { ...tried, status: 'provider_fault' });
}

/** The base branch was merged into the change without a conflict, or the agent only answered a question. */
function isNoNewWork(applied: ApplyingResult | undefined): boolean {
  return applied?.isAnswer === true || applied?.baseMerged?.conflicts.length === 0;
}

/** Some checks also fail on the base commit. */
function isBaseRed(verified: VerifyingResult | undefined): boolean {
  return verified?.checks.some(({ redBefore = [] }) => redBefore.length > 0) ?? false;
}
