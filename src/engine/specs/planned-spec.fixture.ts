// For tests: a spec with a plan, and work orders that end without a pipeline.
import { randomUUID } from 'node:crypto';
import type { WorkOrderId } from '../../domain/ids.ts';
import { planned, planOf } from '../../domain/plan/plan.fixture.ts';
import type { PlanProblem } from '../../domain/plan/plan-problems.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database, Query } from '../../store/database.ts';
import { addPlan } from '../../store/work/plans/plannings.ts';
import { graphOf } from '../../store/work/plans/running-plans.ts';
import { addSpec } from '../../store/work/plans/specs.ts';
import { projectOf } from '../../store/work/projects/projects.ts';
import { changeWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { startDependents } from './start-planned.ts';

export const by = 'human:ada';

/** `edges` lists the dependencies of each work order. Returns the ID of the spec. */
export async function aPlannedSpec(
  database: Database,
  edges: Record<string, string[]>,
  { problems = [], hasProject = true }: { problems?: PlanProblem[]; hasProject?: boolean } = {},
): Promise<string> {
  const { query } = database;
  const id = randomUUID();
  const project = hasProject ? await projectOf(query, '/srv/api', new Date()) : null;
  await addSpec(query, {
    id,
    projectId: project?.id ?? null,
    name: 'Shop',
    content: 'Build it.',
    estimate: {
      tokens: 9,
      sections: 1,
      architect_model: 'a/one',
      architect_usd: 0.1,
      work_orders: { low: 1, high: 2 },
      work_usd: { low: 0.1, high: 0.2 },
      basis: 'a guess',
      warnings: [],
    },
    createdBy: by,
  });
  await addVersion(database, id, edges, problems);
  return id;
}

export async function addVersion(
  { query }: Database,
  specId: string,
  edges: Record<string, string[]>,
  problems: PlanProblem[] = [],
): Promise<void> {
  const plan = planOf(Object.entries(edges).map(([key, depends_on]) => planned(key, { depends_on })));
  const made = { madeBy: by, because: 'planned', planningId: null };
  await addPlan(query, { id: randomUUID(), specId, plan, problems, ...made });
}

/** The IDs of the work orders of a spec, by their keys. */
export async function ordersOf({ query }: Database, specId: string): Promise<Record<string, WorkOrderId>> {
  return Object.fromEntries((await graphOf(query, specId)).map(({ planKey, id }) => [planKey, id]));
}

export async function orderOf(database: Database, specId: string, key: string): Promise<WorkOrderId> {
  const id = (await ordersOf(database, specId))[key];
  if (id === undefined) throw new Error(`The plan has no ${key}`);
  return id;
}

/** The keys of the work orders that have started, in the order of the plan. */
export async function startedOf({ query }: Database, specId: string): Promise<string[]> {
  const rows = await query
    .selectFrom('workOrders')
    .innerJoin('runs', 'runs.workOrderId', 'workOrders.id')
    .select('planKey')
    .where('specId', '=', specId)
    .orderBy('workOrders.id')
    .execute();
  return rows.map(({ planKey }) => planKey ?? '(replaced)');
}

/** Does what its run would do: takes it up, and ends it. */
export async function endWith(
  database: Database,
  id: WorkOrderId,
  status: 'completed' | 'failed' | 'needs_review' | 'in_progress',
): Promise<void> {
  await database.transaction(async (query) => {
    const change = { changedBy: 'moose:1', changedBecause: 'test' };
    const taken = { status: 'in_progress', step: 'routing', stepState: 'running' } as const;
    await changeWorkOrder(query, id, { status: 'pending' }, { ...taken, ...change });
    if (status === 'in_progress') return;
    await query.updateTable('runs').set({ state: 'ended' }).where('workOrderId', '=', id).execute();
    const stepState = status === 'needs_review' ? 'manual_intervention_required' : 'done';
    await changeWorkOrder(query, id, { status: 'in_progress' }, { status, stepState, ...change });
    await endWell(query, id, status);
  });
}

async function endWell(query: Query, id: WorkOrderId, status: string): Promise<void> {
  if (status === 'completed') await startDependents(query, id, systemClock.now());
}
