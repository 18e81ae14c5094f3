// The score of a run after a failed cycle, from what is recorded of it (R-REC-9).
import type { RunId, WorkOrderId } from '../../domain/ids.ts';
import {
  type AttemptFacts,
  type Features,
  featuresOf,
  featuresUnderWay,
} from '../../domain/nowhere/features.ts';
import { type PauseEarly, pauseEarlyOf } from '../../domain/nowhere/pause-early.ts';
import { judgeRun, type NowhereScore } from '../../domain/nowhere/score.ts';
import type { Query } from '../../store/database.ts';
import { costOfRun } from '../../store/figures/trends.ts';
import { listAttemptResults } from '../../store/work/earlier-results.ts';
import { projectById } from '../../store/work/projects.ts';
import { saveRunScore } from '../../store/work/run-scores.ts';
import { workOrderById } from '../../store/work/work-orders.ts';
import type { EngineSettings } from '../policy/engine-settings.ts';
import { attemptFactsOf, type StoredResult } from './attempt-facts.ts';
import { spentShareOf } from './spent-share.ts';

export type NowhereSettings = Pick<EngineSettings, 'pauseEarly' | 'withoutProgress'>;

/** The facts from the results of the run's steps, cycle by cycle, oldest first. */
export async function attemptsOf(query: Query, runId: RunId): Promise<AttemptFacts[]> {
  const rows = await listAttemptResults(query, runId);
  const cycles = Map.groupBy(rows, ({ cycle }) => cycle);
  return [...cycles.values()].map((results) =>
    attemptFactsOf(results.map(({ result }) => result as StoredResult)),
  );
}

export interface ScoredRun extends NowhereScore {
  features: Features;
  /** The setting that applies to this run. */
  policy: PauseEarly;
  /** True if the score has reached the threshold. */
  isOver: boolean;
}

/** The score of a run from its current record; null before its first failed cycle. */
export async function scoreRun(
  query: Query,
  run: { runId: RunId; workOrderId: WorkOrderId },
  settings: NowhereSettings,
): Promise<ScoredRun | null> {
  const order = await workOrderById(query, run.workOrderId);
  const attempts = await attemptsOf(query, run.runId);
  if (!order || attempts.every(({ words }) => words === null)) return null;
  const project = await projectById(query, order.projectId);
  const policy = pauseEarlyOf(settings.pauseEarly, project?.settings ?? {});
  const features = featuresOf({
    attempts,
    cyclesMax: order.refinementCyclesMax,
    spentShare: spentShareOf(order, settings.withoutProgress),
  });
  const judged = judgeRun(features);
  return { ...judged, features, policy, isOver: policy.mode !== 'off' && judged.score >= policy.above };
}

/**
 * The score of a run during its next cycle, with that cycle's proposal and its cost so far. It is displayed but pauses
 * nothing, because the threshold was measured after failed cycles.
 */
export async function scoreUnderWay(
  query: Query,
  run: { runId: RunId; workOrderId: WorkOrderId },
  settings: NowhereSettings,
): Promise<NowhereScore | null> {
  const order = await workOrderById(query, run.workOrderId);
  const all = await attemptsOf(query, run.runId);
  const failed = all.slice(0, all.findLastIndex(({ words }) => words !== null) + 1);
  if (!order || failed.length === 0) return null;
  const facts = {
    attempts: failed,
    cyclesMax: order.refinementCyclesMax,
    spentShare: spentShareOf(order, settings.withoutProgress),
  };
  const open = all[failed.length];
  return judgeRun(open === undefined ? featuresOf(facts) : featuresUnderWay(facts, open));
}

/** Call this in the transaction that stores a failed cycle's result. */
export async function scoreCycle(
  query: Query,
  run: { runId: RunId; workOrderId: WorkOrderId; cycle: number },
  settings: NowhereSettings,
  now: Date,
): Promise<(ScoredRun & { hasPaused: boolean }) | null> {
  const scored = await scoreRun(query, run, settings);
  if (!scored) return null;
  const { score, reasons, features, policy } = scored;
  const hasPaused = scored.isOver && policy.mode === 'act';
  const { runId, workOrderId, cycle } = run;
  const costNanoUsd = await costOfRun(query, runId);
  const row = { runId, workOrderId, cycle, score, reasons, features, hasPaused, costNanoUsd };
  await saveRunScore(query, { ...row, threshold: policy.above, mode: policy.mode }, now);
  return { ...scored, hasPaused };
}
