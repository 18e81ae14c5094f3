// Everything on the page of one work order: only the newest of each, so that it is fast however long the history is.
import { usdNumber } from '../../domain/money.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database, Query } from '../../store/database.ts';
import { runsOf } from '../../store/work/runs-of.ts';
import { sessionsOfWorkOrder } from '../../store/work/session-lists.ts';
import {
  checksOf,
  costsOfSessions,
  costsOfSpans,
  countHistory,
  newestCostsOf,
  newestDecisionsOf,
  newestEffectsOf,
  newestErrorsOf,
  stepEntriesOf,
  stepResultsWithoutText,
} from '../../store/work/work-order-history.ts';
import { listedByIds } from '../../store/work/work-order-lists.ts';
import { findWorkOrder, type WorkOrder } from '../../store/work/work-orders.ts';
import { actsOf } from '../commands/acts.ts';
import type { RoutingResult } from '../run/step-results.ts';
import { checkViews, costView, decisionView, effectView, errorView } from './detail-parts.ts';
import { sessionView } from './histories.ts';
import { stationsOf } from './stations.ts';
import { spansOf, timelineOf } from './timeline.ts';
import { watchWorkOrders } from './watched-work-order.ts';

/** The newest so many of each. */
const most = {
  runs: 50,
  stations: 150,
  entries: 300,
  sessions: 200,
  checks: 20,
  costs: 200,
  decisions: 100,
  errors: 100,
  effects: 100,
} as const;

export type WatchedDetail = Awaited<ReturnType<typeof detailOf>>;

/** @throws WORK_ORDER_NOT_FOUND, WORK_ORDER_AMBIGUOUS */
export async function detailOf(deps: { database: Database; clock: Clock; actor: string }, given: string) {
  const { database, clock, actor } = deps;
  const order = await database.run((query) => findWorkOrder(query, given));
  const listed = await database.run((query) => listedByIds(query, [order.id]));
  const [view] = await watchWorkOrders(database, listed, clock.now());
  if (!view) throw new TypeError('A work order has no view');
  const history = await database.run((query) => historyOf(query, order));
  const acts = await database.run((query) => actsOf(query, order, actor));
  return { ...view, ...wordsOf(order), ...history, acts };
}

function wordsOf(order: WorkOrder) {
  return {
    description: order.description,
    acceptance: order.acceptance,
    limit_usd: order.limitNanoUsd === null ? null : usdNumber(order.limitNanoUsd),
    wasted_usd: usdNumber(order.wastedNanoUsd),
    time_limit_ms: order.timeLimitMs,
    approved_by: order.approvedBy,
    failure: order.failure === null ? null : { ...order.failure },
    counters: {
      agent_runs: order.agentRuns,
      model_calls: order.modelCalls,
      input_tokens: Number(order.inputTokens),
      output_tokens: Number(order.outputTokens),
      refinement_cycles: order.refinementCycles,
      refinement_cycles_max: order.refinementCyclesMax,
    },
  };
}

async function historyOf(query: Query, order: WorkOrder) {
  const { id } = order;
  const { events, ...totals } = await countHistory(query, id);
  const runs = await runsOf(query, id, most.runs);
  const results = await stepResultsWithoutText(query, id, most.stations);
  const sessions = await sessionsOfWorkOrder(query, id, most.sessions);
  const costs = await newestCostsOf(query, id, most.costs);
  const errors = await newestErrorsOf(query, id, most.errors);
  const effects = await newestEffectsOf(query, id, most.effects);
  const entries = await stepEntriesOf(query, id, most.entries);
  const stations = stationsOf({ order, runs, results, entries, effects });
  const numbers = new Map<string, number>(runs.map((run) => [run.id, run.number]));
  return {
    ...routedTo(order, results),
    timeline: timelineOf({
      ...{ stations, runs, sessions, errors, calls: costs },
      costs: await costsOfSpans(query, id, spansOf(stations)),
      sessionNanoUsd: await costsOfSessions(
        query,
        sessions.map((session) => session.id),
      ),
    }),
    sessions: sessions.map(sessionView),
    checks: checkViews(await checksOf(query, id, most.checks), sessions, numbers),
    costs: costs.map(costView),
    decisions: (await newestDecisionsOf(query, id, most.decisions)).map(decisionView),
    errors: errors.map(errorView),
    effects: effects.map((effect) => effectView(effect, order)),
    events,
    totals,
  };
}

/** The person who was asked last, or who will be asked. */
function routedTo(
  { settings }: WorkOrder,
  results: ReadonlyArray<{ step: string; result: Record<string, unknown> }>,
): { agent: string | null; model: string | null } {
  const newest = (step: string) => results.find((row) => row.step === step)?.result;
  const routed = newest('routing') as Partial<RoutingResult> | undefined;
  const model = newest('generating')?.model ?? routed?.models?.[0] ?? settings.model ?? null;
  const agent = newest('applying')?.agent ?? routed?.agent ?? settings.agent ?? null;
  return {
    agent: typeof agent === 'string' ? agent : null,
    model: typeof model === 'string' ? model : null,
  };
}
