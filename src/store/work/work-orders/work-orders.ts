import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { ProjectId, WorkOrderId } from '../../../domain/ids.ts';
import type { Status } from '../../../domain/transitions.ts';
import type { WorkOrderSettings } from '../../../domain/work-order/work-order.ts';
import type { Query } from '../../database.ts';
import { storeFailures } from '../../failure-catalogue.ts';
import type { Tables } from '../../schema/tables.ts';
import { storableText, toJson } from '../../storable.ts';
import { hexOf, idsCalled } from './called.ts';

export type WorkOrder = Selectable<Tables['workOrders']>;
export type WorkOrderEventRow = Selectable<Tables['workOrderEvents']>;

export function workOrderById(query: Query, id: WorkOrderId): Promise<WorkOrder | undefined> {
  return query.selectFrom('workOrders').selectAll().where('id', '=', id).executeTakeFirst();
}

/** Reads a work order that certainly exists. */
export function requireWorkOrder(query: Query, id: WorkOrderId): Promise<WorkOrder> {
  return query.selectFrom('workOrders').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

/** The columns by which a list shows a work order. */
export function findWorkOrderSummary(
  query: Query,
  id: WorkOrderId,
): Promise<(Pick<WorkOrder, 'id' | 'title' | 'status'> & { project: string }) | undefined> {
  return query
    .selectFrom('workOrders')
    .innerJoin('projects', 'projects.id', 'workOrders.projectId')
    .select(['workOrders.id', 'workOrders.title', 'workOrders.status', 'projects.name as project'])
    .where('workOrders.id', '=', id)
    .executeTakeFirst();
}

/** Returns false if the row exists: a transaction that is repeated after a lost answer adds no second row. */
export async function insertWorkOrder(query: Query, row: Insertable<Tables['workOrders']>): Promise<boolean> {
  const inserted = await query
    .insertInto('workOrders')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

/** The cost of the work order so far. */
export async function costOfWorkOrder(query: Query, id: WorkOrderId): Promise<bigint> {
  const { costNanoUsd } = await query
    .selectFrom('workOrders')
    .select(['costNanoUsd'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return costNanoUsd;
}

/** Reads the current state, and locks the work order until the transaction ends. */
export async function lockWorkOrder(query: Query, id: WorkOrderId): Promise<WorkOrder> {
  return query
    .selectFrom('workOrders')
    .selectAll()
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

/** The newest work order that repeats this one and has neither failed nor been cancelled. */
export function findReplacement(query: Query, id: WorkOrderId): Promise<WorkOrder | undefined> {
  return query
    .selectFrom('workOrders')
    .selectAll()
    .where(sql`settings ->> 'replaces'`, '=', id)
    .where('status', 'not in', ['failed', 'cancelled'])
    .orderBy('createdAt', 'desc')
    .executeTakeFirst();
}

const ambiguousFrom = 2;

/** `given` is a whole ID, or its start or end, as people copy it from a screen. */
export async function findWorkOrder(query: Query, given: string): Promise<WorkOrder> {
  const hex = hexOf(given);
  const ids = hex === null ? [] : await idsCalled<WorkOrderId>(query, 'work_orders', hex, ambiguousFrom);
  const [called, another] = ids;
  const one = called && (await workOrderById(query, called));
  const fields = { operation: 'find', metadata: { given } };
  if (another) {
    throw storeFailures.WORK_ORDER_AMBIGUOUS(fields, { given });
  }
  if (!one) {
    throw storeFailures.WORK_ORDER_NOT_FOUND(fields, { given: given.slice(0, 100) });
  }
  return one;
}

export interface WorkOrderFilter {
  statuses?: readonly Status[];
  projectId?: ProjectId;
  limit: number;
}

export function listWorkOrders(
  query: Query,
  filter: WorkOrderFilter,
): Promise<Array<WorkOrder & { project: string }>> {
  let select = query
    .selectFrom('workOrders')
    .innerJoin('projects', 'projects.id', 'workOrders.projectId')
    .selectAll('workOrders')
    .select('projects.name as project')
    .orderBy('workOrders.createdAt', 'desc')
    .orderBy('workOrders.id', 'desc')
    .limit(filter.limit);
  if (filter.statuses) select = select.where('workOrders.status', 'in', filter.statuses);
  if (filter.projectId) select = select.where('workOrders.projectId', '=', filter.projectId);
  return select.execute();
}

/**
 * Members of the settings that change. The others stay as they are stored: written again, they would lose what others have
 * changed meanwhile, and a command of a person would lose what this process masks as a secret.
 */
export interface ChangedSettings {
  set: Partial<WorkOrderSettings>;
  without?: ReadonlyArray<keyof WorkOrderSettings>;
}

/**
 * Changes a work order in the state `expected`; the change's actor and reason are written to the event. Returns false
 * if the work order is not in that state: the caller decides what that means.
 */
export async function changeWorkOrder(...asked: Parameters<typeof changing>): Promise<boolean> {
  const { numUpdatedRows } = await changing(...asked).executeTakeFirst();
  return numUpdatedRows === 1n;
}

/**
 * Like `changeWorkOrder`, but returns the work order as it is then; undefined if it is not in the state `expected`.
 * `alsoSet`: with `sinceProgress`, spending without progress is counted from zero too.
 */
export function changedWorkOrder(...asked: Parameters<typeof changing>): Promise<WorkOrder | undefined> {
  return changing(...asked)
    .returningAll()
    .executeTakeFirst();
}

/** What a cancelled work order has spent came to nothing, whoever cancelled it and however far it was (R-PIPE-15). */
const allSpent = sql<bigint>`greatest(wasted_nano_usd, cost_nano_usd)`;

const withChanged = ({ set, without = [] }: ChangedSettings) =>
  sql<string>`(settings - ${[...without]}::text[]) || ${toJson(set)}::jsonb`;

function changing(
  query: Query,
  id: WorkOrderId,
  expected: Partial<Pick<WorkOrder, 'status' | 'step' | 'stepState' | 'run'>>,
  {
    settings,
    ...change
  }: Omit<Updateable<Tables['workOrders']>, 'settings'> & {
    changedBy: string;
    changedBecause: string;
    settings?: ChangedSettings;
  },
  alsoSet: Partial<typeof sinceProgress> = {},
) {
  const changedBecause = storableText(change.changedBecause);
  let update = query
    .updateTable('workOrders')
    .set({
      ...change,
      ...alsoSet,
      ...(settings === undefined ? {} : { settings: withChanged(settings) }),
      ...(change.status === 'cancelled' ? { wastedNanoUsd: allSpent } : {}),
      changedBecause,
    })
    .where('id', '=', id);
  for (const [column, value] of Object.entries(expected)) {
    update = update.where(column as 'status', value === null ? 'is' : '=', value as Status);
  }
  return update;
}

export interface WorkOrderEvent {
  workOrderId: WorkOrderId;
  kind: string;
  actor: string;
  reason?: string;
  detail?: Record<string, unknown>;
  /** Records a verified new fact, which is progress. The same fact counts once. */
  factKey?: string;
}

/**
 * Returns false if the fact was already known. Events of one work order are numbered in the order in which they become
 * visible: the work order is locked before the number is assigned, as for every change of state. So a reader who
 * follows the numbers misses none.
 */
export async function recordEvent(query: Query, event: WorkOrderEvent): Promise<boolean> {
  const { workOrderId, kind, actor, reason = '', detail = {}, factKey = null } = event;
  const { numAffectedRows } = await sql`
    with work_order as (select id from work_orders where id = ${workOrderId} for no key update)
    insert into work_order_events (work_order_id, kind, actor, reason, detail, fact_key)
    select id, ${kind}, ${actor}, ${reason}, ${toJson(detail)}::jsonb, ${factKey}::text from work_order
    on conflict (work_order_id, fact_key) do nothing`.execute(query);
  if (numAffectedRows === 0n && factKey === null)
    throw new TypeError(`There is no work order ${workOrderId}`);
  return numAffectedRows === 1n;
}

/** From here on, spending without progress is counted from zero. The counters themselves stay. */
export async function markProgress(query: Query, id: WorkOrderId): Promise<void> {
  await query.updateTable('workOrders').set(sinceProgress).where('id', '=', id).execute();
}

/** A verified new fact is progress once, whoever brings it (R-PIPE-12). */
export async function recordProgress(
  query: Query,
  { workOrderId, actor, fact }: { workOrderId: WorkOrderId; actor: string; fact: string },
): Promise<void> {
  const event = { workOrderId, kind: 'progress', actor, detail: { fact }, factKey: fact };
  if (await recordEvent(query, event)) await markProgress(query, workOrderId);
}

export const sinceProgress = {
  progressedAt: sql<Date>`clock_timestamp()`,
  agentRunsAtProgress: sql<number>`agent_runs`,
  modelCallsAtProgress: sql<number>`model_calls`,
  costAtProgressNanoUsd: sql<bigint>`cost_nano_usd`,
};

/** The largest metadata of a work order: they are written from outside, so nothing is added above this. */
const metadataBytesMax = 256 * 1024;

/**
 * Adds these names to the work order's metadata in one statement: two concurrent callers both succeed. An existing name
 * gets the new value. False if there is no such work order, or no room in it.
 */
export async function addMetadata(
  query: Query,
  id: WorkOrderId,
  patch: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  const { numAffectedRows } = await sql`update work_orders set metadata = metadata || ${toJson(patch)}::jsonb
    where id = ${id} and octet_length((metadata || ${toJson(patch)}::jsonb)::text) <= ${metadataBytesMax}`.execute(
    query,
  );
  return numAffectedRows === 1n;
}

/** Events after `afterId`, oldest first. */
export function eventsOf(query: Query, id: WorkOrderId, afterId = 0n, limit = 1_000) {
  return query
    .selectFrom('workOrderEvents')
    .selectAll()
    .where('workOrderId', '=', id)
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/** The newest ones of these kinds, oldest first. */
export async function eventsOfKinds(query: Query, id: WorkOrderId, kinds: readonly string[], limit: number) {
  const rows = await query
    .selectFrom('workOrderEvents')
    .selectAll()
    .where('workOrderId', '=', id)
    .where('kind', 'in', [...kinds])
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
  return rows.toReversed();
}

/** How long people had paused the work order in that time. */
export async function heldMsOf(
  query: Query,
  id: WorkOrderId,
  { since, until }: { since: Date; until: Date },
): Promise<number> {
  const { rows } = await sql<{ ms: number }>`
    select coalesce(sum(extract(epoch from least(ended_at, ${until}) - greatest(at, ${since}))), 0)::float8 * 1000 as ms
    from (select kind, at, coalesce(lead(at) over (order by id), ${until}) as ended_at from work_order_events
      where work_order_id = ${id} and kind in ('pause.requested', 'resumed')) pauses
    where kind = 'pause.requested' and ended_at > ${since} and at < ${until}`.execute(query);
  return rows[0]?.ms ?? 0;
}

/** The ID of the newest event; 0 if there is none. */
export async function newestEventIdOf(query: Query, id: WorkOrderId): Promise<bigint> {
  const newest = await query
    .selectFrom('workOrderEvents')
    .select('id')
    .where('workOrderId', '=', id)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return newest?.id ?? 0n;
}
