// The progress of a spec's approved plan: its work orders in the order of the plan, with their results (R-SPEC-2).
import type * as wire from '../../contract/contract.ts';
import { usdNumber } from '../../domain/money.ts';
import { ancestorsOf, layersOf } from '../../domain/plan/plan-graph.ts';
import type { Query } from '../../store/database.ts';
import {
  costOfSpec,
  graphOf,
  type PlannedState,
  plannedStates,
  specRun,
} from '../../store/work/plans/running-plans.ts';
import { findSpec } from '../../store/work/plans/specs.ts';
import { listedByIds } from '../../store/work/work-orders/work-order-lists.ts';
import type { SteeringDeps } from '../commands/start-run.ts';
import { estimateOf, summaryOf } from '../specs/spec-summary.ts';
import { viewWorkOrders } from './work-order/work-order-view.ts';

/** Null if no plan of the spec is approved. @throws PermanentError `SPEC_NOT_FOUND`, `SPEC_AMBIGUOUS` */
export async function specRunOf(deps: SteeringDeps, given: string): Promise<wire.SpecRun | null> {
  const { database, clock } = deps;
  const { id } = await database.run((query) => findSpec(query, given));
  const known = await database.run((query) => readRun(query, id));
  const { run, states } = known;
  const { runState, approvedVersion, approvedBy, approvedAt, runChangedBy, runChangedAt } = run;
  if (runState === null) return null;
  const listed = await database.run((query) =>
    listedByIds(
      query,
      states.map((state) => state.id),
    ),
  );
  const views = new Map((await viewWorkOrders(database, listed, clock.now())).map((view) => [view.id, view]));
  return {
    state: runState,
    version: approvedVersion ?? 0,
    approved_by: approvedBy ?? '',
    approved_at: approvedAt?.toISOString() ?? '',
    changed_by: runChangedBy ?? '',
    changed_at: runChangedAt?.toISOString() ?? '',
    work_orders: plannedViews(known, views),
    summary: summaryOf(known),
  };
}

type Known = Awaited<ReturnType<typeof readRun>>;

async function readRun(query: Query, id: string) {
  return {
    run: await specRun(query, id),
    states: await plannedStates(query, id),
    graph: await graphOf(query, id),
    costNanoUsd: await costOfSpec(query, id),
  };
}

function plannedViews(
  { states, graph }: Known,
  views: ReadonlyMap<string, wire.WorkOrder>,
): wire.PlannedWorkOrder[] {
  const keys = new Map<string, string>(graph.map(({ id, planKey }) => [id, planKey]));
  const keysOf = (ids: readonly string[]) => ids.flatMap((id) => keys.get(id) ?? []);
  const edges = new Map(graph.map((node) => [node.planKey, node]));
  const nodes = graph.map(({ planKey, dependsOn }) => ({ key: planKey, depends_on: keysOf(dependsOn) }));
  const layers = new Map(
    layersOf(nodes).layers.flatMap((layer, at) => layer.map((key): [string, number] => [key, at + 1])),
  );
  const waits = graph.map(({ planKey, waitsOn }) => ({ key: planKey, depends_on: keysOf(waitsOn) }));
  const heldBackBy = Array.from(ancestorsOf(waits));
  const holdsBack = (key: string) => heldBackBy.flatMap(([held, by]) => (by.has(key) ? [held] : []));
  return states
    .map((state) => ({
      ...plannedView(state, views.get(state.id)),
      layer: layers.get(state.planKey) ?? 1,
      depends_on: keysOf(edges.get(state.planKey)?.dependsOn ?? []),
      waits_for: keysOf(edges.get(state.planKey)?.waitsOn ?? []),
      holds_back: holdsBack(state.planKey),
    }))
    .sort((one, other) => one.layer - other.layer);
}

function plannedView(state: PlannedState, view: wire.WorkOrder | undefined) {
  return {
    id: state.id,
    key: state.planKey,
    title: state.title,
    status: state.status,
    stage: view?.stage ?? 'waiting',
    step: view?.step ?? null,
    step_state: view?.step_state ?? null,
    is_started: state.run > 0,
    is_paused: state.heldBy !== null,
    pull_request: state.pullRequestUrl,
    is_merged: state.isMerged,
    is_reverted: state.isReverted,
    cost_usd: usdNumber(state.costNanoUsd),
    estimate_usd: estimateOf([state]),
    explain: view?.explain ?? '',
  };
}
