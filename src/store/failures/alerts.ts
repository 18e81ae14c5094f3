// Problems with Moose itself or its environment: one open alert per cause, however often it is raised.

import { type Selectable, sql } from 'kysely';
import type { Severity } from '../../domain/failure.ts';
import { newId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText, toJson } from '../storable.ts';
import { findsAny } from '../work/runs/due-jobs.ts';

export type SystemAlert = Selectable<Tables['systemAlerts']>;

export interface AlertFields {
  /** The key of the cause: at most one alert is open for it. */
  key: string;
  severity: Severity;
  component: string;
  operation: string;
  code: string;
  message: string;
  metadata?: Record<string, unknown>;
}

/** How many alerts a list shows; for more, a person can use SQL. */
const alertsMax = 500;

/**
 * Raises an alert, or counts it once more if it is open: then the newest message replaces the old one, and the severity
 * never falls.
 */
export async function raiseAlert(query: Query, alert: AlertFields): Promise<{ id: string; isNew: boolean }> {
  const { key, severity, component, operation, code } = alert;
  const { rows } = await sql<{ id: string; isNew: boolean }>`
    insert into system_alerts as a (id, key, severity, component, operation, code, message, metadata)
    values (${newId(new Date())}, ${key}, ${severity}, ${component}, ${operation}, ${code},
      ${storableText(alert.message)}, ${toJson(alert.metadata ?? {})}::jsonb)
    on conflict (key) where resolved_at is null and key is not null do update set
      times = a.times + 1, last_seen_at = clock_timestamp(), component = excluded.component,
      operation = excluded.operation, code = excluded.code, message = excluded.message, metadata = excluded.metadata,
      severity = case when array_position(array['low', 'medium', 'high', 'critical'], a.severity::text)
          > array_position(array['low', 'medium', 'high', 'critical'], excluded.severity::text)
        then a.severity else excluded.severity end
    returning id, xmax = 0 as is_new`.execute(query);
  const [row] = rows;
  if (!row) throw new TypeError('An alert that was raised has no row');
  return row;
}

/** `by`: `moose`, or `human:name`. False if none is open for this cause. */
export async function resolveAlert(query: Query, key: string, by: string): Promise<boolean> {
  const { numUpdatedRows } = await query
    .updateTable('systemAlerts')
    .set({ resolvedAt: sql<Date>`clock_timestamp()`, resolvedBy: by })
    .where('key', '=', key)
    .where('resolvedAt', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** The alerts, newest first. */
export function openAlerts(query: Query, limit = alertsMax): Promise<SystemAlert[]> {
  return query
    .selectFrom('systemAlerts')
    .selectAll()
    .where('resolvedAt', 'is', null)
    .orderBy('lastSeenAt', 'desc')
    .limit(limit)
    .execute();
}

/** Whether `openAlertKeys` finds any. */
export const hasOpenAlert = (prefix: string) =>
  findsAny(sql`select from system_alerts where resolved_at is null and key ^@ ${prefix}`);

/** The keys of open alerts that start with `prefix`. */
export async function openAlertKeys(query: Query, prefix: string): Promise<string[]> {
  const rows = await query
    .selectFrom('systemAlerts')
    .select('key')
    .where('resolvedAt', 'is', null)
    .where('key', '^@', prefix)
    .limit(alertsMax)
    .execute();
  return rows.flatMap(({ key }) => (key === null ? [] : [key]));
}

/**
 * For an alert and a shared question with the same key: whether a work order waits for the answer, and whether the
 * alert is open and was raised within the last minute.
 */
export async function readAskedAlert(
  query: Query,
  key: string,
): Promise<{ isWaiting: boolean; isRecent: boolean }> {
  const { rows } = await sql<{ isWaiting: boolean; isRecent: boolean }>`select
    exists (select from escalations e join escalation_members m on m.escalation_id = e.id
      where e.group_key = ${key} and e.status in ('open', 'chosen') and m.left_at is null) as is_waiting,
    exists (select from system_alerts where key = ${key} and resolved_at is null
      and last_seen_at > clock_timestamp() - interval '1 minute') as is_recent`.execute(query);
  const [row] = rows;
  if (!row) throw new TypeError('This statement has one row');
  return row;
}
