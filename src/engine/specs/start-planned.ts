// Starts work orders of an approved plan, each once, in the transaction that makes it possible (R-SPEC-2).
import { newId, type RunId, type WorkOrderId } from '../../domain/ids.ts';
import { enqueueRuns } from '../../durable/enqueue-run.ts';
import type { Query } from '../../store/database.ts';
import { markStarted, meetDependencies } from '../../store/work/plans/running-plans.ts';
import { insertRuns } from '../../store/work/runs/run-ends.ts';

/** The actor of changes that follow from the plan itself. */
export const planActor = 'moose:plan';

/**
 * The rule: a work order starts when every dependency is verified: completed, or green and only waiting for its merge.
 * If it joins several that do not contain each other, it starts when these are merged
 * (`src/domain/plan/stack-plan.ts`). A failed, cancelled or reviewed one blocks only what depends on it.
 *
 * Call this in the transaction in which a work order is completed, ready to be merged, or merged. It does nothing for a
 * work order that belongs to no plan.
 */
export async function startDependents(query: Query, lower: WorkOrderId, now: Date): Promise<void> {
  await startPlanned(query, await meetDependencies(query, lower), now);
}

/** Starts only work orders that wait for nothing and have never started. */
export async function startPlanned(
  query: Query,
  ids: readonly WorkOrderId[],
  now: Date,
  by = planActor,
): Promise<void> {
  const started = await markStarted(query, ids, by);
  if (started.length === 0) return;
  const runs = started.map((workOrderId) => ({ id: newId<RunId>(now), workOrderId }));
  const first = { number: 1, kind: 'work', firstStep: 'routing' } as const;
  await insertRuns(
    query,
    runs.map((run) => ({ ...run, ...first })),
  );
  await enqueueRuns(
    query,
    runs.map(({ id }) => id),
  );
}
