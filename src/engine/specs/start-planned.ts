// Starts work orders of an approved plan, each once, in the transaction that makes it possible (R-SPEC-2).
import { newId, type RunId, type WorkOrderId } from '../../domain/ids.ts';
import { enqueueRuns } from '../../durable/enqueue-run.ts';
import type { Query } from '../../store/database.ts';
import { insertRuns } from '../../store/work/run-ends.ts';
import { markStarted, meetDependencies } from '../../store/work/running-plans.ts';

/** The actor of what follows from the plan alone. */
export const planActor = 'moose:plan';

/**
 * The rule: a work order starts when each one that it depends on is verified, that is completed, or green and waiting for
 * nothing but its merge. One that joins several which do not contain each other starts when these are merged
 * (`src/domain/plan/stack-plan.ts`). A failed, cancelled or reviewed one holds back only what depends on it.
 *
 * Call it in the transaction in which a work order is completed, ready to be merged, or merged. For one that belongs to no
 * plan it does nothing.
 */
export async function startDependents(query: Query, lower: WorkOrderId, now: Date): Promise<void> {
  await startPlanned(query, await meetDependencies(query, lower), now);
}

/** Only those that wait for nothing and have never started; the others are left alone. */
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
