// What interfaces can do with the plans of specs: ask for one, read its versions, edit it (R-SPEC-1).

import type * as wire from '../../contract/contract.ts';
import type { ConfigurationError } from '../../domain/failure.ts';
import { newId, type ProjectId } from '../../domain/ids.ts';
import { formatUsd, usdNumber } from '../../domain/money.ts';
import { type Plan, planSchema } from '../../domain/plan/plan.ts';
import { layersOf } from '../../domain/plan/plan-graph.ts';
import { problemsOf } from '../../domain/plan/plan-problems.ts';
import { issueText } from '../../domain/text/plain-issues.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database, Query } from '../../store/database.ts';
import { resolveAlert } from '../../store/failures/alerts.ts';
import { drawnFrom } from '../../store/money/costs.ts';
import { openQuestionWith } from '../../store/work/plans/decided-plans.ts';
import {
  addPlan,
  askPlanning,
  newestPlanning,
  type Planning,
  planAt,
  planningById,
  planVersions,
  type SpecPlan,
  wantRun,
} from '../../store/work/plans/plannings.ts';
import { lockSpecRun } from '../../store/work/plans/running-plans.ts';
import { findSpec, giveProject, type SpecRow } from '../../store/work/plans/specs.ts';
import { holdProject } from '../../store/work/projects/projects.ts';
import { specApproved, withoutProject } from './approval-failures.ts';
import { architectOf, type PlanningSettings } from './architect-of.ts';
import { decisionsOf } from './ask-decisions.ts';
import { planChangesOf, planVersionView, versionView } from './ask-plan-changes.ts';
import { closePlanning, planningAlert } from './close-planning.ts';
import { specFailures } from './failure-catalogue.ts';
import { planningLimit, roundsMax } from './planning-cost.ts';
import { projectCalled } from './project-called.ts';

export interface PlanDeps {
  database: Database;
  clock: Clock;
  actor: string;
  /** The person for whom a program acts. */
  requester?: string;
  settings?: { readonly current: PlanningSettings };
}

export function askPlans({ database, clock, actor, requester = actor, settings }: PlanDeps) {
  const state = async (query: Query, { id }: Pick<SpecRow, 'id'>): Promise<wire.SpecPlanning | null> => {
    const planning = await newestPlanning(query, id);
    return planning ? planningView(query, planning) : null;
  };
  return {
    /** The newest request to plan it; null if there was none. */
    planning: (given: string) => database.run(async (query) => state(query, await findSpec(query, given))),
    /**
     * Asks the Architect for a plan. A spec is planned once: an open request, or one that made a valid plan, is
     * returned, unless another plan is wanted. Asking again with the same `id` has no effect.
     * @throws PermanentError `SPEC_WITHOUT_PROJECT`, `NO_MODEL`, `MODEL_UNPRICED`, `PLAN_COST_CHANGED`, `SPEC_APPROVED`
     */
    plan: (
      given: string,
      wanted: wire.AskPlan = {},
      id = newId<string>(clock.now()),
    ): Promise<wire.SpecPlanning> =>
      database.transaction(async (query) => {
        const spec = await findSpec(query, given);
        const projectId =
          wanted.project === undefined ? spec.projectId : await projectCalled(query, wanted.project);
        const project = projectId === null ? undefined : await holdProject(query, projectId);
        if (!project) throw withoutProject(spec.id);
        const there =
          (await planningById(query, id)) ?? (await planningToKeep(query, spec, project.id, wanted));
        if (there) {
          if (wanted.run) await wantRun(query, there.id, actor);
          return planningView(query, (await planningById(query, there.id)) ?? there);
        }
        await refuseApproved(query, spec);
        if (project.id !== spec.projectId) await giveProject(query, spec.id, project.id);
        const { model, limitNanoUsd } = await costOf(query, spec.content, settings?.current, clock.now());
        refuseAboveEstimate(spec, limitNanoUsd);
        const asked = {
          id,
          specId: spec.id,
          projectId: project.id,
          model,
          limitNanoUsd,
          askedBy: actor,
          requestedBy: requester,
        };
        const runFor = wanted.run ? actor : await runForOf(query, spec);
        return planningView(query, await askPlanning(query, { ...asked, runFor }));
      }),
    /** Cancels the open request. Repeating it succeeds. */
    cancelPlanning: (given: string): Promise<wire.SpecPlanning | null> =>
      database.transaction(async (query) => {
        const spec = await findSpec(query, given);
        const open = await newestPlanning(query, spec.id);
        if (open) await closePlanning(query, open.id, { state: 'cancelled' });
        return state(query, spec);
      }),
    /** The newest version, or the named one. @throws PermanentError `PLAN_NOT_FOUND` */
    planOf: (given: string, version?: number): Promise<wire.SpecPlan> =>
      database.run(async (query) =>
        planView(await planAt(query, (await findSpec(query, given)).id, version)),
      ),
    /** What the newest version, or the named one, changed compared with the previous version. */
    planChanges: (given: string, version?: number): Promise<wire.SpecPlanChanges> =>
      planChangesOf(database, given, version),
    decisions: (given: string): Promise<wire.SpecDecisions> => decisionsOf(database, given),
    /** Oldest first. */
    planVersions: (given: string): Promise<wire.SpecPlanVersion[]> =>
      database.run(async (query) => {
        const versions = await planVersions(query, (await findSpec(query, given)).id);
        return versions.map(({ workOrders, ...row }) => ({ ...versionView(row), work_orders: workOrders }));
      }),
    /**
     * Stores an edited plan as the next version. Nothing is stored if it is not valid.
     * @throws PermanentError `PLAN_INVALID`, `PLAN_CHANGED`, `PLAN_NOT_FOUND`, `SPEC_APPROVED`
     */
    editPlan: (
      given: string,
      { plan, after, because = 'edited' }: wire.EditPlan,
      id = newId<string>(clock.now()),
    ): Promise<wire.SpecPlan> => {
      const edited = readPlan(plan);
      return database.transaction(async (query) => {
        const spec = await findSpec(query, given);
        const { id: specId } = spec;
        await refuseApproved(query, spec);
        await planAt(query, specId, after);
        const added = { id, specId, plan: edited, problems: [], planningId: null };
        await addPlan(query, { ...added, madeBy: actor, because, after });
        await resolveAlert(query, planningAlert(specId), actor);
        return planView(await planAt(query, specId));
      });
    },
  };
}

/** While the Director's question is open, its plan, or a plan that replaces it, is to be run. */
async function runForOf(query: Query, { id }: SpecRow): Promise<string | null> {
  if ((await openQuestionWith(query, `plan:${id}`)) === null) return null;
  return (await newestPlanning(query, id))?.runFor ?? null;
}

/** The approved plan runs as it is, so nobody should believe that a later version does. */
async function refuseApproved(query: Query, { id }: SpecRow): Promise<void> {
  const { approvedVersion } = await lockSpecRun(query, id);
  if (approvedVersion !== null) throw specApproved(id, approvedVersion);
}

/** An earlier request that also answers this one: an open one, or one that made a valid plan for the same project. */
async function planningToKeep(
  query: Query,
  { id, projectId }: SpecRow,
  wantedId: ProjectId,
  { again = false }: wire.AskPlan,
): Promise<Planning | undefined> {
  const newest = await newestPlanning(query, id);
  if (newest?.endedAt === null) return newest;
  const isSame = projectId === wantedId && newest?.projectId === wantedId;
  return newest?.state === 'planned' && isSame && !again ? newest : undefined;
}

async function planningView(query: Query, planning: Planning): Promise<wire.SpecPlanning> {
  const { id, model, rounds, failure, askedBy, askedAt, endedAt, reservationId } = planning;
  const drawn = reservationId ? await drawnFrom(query, reservationId) : null;
  const spent = drawn ? drawn.settled + drawn.presumed + drawn.open : 0n;
  return {
    id,
    state: planning.state,
    model,
    rounds,
    rounds_max: roundsMax,
    failure: failure?.message ?? null,
    failure_code: failure?.code ?? null,
    advice: failure?.advice ?? null,
    limit_usd: usdNumber(planning.limitNanoUsd),
    spent_usd: usdNumber(spent),
    declined: Object.entries(planning.declined).map(([machine, lacks]) => ({ machine, lacks })),
    run_for: planning.runFor,
    asked_by: askedBy,
    asked_at: askedAt.toISOString(),
    ended_at: endedAt?.toISOString() ?? null,
  };
}

function planView({ plan, ...row }: SpecPlan): wire.SpecPlan {
  const { layers, left } = layersOf(plan.work_orders);
  return {
    ...planVersionView({ plan, ...row }),
    plan,
    layers: left.length > 0 ? [...layers, left] : layers,
  };
}

/** @throws PermanentError `PLAN_INVALID` with the first problems */
function readPlan(given: unknown): Plan {
  const read = planSchema.safeParse(given);
  const said = read.success
    ? problemsOf(read.data).map(({ message }) => message)
    : read.error.issues.map(({ path, message }) => issueText({ path: path.join('.'), message }, 'the plan'));
  if (read.success && said.length === 0) return read.data;
  const shown = said.slice(0, problemsShownMax);
  const more = said.length > shown.length ? [`and ${said.length - shown.length} more`] : [];
  throw specFailures.PLAN_INVALID('edit plan', { problems: [...shown, ...more].join(' ') });
}

const problemsShownMax = 5;

async function costOf(
  query: Query,
  content: string,
  planning: PlanningSettings | undefined,
  now: Date,
): Promise<{ model: string; limitNanoUsd: bigint }> {
  const architect = await architectOf(query, planning, now);
  if (architect === null) throw withoutModel();
  const { model, price, outputTokensMax } = architect;
  if (price === null) throw unpriced(model);
  const limit = planningLimit(Buffer.byteLength(content), price, outputTokensMax);
  // A reservation is never zero, not even for a free model.
  return { model, limitNanoUsd: limit > 0n ? limit : 1n };
}

const fields = { operation: 'plan' };

/** People were shown the estimate from when the spec was stored; models and prices may have changed since then. */
function refuseAboveEstimate({ name, estimate }: SpecRow, limitNanoUsd: bigint): void {
  const shownUsd = estimate.architect_usd;
  const limitUsd = usdNumber(limitNanoUsd);
  if (typeof shownUsd !== 'number' || limitUsd <= shownUsd) return;
  throw specFailures.PLAN_COST_CHANGED(fields, {
    name,
    limit: formatUsd(limitNanoUsd),
    shown: `$${shownUsd.toFixed(2)}`,
  });
}

function withoutModel(): ConfigurationError {
  return specFailures.NO_MODEL(fields);
}

function unpriced(model: string): ConfigurationError {
  return specFailures.MODEL_UNPRICED(fields, { model });
}
