// Windows whose limit is mostly used; each is reported once.

import { sql } from 'kysely';
import type { LimitKind } from '../../domain/limits/raised-limits.ts';
import type { Query } from '../database.ts';
import { findsAny } from '../work/runs/due-jobs.ts';

export interface WarnedWindow {
  key: string;
  kind: LimitKind;
  /** The person or the project; null for the whole system. */
  name: string | null;
  limitNanoUsd: bigint;
  /** The sum of what is spent, presumed spent and reserved. */
  usedNanoUsd: bigint;
}

const warningShare = sql`coalesce((select (value #>> '{}')::numeric from system_config
  where key = 'budget.warning_share'), 0.5)`;

const isToWarnOf = sql`w.key = l.key and w.warned_at is null and l.limit_nano_usd > 0
      and w.spent_nano_usd + w.presumed_nano_usd + w.held_nano_usd >= l.limit_nano_usd * ${warningShare}`;

/** Whether `markWarned` finds any. */
export const hasWindowToWarnOf = findsAny(
  sql`select from budget_windows w, limits_in_force() l where ${isToWarnOf}`,
);

/**
 * Marks the windows of the day and the month, also of people and projects, that have newly reached this share of their limit, and returns them. Needs
 * a transaction.
 */
export async function markWarned(query: Query): Promise<WarnedWindow[]> {
  await sql`select lock_windows()`.execute(query);
  const { rows } = await sql<WarnedWindow>`
    update budget_windows w set warned_at = clock_timestamp()
    from limits_in_force() l left join projects p on p.id = case when l.kind = 'project' then l.subject::uuid end
    where ${isToWarnOf}
    returning w.key, l.kind, coalesce(p.name, l.subject) as name, l.limit_nano_usd,
      (w.spent_nano_usd + w.presumed_nano_usd + w.held_nano_usd) as used_nano_usd`.execute(query);
  return rows;
}

/** A warning ends a tenth below the share at which it begins: what is reserved rises and falls with each run. */
const endShare = sql`${warningShare} * 0.9`;

/**
 * Removes the warning from those of the windows of which less is used, because reserved money was released or the limit was
 * raised: they may be warned about again later. Returns their keys.
 */
export async function resetWarnings(query: Query, windows: readonly string[]): Promise<string[]> {
  if (windows.length === 0) return [];
  const { rows } = await sql<{ key: string }>`
    update budget_windows w set warned_at = null
    from limits_in_force() l
    where w.key = l.key and w.key = any (${[...windows]}::text[])
      and w.spent_nano_usd + w.presumed_nano_usd + w.held_nano_usd < l.limit_nano_usd * ${endShare}
    returning w.key`.execute(query);
  return rows.map(({ key }) => key);
}

/** The windows that the limits of a day and a month apply to now. */
export async function currentWindows(query: Query): Promise<string[]> {
  const { rows } = await sql<{ key: string }>`select key from limits_in_force()`.execute(query);
  return rows.map(({ key }) => key);
}
