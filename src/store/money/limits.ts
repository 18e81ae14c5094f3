// The limits on spending, how much of each is used, and which of them refuses.
import { sql } from 'kysely';
import type { LimitKind, LimitOf } from '../../domain/limits/raised-limits.ts';
import type { Query } from '../database.ts';
import { storableText, toJson } from '../storable.ts';

export interface LimitUse {
  /** `day:2026-01-31`, `month:2026-01`, `project:<id>`, `work_order:<id>`. */
  key: string;
  limitNanoUsd: bigint;
  /** The sum of what is spent, reserved and presumed spent. */
  usedNanoUsd: bigint;
  /** Without what is reserved. */
  spentNanoUsd: bigint;
  /** True if a call cost more than its reservation: then nothing is reserved until a person has checked. */
  isFrozen: boolean;
}

/**
 * The limits that apply to a reservation for this project and work order; without them, the limits of the whole system.
 */
export async function limitsOf(query: Query, metadata: Record<string, unknown> = {}): Promise<LimitUse[]> {
  const { rows } = await sql<LimitUse>`
    select l.key, l.limit_nano_usd, coalesce(w.is_frozen, false) or spending_is_frozen() as is_frozen,
      coalesce(w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd, 0)::bigint as used_nano_usd,
      coalesce(w.spent_nano_usd + w.presumed_nano_usd, 0)::bigint as spent_nano_usd
    from budget_windows_of(${toJson(metadata)}::jsonb) l left join budget_windows w on w.key = l.key
    order by l.key`.execute(query);
  return rows;
}

/** Models, as `provider/model`, whose call cost more than its reservation: nothing is sent to them until a person has checked. */
export async function stoppedModels(query: Query): Promise<string[]> {
  const { rows } = await sql<{ model: string }>`
    select substr(key, length('model:') + 1) as model from budget_windows where is_frozen and key like 'model:%'`.execute(
    query,
  );
  return rows.map(({ model }) => model);
}

/** When the present day or month of the budget ends, in the budget's time zone. */
export async function turnOf(query: Query, span: 'daily' | 'monthly'): Promise<Date> {
  const unit = span === 'daily' ? 'day' : 'month';
  const { rows } = await sql<{ at: Date }>`
    select began_at(date_trunc(${unit}, now() at time zone zone) + ('1 ' || ${unit})::interval, zone) as at
    from (select coalesce((select value #>> '{}' from system_config where key = 'budget.time_zone'), 'UTC') as zone) z`.execute(
    query,
  );
  const [row] = rows;
  if (!row) throw new TypeError('The end of the day is not known');
  return row.at;
}

export interface LimitInForce extends Omit<LimitUse, 'spentNanoUsd'> {
  kind: LimitKind;
  /** The name of the person, or `*` for each one without a limit of their own; the project's name; null: everything. */
  name: string | null;
}

/** Every limit of today and of this month: first those of the whole system, then of people, then of projects. */
export async function limitsInForce(query: Query): Promise<LimitInForce[]> {
  const { rows } = await sql<LimitInForce>`
    select l.key, l.kind, coalesce(p.name, l.subject) as name, l.limit_nano_usd, coalesce(w.is_frozen, false) or spending_is_frozen() as is_frozen,
      coalesce(w.held_nano_usd + w.spent_nano_usd + w.presumed_nano_usd, 0)::bigint as used_nano_usd
    from limits_in_force() l left join budget_windows w on w.key = l.key
      left join projects p on p.id = case when l.kind = 'project' then l.subject::uuid end
    order by array_position(array['system', 'person', 'project'], l.kind), name, l.key`.execute(query);
  return rows;
}

/** Null: no limit; undefined: as it is. */
export interface SubjectLimit {
  dailyNanoUsd?: bigint | null | undefined;
  monthlyNanoUsd?: bigint | null | undefined;
}

/** What is spent since the day and the month began counts, also if it was spent before there was a limit. */
export async function setSubjectLimit(
  query: Query,
  { kind, subject }: { kind: LimitOf['kind']; subject: string },
  { dailyNanoUsd, monthlyNanoUsd }: SubjectLimit,
  setBy: string,
): Promise<void> {
  const held = await query
    .selectFrom('spendingLimits')
    .selectAll()
    .where('kind', '=', kind)
    .where('subject', '=', subject)
    .forUpdate()
    .executeTakeFirst();
  const wanted = {
    dailyNanoUsd: dailyNanoUsd === undefined ? (held?.dailyNanoUsd ?? null) : dailyNanoUsd,
    monthlyNanoUsd: monthlyNanoUsd === undefined ? (held?.monthlyNanoUsd ?? null) : monthlyNanoUsd,
  };
  if (wanted.dailyNanoUsd === null && wanted.monthlyNanoUsd === null) {
    const none = query.deleteFrom('spendingLimits').where('kind', '=', kind);
    return void (await none.where('subject', '=', subject).execute());
  }
  const row = { ...wanted, setBy, setAt: sql<Date>`clock_timestamp()` };
  await query
    .insertInto('spendingLimits')
    .values({ kind, subject: storableText(subject), ...row })
    .onConflict((conflict) => conflict.columns(['kind', 'subject']).doUpdateSet(row))
    .execute();
}

export type SystemLimit = 'daily' | 'monthly';

export async function setLimit(
  query: Query,
  limit: SystemLimit,
  nanoUsd: bigint,
  changedBy: string,
): Promise<void> {
  const usd = sql`to_jsonb(trim_scale(${nanoUsd.toString()}::numeric * 0.000000001))`;
  await sql`insert into system_config as c (key, value, updated_by)
    values (${`budget.${limit}_limit_usd`}, ${usd}, ${changedBy})
    on conflict (key) do update set value = excluded.value, updated_by = excluded.updated_by,
      updated_at = clock_timestamp()`.execute(query);
}

/** Returns the windows that were frozen. Needs a transaction. */
export async function thawLimits(query: Query): Promise<string[]> {
  await sql`select lock_windows()`.execute(query);
  const rows = await query
    .updateTable('budgetWindows')
    .set({ isFrozen: false })
    .where('isFrozen', '=', true)
    .returning('key')
    .execute();
  return rows.map(({ key }) => key).sort();
}
