// Approves the plan of a spec, and runs it: all its work orders become rows, and those without dependencies start, in
// one transaction (R-SPEC-2).
import { newId, type ProjectId, type WorkOrderId } from '../../domain/ids.ts';
import { isHuman } from '../../domain/people/person.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { layersOf } from '../../domain/plan/plan-graph.ts';
import { stackPlan } from '../../domain/plan/stack-plan.ts';
import { workOrderLimits } from '../../domain/work-order/work-order.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database, Query } from '../../store/database.ts';
import { finishedCosts } from '../../store/figures/finished-costs.ts';
import { toJson } from '../../store/storable.ts';
import { estimatesOf, type KeptEstimate, keepEstimates } from '../../store/work/plans/decided-plans.ts';
import {
  holdPlanning,
  newestPlan,
  newestPlanning,
  planAt,
  type SpecPlan,
} from '../../store/work/plans/plannings.ts';
import {
  approveSpec,
  changeSpecRun,
  type Dependency,
  insertPlanned,
  lockSpecRun,
  readyWorkOrders,
} from '../../store/work/plans/running-plans.ts';
import { findSpec, type SpecRow } from '../../store/work/plans/specs.ts';
import { holdProject } from '../../store/work/projects/projects.ts';
import {
  planNotNewest,
  planNotValid,
  projectRemoved,
  specApproved,
  withoutProject,
} from './approval-failures.ts';
import type { PlanningSettings } from './architect-of.ts';
import { closePlanning } from './close-planning.ts';
import { estimateOrders } from './estimate-orders.ts';
import { plannedAcceptance, plannedDescription } from './planned-text.ts';
import { startPlanned } from './start-planned.ts';

type Estimates = ReadonlyMap<string, Pick<KeptEstimate, 'lowNanoUsd' | 'highNanoUsd'>>;

export interface ApprovalDeps {
  database: Database;
  clock: Clock;
  /** For the estimates of a plan that the Director has not seen; absent: the default. */
  settings?: { readonly current: Pick<PlanningSettings, 'assessment'> };
}

export interface Approval {
  /** The spec's ID, or its start or end. */
  spec: string;
  /** Absent: the newest version. */
  version?: number | undefined;
  by: string;
  /** False: the work orders are stored, but nothing starts before somebody runs the spec. */
  mayStart?: boolean;
}

/**
 * Idempotent: approving the approved version again creates nothing twice, and starts what has not started.
 * @throws PermanentError `PLAN_NOT_FOUND`, `PLAN_NOT_NEWEST`, `PLAN_NOT_VALID`, `SPEC_APPROVED`,
 * `SPEC_WITHOUT_PROJECT`, `PROJECT_NOT_FOUND`
 */
export async function approveAndRun(deps: ApprovalDeps, approval: Approval): Promise<{ specId: string }> {
  return deps.database.transaction(async (query) => {
    const { id: specId } = await findSpec(query, approval.spec);
    // Before the spec, in the order in which the Architect's job locks them when it stores an answer.
    await holdNewest(query, specId);
    const { runState, approvedVersion } = await lockSpecRun(query, specId);
    // Read again under the lock: a request for a plan may have changed its project.
    const spec = await findSpec(query, specId);
    if (runState === null) await approve(query, deps, spec, approval);
    else if (approval.version !== undefined && approval.version !== approvedVersion)
      throw specApproved(specId, approvedVersion ?? 0);
    if (approval.mayStart !== false) await start(query, specId, approval.by, deps.clock.now());
    return { specId };
  });
}

/** The caller has locked the spec. Changes only a spec that is approved and has not started. */
async function start(query: Query, specId: string, by: string, now: Date): Promise<void> {
  if (await changeSpecRun(query, specId, 'approved', { to: 'running', by, at: now }))
    await startPlanned(query, await readyWorkOrders(query, specId), now, by);
}

async function approve(query: Query, deps: ApprovalDeps, spec: SpecRow, approval: Approval): Promise<void> {
  const plan = await planAt(query, spec.id, approval.version);
  const newest = await newestPlan(query, spec.id);
  if (newest && newest.version !== plan.version) throw planNotNewest(spec.id, plan.version, newest.version);
  if (plan.problems.length > 0) throw planNotValid(spec.id, plan);
  const projectId = await projectOf(query, spec);
  const now = deps.clock.now();
  await approveSpec(query, spec.id, { version: plan.version, by: approval.by, at: now });
  const estimates = await keptEstimates(query, deps, plan);
  const requestedBy = isHuman(approval.by) ? approval.by : await askerOf(query, spec);
  const given = { specId: spec.id, projectId, now, by: approval.by, requestedBy, estimates };
  await insertPlanned(query, ...workOrdersOf(plan.plan, given));
  // Its plan would never run.
  const planning = await newestPlanning(query, spec.id);
  if (planning?.endedAt === null) await closePlanning(query, planning.id, { state: 'cancelled' });
}

async function holdNewest(query: Query, specId: string): Promise<void> {
  const planning = await newestPlanning(query, specId);
  if (planning?.endedAt === null) await holdPlanning(query, planning.id);
}

/** Who asked for the plan that the Director approved. */
async function askerOf(query: Query, { id, createdBy }: SpecRow): Promise<string> {
  const planning = await newestPlanning(query, id);
  return planning?.requestedBy ?? planning?.askedBy ?? createdBy;
}

/** In the order of the plan. Each ID gets its own millisecond, so the IDs sort in this order too. */
function workOrdersOf(
  plan: Plan,
  given: {
    specId: string;
    projectId: ProjectId;
    now: Date;
    by: string;
    requestedBy: string;
    estimates: Estimates;
  },
): [Parameters<typeof insertPlanned>[1], Dependency[]] {
  const byKey = new Map(plan.work_orders.map((order) => [order.key, order]));
  const keys = layersOf(plan.work_orders).layers.flat();
  const ids = new Map(
    keys.map((key, at) => [key, newId<WorkOrderId>(new Date(given.now.getTime() - keys.length + at))]),
  );
  const hows = stackPlan(plan.work_orders);
  const dependencies: Dependency[] = [];
  const rows = keys.flatMap((key) => {
    const [order, id] = [byKey.get(key), ids.get(key)];
    if (!order || !id) return [];
    const on = [...(hows.get(key) ?? [])].flatMap(([other, how]) => {
      const dependsOn = ids.get(other);
      return dependsOn ? [{ workOrderId: id, dependsOn, how }] : [];
    });
    dependencies.push(...on);
    const estimate = given.estimates.get(key);
    return [
      {
        id,
        projectId: given.projectId,
        specId: given.specId,
        planKey: key,
        waitsFor: on.length,
        title: order.title.trim() || key,
        description: plannedDescription(plan, order),
        acceptance: plannedAcceptance(order),
        settings: toJson({ planned_complexity: order.complexity }),
        timeLimitMs: workOrderLimits.timeLimitMsDefault,
        refinementCyclesMax: workOrderLimits.refinementCyclesMax,
        estimateLowNanoUsd: estimate?.lowNanoUsd ?? null,
        estimateHighNanoUsd: estimate?.highNanoUsd ?? null,
        requestedBy: given.requestedBy,
        changedBy: given.by,
        changedBecause: 'its plan was approved',
      },
    ];
  });
  return [rows, dependencies];
}

/** The estimates from when somebody first decided about this version. */
async function keptEstimates(
  query: Query,
  { settings }: ApprovalDeps,
  { specId, version, plan }: SpecPlan,
): Promise<Estimates> {
  await keepEstimates(
    query,
    { specId, version },
    estimateOrders(plan, await finishedCosts(query), settings?.current.assessment),
  );
  const kept = await estimatesOf(query, specId, version);
  return new Map(kept.map((estimate) => [estimate.planKey, estimate]));
}

async function projectOf(query: Query, { id, projectId }: SpecRow): Promise<ProjectId> {
  const held = projectId === null ? undefined : await holdProject(query, projectId);
  if (held) return held.id;
  if (projectId === null) throw withoutProject(id);
  throw projectRemoved();
}
