// The rows of failures. Their IDs are given by the caller, so that a row that is delivered twice is stored once.

import { type ExpressionBuilder, type Insertable, type Selectable, sql } from 'kysely';
import { storedNamesOf } from '../../domain/component-names.ts';
import type { FailureClass } from '../../domain/failure.ts';
import type { RunId, SessionId, WorkOrderId } from '../../domain/ids.ts';
import type { Step } from '../../domain/transitions.ts';
import type { Query } from '../database.ts';
import { storeFailures } from '../failure-catalogue.ts';
import type { Tables } from '../schema/tables.ts';
import { hexOf, idsCalled } from '../work/work-orders/called.ts';
import { timeOfRow } from '../work/work-orders/time-of-row.ts';

/** The row consists of JSON values only, because it is kept in a file until it is delivered. */
export type ErrorEventRow = Insertable<Tables['errorEvents']> & { timestamp: string };
export type ErrorEvent = Selectable<Tables['errorEvents']>;

/** The outcome of a failure; only the first one is stored. */
export interface ErrorResolution {
  id: string;
  isRecovered: boolean;
  /** Null if it is unknown: then the row keeps its count. */
  retryCount: number | null;
  /** A time in ISO 8601 format. */
  at: string;
}

export async function insertErrorEvents(query: Query, rows: readonly ErrorEventRow[]): Promise<void> {
  if (rows.length === 0) return;
  await query
    .insertInto('errorEvents')
    .values(rows)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

/** Returns false if the row exists already. */
export async function insertErrorEvent(
  query: Query,
  row: Insertable<Tables['errorEvents']>,
): Promise<boolean> {
  const inserted = await query
    .insertInto('errorEvents')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .returning('id')
    .executeTakeFirst();
  return inserted !== undefined;
}

/** Whether a failure of this code was recorded within that time. */
export async function wasRecordedWithin(query: Query, code: string, ms: number): Promise<boolean> {
  const found = await query
    .selectFrom('errorEvents')
    .select('id')
    .where('errorType', '=', code)
    .where(sql<boolean>`timestamp > clock_timestamp() - ${ms} * interval '1 ms'`)
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

/** Stores all outcomes in one statement; rows that are resolved or missing stay as they are. */
export async function resolveErrorEvents(
  query: Query,
  resolutions: readonly ErrorResolution[],
): Promise<void> {
  if (resolutions.length === 0) return;
  const column = <K extends keyof ErrorResolution>(name: K) => resolutions.map((each) => each[name]);
  await sql`
    update error_events as event
    set recovery_success = word.is_recovered,
        retry_count = coalesce(word.retry_count, event.retry_count),
        resolved_at = word.at,
        resolution_time_ms = greatest(0, round(extract(epoch from word.at - event.timestamp) * 1000))::bigint
    from (
      select distinct on (id) * from unnest(
        ${column('id')}::uuid[], ${column('isRecovered')}::boolean[],
        ${column('retryCount')}::integer[], ${column('at')}::timestamptz[]
      ) with ordinality as given (id, is_recovered, retry_count, at, place)
      order by id, place
    ) as word
    where event.id = word.id and event.recovery_success is null`.execute(query);
}

/** Marks the unrecovered failures of a run that ended without success: nothing can recover them any more. */
export async function markUnrecovered(query: Query, runId: RunId): Promise<void> {
  await recoveryOf(runId, null, false).execute(query);
}

/**
 * Resolves the open failures of a run, or of one of its steps, with their numbers of retries. A failure of a step was
 * followed by one retry for itself and one for each later failure of that step; if nothing recovered, the last failure
 * was not retried.
 */
export const recoveryOf = (runId: RunId, step: Step | null, isRecovered: boolean) => sql`
    update error_events as event
    set recovery_success = ${isRecovered},
        retry_count = open.tries,
        resolved_at = clock_timestamp(),
        resolution_time_ms = greatest(0, round(extract(epoch from clock_timestamp() - event.timestamp) * 1000))::bigint
    from (
      select id, count(*) over (partition by step order by timestamp desc, id desc) - ${isRecovered ? 0 : 1} as tries
      from error_events
      where run_id = ${runId} and recovery_success is null and (${step}::work_order_step is null or step = ${step})
    ) as open
    where event.id = open.id`;

/** Whether a failed operation of a work order was recorded for this session. */
export async function hasFailed(
  query: Query,
  {
    workOrderId,
    sessionId,
    operation,
  }: { workOrderId: WorkOrderId; sessionId: SessionId; operation: string },
): Promise<boolean> {
  const row = await query
    .selectFrom('errorEvents')
    .select('id')
    .where('workOrderId', '=', workOrderId)
    .where('sessionId', '=', sessionId)
    .where('operation', '=', operation)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

export interface ErrorFilter {
  workOrderId?: WorkOrderId;
  failureClass?: FailureClass;
  component?: string;
  code?: string;
  fingerprint?: string;
  since?: Date;
}

/** Errors, newest first; with `afterId`, those after it. @throws PermanentError `CURSOR_INVALID` */
export async function listErrorEvents(
  query: Query,
  filter: ErrorFilter,
  limit: number,
  afterId?: string,
): Promise<ErrorEvent[]> {
  let select = query.selectFrom('errorEvents').selectAll().where(matching(filter));
  if (afterId !== undefined) {
    const after = sql`(${await timeOfRow(query, 'error_events', afterId)}::timestamptz, ${afterId}::uuid)`;
    select = select.where(sql<boolean>`(timestamp, id) < ${after}`);
  }
  return select.orderBy('timestamp', 'desc').orderBy('id', 'desc').limit(limit).execute();
}

export function matching({ workOrderId, failureClass, component, code, fingerprint, since }: ErrorFilter) {
  return ({ and, eb }: ExpressionBuilder<Tables, 'errorEvents'>) =>
    and([
      ...(workOrderId ? [eb('workOrderId', '=', workOrderId)] : []),
      ...(failureClass ? [eb('failureClass', '=', failureClass)] : []),
      ...(component ? [eb('component', 'in', storedNamesOf(component))] : []),
      ...(code ? [eb('errorType', '=', code)] : []),
      ...(fingerprint ? [eb('fingerprint', '=', fingerprint)] : []),
      ...(since ? [eb('timestamp', '>=', since)] : []),
    ]);
}

const fingerprintChars = 16;
const ambiguousFrom = 2;

/**
 * Finds an error by its ID, the ID's start or end, or the fingerprint of its group: then the newest one. @throws
 * PermanentError
 */
export async function findErrorEvent(query: Query, given: string): Promise<ErrorEvent> {
  const hex = hexOf(given);
  const found = hex === null ? [] : await errorsCalled(query, hex);
  const [one, another] = found;
  const fields = { operation: 'find', metadata: { given } };
  if (one && another) {
    throw storeFailures.ERROR_AMBIGUOUS(fields, { given });
  }
  if (one) return one;
  throw storeFailures.ERROR_NOT_FOUND(fields, { given });
}

async function errorsCalled(query: Query, hex: string): Promise<ErrorEvent[]> {
  const all = query.selectFrom('errorEvents').selectAll();
  if (hex.length === fingerprintChars) {
    const newest = await all.where('fingerprint', '=', hex).orderBy('timestamp', 'desc').limit(1).execute();
    if (newest.length > 0) return newest;
  }
  const ids = await idsCalled<string>(query, 'error_events', hex, ambiguousFrom);
  return ids.length === 0 ? [] : all.where('id', 'in', ids).execute();
}
