// Warnings before a limit is crossed, and their outcomes: their precision is measured from these rows (R-REC-9).
import { type Selectable, sql } from 'kysely';
import { newId, type WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText } from '../storable.ts';

export type Forecast = Selectable<Tables['forecasts']>;

export interface Foretold {
  /** The key: `failure_rate:model:anthropic/claude-x`. */
  key: string;
  signal: string;
  component: string;
  subject: string;
  value: number;
  /** The limit that is about to be crossed, in the unit of `value`. */
  threshold: number;
  message: string;
  workOrderId?: WorkOrderId;
  savedNanoUsd?: bigint;
}

/** How long an ended forecast is not repeated: a trend near the limit would otherwise be reported every minute. */
const quietMs = 60 * 60_000;

/** Records a forecast. Returns true if it is new; an open one gets the newest value. */
export async function raiseForecast(query: Query, given: Foretold, now: Date): Promise<boolean> {
  const { key, signal, component, subject, value, threshold, workOrderId = null, savedNanoUsd = 0n } = given;
  const quietSince = new Date(now.getTime() - quietMs);
  const { rows } = await sql<{ isNew: boolean }>`
    insert into forecasts as f
      (id, key, signal, component, subject, value, threshold, work_order_id, message, raised_at, saved_nano_usd)
    select ${newId(now)}::uuid, ${key}, ${signal}, ${component}, ${subject}, ${value}::float8, ${threshold}::float8,
      ${workOrderId}::uuid, ${storableText(given.message)}, ${now}::timestamptz, ${savedNanoUsd.toString()}::bigint
    where not exists (select 1 from forecasts where key = ${key} and ended_at > ${quietSince})
    on conflict (key) where ended_at is null do update set value = excluded.value, message = excluded.message
    returning xmax = 0 as is_new`.execute(query);
  return rows[0]?.isNew === true;
}

/** `cameTrue` is null if nobody can know: then the forecast does not affect the precision. */
export async function endForecast(
  query: Query,
  id: string,
  cameTrue: boolean | null,
  now: Date,
): Promise<void> {
  await query
    .updateTable('forecasts')
    .set({ endedAt: now, cameTrue })
    .where('id', '=', id)
    .where('endedAt', 'is', null)
    .execute();
}

export function openForecasts(query: Query): Promise<Forecast[]> {
  return query.selectFrom('forecasts').selectAll().where('endedAt', 'is', null).orderBy('raisedAt').execute();
}

export interface Precision {
  signal: string;
  open: number;
  /** The number of ended forecasts whose outcome is known. */
  judged: number;
  cameTrue: number;
  /** From 0 to 1; null if no outcome is known. */
  precision: number | null;
  savedNanoUsd: bigint;
}

/** The precision of each signal, for forecasts since then. */
export async function forecastPrecision(query: Query, since: Date): Promise<Precision[]> {
  const { rows } = await sql<Precision>`
    select signal, count(*) filter (where ended_at is null)::int as open,
      count(came_true)::int as judged, count(*) filter (where came_true)::int as came_true,
      avg(came_true::int)::float8 as precision,
      -- What was saved by a pause that turned out wrong was not saved.
      coalesce(sum(saved_nano_usd) filter (where came_true is not false), 0)::bigint as saved_nano_usd
    from forecasts where raised_at >= ${since} group by signal order by signal`.execute(query);
  return rows;
}
