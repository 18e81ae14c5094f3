// The rows of failures: ids come from outside, so that a row which is delivered twice is there once.
import { type Insertable, type Selectable, sql } from 'kysely';
import type { RunId } from '../domain/ids.ts';
import type { Step } from '../domain/transitions.ts';
import type { Query } from './database.ts';
import type { Tables } from './tables.ts';

/** All of it JSON: it is kept in a file until it is delivered. */
export type ErrorEventRow = Insertable<Tables['errorEvents']> & { timestamp: string };
export type ErrorEvent = Selectable<Tables['errorEvents']>;

/** What came of a failure; the first word counts. */
export interface ErrorResolution {
  id: string;
  isRecovered: boolean;
  /** Null: not told, and the row keeps its count. */
  retryCount: number | null;
  /** ISO 8601. */
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

/** One statement for all of them; what is resolved, or not there, stays as it is. */
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

/** What failed at a step of a run and has no answer yet: the step came through, or the run ended without it. */
export async function resolveErrorsOfRun(
  query: Query,
  runId: RunId,
  { step, isRecovered, at }: { step?: Step; isRecovered: boolean; at: Date },
): Promise<void> {
  await query
    .updateTable('errorEvents')
    .set(({ ref }) => ({
      recoverySuccess: isRecovered,
      resolvedAt: at,
      resolutionTimeMs: sql<bigint>`greatest(0, round(extract(epoch from ${at}::timestamptz - ${ref('timestamp')}) * 1000))::bigint`,
    }))
    .where('runId', '=', runId)
    .where('recoverySuccess', 'is', null)
    .$if(step !== undefined, (update) => update.where('step', '=', step as Step))
    .execute();
}
