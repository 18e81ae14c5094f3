// Reads everything that is stored about one work order. Each interface builds its own view from this record.
import type * as wire from '../../../contract/contract.ts';
import { saidKinds } from '../../../domain/work-order/message.ts';
import type { SharedReads } from '../../../stdx/async/shared-reads.ts';
import type { Clock } from '../../../stdx/clock.ts';
import type { Database, Query } from '../../../store/database.ts';
import { discussedPullRequests } from '../../../store/work/pull-requests/pull-request-lists.ts';
import { runsOf } from '../../../store/work/runs/runs-of.ts';
import { sessionsOfWorkOrder } from '../../../store/work/sessions/session-lists.ts';
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
} from '../../../store/work/work-orders/work-order-history.ts';
import { eventsOfKinds, findWorkOrder, type WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { actsOf } from '../../commands/acts.ts';
import { groupViews } from '../group-views.ts';
import { stationsOf } from './stations.ts';
import { subtaskViews } from './subtask-views.ts';
import { spansOf } from './timeline.ts';
import { watchWorkOrder } from './watched-work-order.ts';

export interface ReadDeps {
  database: Database;
  clock: Clock;
  actor: string;
  /** Shared by everybody who reads the newest of the same work order at once. */
  reads?: SharedReads | undefined;
}

/** The maximum of each kind; the newest are kept. */
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
  pullRequests: 10,
  remarks: 100,
  conversation: 100,
} as const;
/**
 * A page must be fast however long the history is; a person who asks for the whole history gets up to `wholeMax`
 * entries.
 */
export type Reach = 'newest' | 'whole';
const wholeMax = 10_000;

export interface WorkOrderRecord extends Awaited<ReturnType<typeof historyOf>> {
  order: WorkOrder;
  view: wire.WorkOrder;
  acts: wire.ActView[];
}

/** @throws WORK_ORDER_NOT_FOUND, WORK_ORDER_AMBIGUOUS */
export async function readWorkOrder(
  { database, clock, actor, reads }: ReadDeps,
  given: string,
  reach: Reach,
): Promise<WorkOrderRecord> {
  const read = () => readForAnyone({ database, clock }, given, reach);
  const record = reads && reach === 'newest' ? await reads.read(`work order ${given}`, read) : await read();
  const acts = await database.run((query) => actsOf(query, record.order, actor));
  return { ...record, acts };
}

/** All that is the same whoever asks. */
async function readForAnyone(
  { database, clock }: Pick<ReadDeps, 'database' | 'clock'>,
  given: string,
  reach: Reach,
): Promise<Omit<WorkOrderRecord, 'acts'>> {
  const order = await database.run((query) => findWorkOrder(query, given));
  const view = await watchWorkOrder(database, order, clock.now());
  const history = await database.run((query) => historyOf(query, order, reach));
  return { order, view, ...history };
}

/** Each list is newest first, except the stations. */
async function historyOf(query: Query, order: WorkOrder, reach: Reach) {
  const { id } = order;
  const upTo = (max: number) => (reach === 'whole' ? wholeMax : max);
  const runs = await runsOf(query, id, most.runs);
  const results = await stepResultsWithoutText(query, id, most.stations);
  const entries = await stepEntriesOf(query, id, most.entries);
  const effects = await newestEffectsOf(query, id, upTo(most.effects));
  const stations = stationsOf({ order, runs, results, entries, effects });
  const sessions = await sessionsOfWorkOrder(query, id, upTo(most.sessions));
  return {
    runs,
    results,
    stations,
    effects,
    sessions,
    ...(await groupViews(query, order)),
    family: await subtaskViews(query, order),
    counts: await countHistory(query, id),
    conversation: await eventsOfKinds(query, id, saidKinds, upTo(most.conversation)),
    entries,
    stationCosts: await costsOfSpans(query, id, spansOf(stations)),
    sessionNanoUsd: await costsOfSessions(
      query,
      sessions.map((session) => session.id),
    ),
    checks: await checksOf(query, id, most.checks),
    calls: await newestCostsOf(query, id, upTo(most.costs)),
    decisions: await newestDecisionsOf(query, id, upTo(most.decisions)),
    pullRequests: await discussedPullRequests(query, id, {
      pullRequests: upTo(most.pullRequests),
      remarks: upTo(most.remarks),
    }),
    errors: await newestErrorsOf(query, id, upTo(most.errors)),
  };
}
