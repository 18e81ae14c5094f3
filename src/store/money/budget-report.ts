// Where money is now: windows, open envelopes, calls in flight, and who spent what today.
import { sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';

export interface WindowFigures {
  key: string;
  /** The person's or project's name, or the work order's title, if the window belongs to one. */
  name: string | null;
  limitNanoUsd: bigint;
  spentNanoUsd: bigint;
  heldNanoUsd: bigint;
  presumedNanoUsd: bigint;
  overrunNanoUsd: bigint;
  isFrozen: boolean;
}

export interface EnvelopeFigures {
  id: string;
  workOrderId: WorkOrderId | null;
  title: string | null;
  serviceName: string;
  reservedNanoUsd: bigint;
  spentNanoUsd: bigint;
  presumedNanoUsd: bigint;
  openNanoUsd: bigint;
  createdAt: Date;
}

export interface CallInFlight {
  id: string;
  workOrderId: WorkOrderId | null;
  model: string | null;
  serviceName: string;
  heldNanoUsd: bigint;
  sinceMs: number;
}

export interface Spent {
  /** The name of a model, or the ID of a work order. */
  subject: string;
  title: string | null;
  calls: number;
  nanoUsd: bigint;
}

export interface BudgetRows {
  windows: WindowFigures[];
  envelopes: EnvelopeFigures[];
  calls: CallInFlight[];
  byModel: Spent[];
  byWorkOrder: Spent[];
  architect: { spentNanoUsd: bigint; heldNanoUsd: bigint };
}

/** How many entries each list has at most. */
const listedMax = 50;

export async function budgetRows(query: Query): Promise<BudgetRows> {
  const day = await today(query);
  return {
    windows: await windowFigures(query),
    envelopes: await openEnvelopes(query),
    calls: await callsInFlight(query),
    byModel: await spentToday(query, 'model', day),
    byWorkOrder: await spentToday(query, 'work_order', day),
    architect: await architectFigures(query),
  };
}

/** The windows of the day and the month, also of people and projects, those in use, and all frozen ones. */
async function windowFigures(query: Query): Promise<WindowFigures[]> {
  const { rows } = await sql<WindowFigures>`
    select coalesce(l.key, w.key) as key,
      -- Each by its id: joined by a text, all work orders would be read.
      case when coalesce(l.key, w.key) like 'person\\_%' then ${subject}
        when coalesce(l.key, w.key) like 'project\\_%' then (select name from projects p where p.id = ${subject}::uuid)
        when w.key like 'project:%' then (select name from projects p where p.id = ${idIn('project:')})
        when w.key like 'work_order:%' then (select title from work_orders o where o.id = ${idIn('work_order:')}) end as name,
      coalesce(l.limit_nano_usd, own.limit_nano_usd, w.limit_nano_usd) as limit_nano_usd,
      coalesce(w.spent_nano_usd, 0) as spent_nano_usd, coalesce(w.held_nano_usd, 0) as held_nano_usd,
      coalesce(w.presumed_nano_usd, 0) as presumed_nano_usd, coalesce(w.overrun_nano_usd, 0) as overrun_nano_usd,
      coalesce(w.is_frozen, false) or spending_is_frozen() as is_frozen
    from (select * from limits_in_force() where subject is distinct from '*') l full join budget_windows w on w.key = l.key
      -- The window has the limit under which money was last reserved.
      left join lateral (select coalesce(
        (select ((settings ->> 'limit_usd')::numeric * 1000000000)::bigint from projects where id = ${idIn('project:')}),
        (select limit_nano_usd from work_orders where id = ${idIn('work_order:')})) as limit_nano_usd) own on true
    where l.key is not null or w.held_nano_usd > 0 or w.is_frozen
      or w.key like 'project:%' and own.limit_nano_usd is not null
    order by l.kind is distinct from 'system', w.is_frozen is not true, l.key is null, 1 limit ${listedMax}`.execute(
    query,
  );
  return rows;
}

/** `ada` in `person_day:2026-01-31:ada`. */
const subject = sql`regexp_replace(coalesce(l.key, w.key), '^[a-z_]+:[^:]+:', '')`;

/** The ID in a window's key; null if the key has another prefix. */
const idIn = (prefix: string) =>
  sql`case when starts_with(w.key, ${sql.lit(prefix)}) then substr(w.key, ${sql.lit(prefix.length + 1)})::uuid end`;

async function openEnvelopes(query: Query): Promise<EnvelopeFigures[]> {
  const { rows } = await sql<EnvelopeFigures>`
    select c.id, c.work_order_id, o.title, c.service_name, c.reserved_nano_usd, c.created_at,
      c.drawn_spent_nano_usd as spent_nano_usd, c.drawn_presumed_nano_usd as presumed_nano_usd,
      c.drawn_open_nano_usd as open_nano_usd
    from cost_tracking c left join work_orders o on o.id = c.work_order_id
    where c.status = 'held' and c.type = 'reservation' order by c.created_at limit ${listedMax}`.execute(
    query,
  );
  return rows;
}

async function callsInFlight(query: Query): Promise<CallInFlight[]> {
  const { rows } = await sql<CallInFlight>`
    select id, work_order_id, model, service_name, reserved_nano_usd as held_nano_usd,
      greatest(0, extract(epoch from clock_timestamp() - created_at) * 1000)::float8 as since_ms
    from cost_tracking where status = 'sent' and type = 'actual' order by created_at limit ${listedMax}`.execute(
    query,
  );
  return rows;
}

interface Today {
  key: string;
  startsAt: Date;
}

/** Undefined if days have no limit, and so no window. */
async function today(query: Query): Promise<Today | undefined> {
  const { rows } = await sql<Today>`
    select key, began_at(substr(key, 5)::timestamp, coalesce(
      (select value #>> '{}' from system_config where key = 'budget.time_zone'), 'UTC')) as starts_at
    from budget_windows_of('{}') where key like 'day:%'`.execute(query);
  return rows[0];
}

/** Calls whose envelope counts for this day, as in the day's window. */
async function spentToday(
  query: Query,
  by: 'model' | 'work_order',
  day: Today | undefined,
): Promise<Spent[]> {
  if (!day) return [];
  const subject = by === 'model' ? sql`coalesce(c.model, c.service_name)` : sql`c.work_order_id::text`;
  const title =
    by === 'model'
      ? sql`null::text`
      : sql`(select title from work_orders o where o.id = dearest.subject::uuid)`;
  const { rows } = await sql<Spent>`
    with spent as (
      select ${subject} as subject, c.actual_nano_usd,
        -- By its id for each: a join would read every envelope that there ever was.
        (select ${day.key} = any (e.window_keys) from cost_tracking e where e.id = c.reservation_id) as is_counted
      from cost_tracking c
      where c.settled_at >= ${day.startsAt} and c.type = 'actual' and c.actual_nano_usd > 0
    ), dearest as (
      select subject, count(*)::int as calls, sum(actual_nano_usd)::bigint as nano_usd
      from spent where is_counted and subject is not null
      group by 1 order by nano_usd desc, subject limit ${listedMax}
    )
    select subject, ${title} as title, calls, nano_usd from dearest order by nano_usd desc, subject`.execute(
    query,
  );
  return rows;
}

/** Costs of this month that no day includes (R-BUD-8). */
async function architectFigures(query: Query): Promise<BudgetRows['architect']> {
  const { rows } = await sql<BudgetRows['architect']>`
    select coalesce(sum(e.drawn_spent_nano_usd + e.drawn_presumed_nano_usd), 0)::bigint as spent_nano_usd,
      coalesce(sum(held_by_envelope(e)), 0)::bigint as held_nano_usd
    from budget_windows_of('{}', ${architect}) l join cost_tracking e on l.key = any (e.window_keys)
    where e.type = 'reservation' and e.service_name = ${architect}`.execute(query);
  return rows[0] ?? { spentNanoUsd: 0n, heldNanoUsd: 0n };
}

/** The name under which the Architect reserves: outside the day's limit, inside the month's. */
export const architect = 'architect';
