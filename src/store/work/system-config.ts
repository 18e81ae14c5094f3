// Settings that people change, with their history, which a trigger writes.
import { sql } from 'kysely';
import type { Query } from '../database.ts';
import { toJson } from '../storable.ts';

export interface SettingRow {
  key: string;
  /** Null if the setting has no row. */
  value: unknown;
  hasRow: boolean;
  /** 0 if the setting was never changed. */
  version: number;
  changedBy: string | null;
  changedAt: Date | null;
}

export interface SettingVersion {
  version: number;
  /** Null if the setting was reset to its default. */
  value: unknown;
  changedBy: string;
  changedAt: Date;
}

/** Far more than there are: a few dozen, including rows of settings that no longer exist. */
const rowsMax = 1_000;
/** The advisory lock for writers. 'mset' in ASCII. */
const changingLock = 0x6d736574;

/** Until the transaction ends, nobody else changes a setting in this way. */
export async function lockSettings(query: Query): Promise<void> {
  await sql`select pg_advisory_xact_lock(${changingLock})`.execute(query);
}

/** Settings that have a row, or had one since their history is kept. */
export async function settingRows(query: Query): Promise<SettingRow[]> {
  const { rows } = await sql<SettingRow>`
    select coalesce(c.key, h.key) as key, c.value, c.key is not null as has_row, coalesce(h.version, 0) as version,
      h.changed_by, h.changed_at
    from (select * from system_config where key like 'settings.%' or key like 'budget.%') c
    full join (select distinct on (key) key, version, changed_by, changed_at from system_config_history
      order by key, version desc) h on h.key = c.key
    order by 1 limit ${rowsMax}`.execute(query);
  return rows;
}

export async function settingRow(query: Query, key: string): Promise<SettingRow> {
  const { rows } = await sql<SettingRow>`
    select c.value, c.key is not null as has_row, coalesce(h.version, 0) as version, h.changed_by, h.changed_at
    from (values (${key}::text)) as asked (key) left join system_config c on c.key = asked.key
    left join lateral (select version, changed_by, changed_at from system_config_history where key = asked.key
      order by version desc limit 1) h on true`.execute(query);
  const [row] = rows;
  return row
    ? { ...row, key }
    : { key, value: null, hasRow: false, version: 0, changedBy: null, changedAt: null };
}

/** Only the settings that engines use: the keys `settings.%`. */
export async function changedSettings(query: Query): Promise<Array<{ key: string; value: unknown }>> {
  const { rows } = await sql<{ key: string; value: unknown }>`
    select key, value from system_config where key like 'settings.%' order by key limit ${rowsMax}`.execute(
    query,
  );
  return rows;
}

export async function writeSetting(query: Query, key: string, value: unknown, by: string): Promise<void> {
  await sql`insert into system_config as c (key, value, updated_by) values (${key}, ${toJson(value)}::jsonb, ${by})
    on conflict (key) do update set value = excluded.value, updated_by = excluded.updated_by,
      updated_at = clock_timestamp()`.execute(query);
}

/** Needs a transaction, because the actor is set only until its end. */
export async function removeSetting(query: Query, key: string, by: string): Promise<void> {
  await sql`select set_config('moose.actor', ${by}, true)`.execute(query);
  await query.deleteFrom('systemConfig').where('key', '=', key).execute();
}

/** The changes, newest first. */
export function settingHistory(
  query: Query,
  key: string,
  { before, limit }: { before?: number | undefined; limit: number },
): Promise<SettingVersion[]> {
  const all = query
    .selectFrom('systemConfigHistory')
    .select(['version', 'value', 'changedBy', 'changedAt'])
    .where('key', '=', key)
    .orderBy('version', 'desc')
    .limit(limit);
  return (
    before === undefined ? all : all.where(sql<bigint>`version::bigint`, '<', BigInt(before))
  ).execute();
}

/** Whether the database itself knows this time zone: it cannot calculate with any other. */
export async function isTimeZone(query: Query, name: string): Promise<boolean> {
  const { rows } = await sql`select from pg_timezone_names where name = ${name}`.execute(query);
  return rows.length > 0;
}
