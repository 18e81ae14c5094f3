// Counts questions, and how they were answered (R-ESC-6).
import { sql } from 'kysely';
import type { Query } from '../database.ts';

/** Figures for a number of days; only the backlog is the current one. */
export interface EscalationFigures {
  openBacklog: number;
  workOrders: number;
  /** How many of these work orders needed a person's decision. */
  escalated: number;
  asked: number;
  answered: number;
  answeredByItself: number;
  /** Null if there was no such question. */
  meanTimeToResolveMs: number | null;
  meanTimeToDetectionMs: number | null;
  meanDeliveryMs: number | null;
}

export async function escalationFigures(query: Query, days: number): Promise<EscalationFigures> {
  // `now()` is the same throughout the statement, so an index can be used.
  const since = sql`now() - ${days} * interval '1 day'`;
  // Of the mean, not of each: a third of the time goes into numbers of any length.
  const meanMs = (span: ReturnType<typeof sql>) => sql`(extract(epoch from avg(${span})) * 1000)::float`;
  const { rows } = await sql<EscalationFigures>`
    with asked as materialized (
      select id, work_order_id, code, status, resolved_by, resolved_at, created_at from escalations where created_at >= ${since}
    ),
    -- From the end of its process, or from the failure of its call, to the row of a failure. Nobody knows when a process
    -- ended that is lost.
    detected as (
      select greatest(interval '0', e.recorded_at - coalesce(least(s.ended_at, e.timestamp), e.timestamp)) as took
      from error_events e left join sessions s on s.id = e.session_id
      where e.timestamp >= ${since} and e.recorded_at is not null and s.state is distinct from 'lost'
    ),
    -- Each by an index: joined to all that was ever told, this takes seconds.
    delivered as (
      select min(o.delivered_at) - a.created_at as took from outbox o
      join asked a on a.id::text = substr(o.key, length('escalation.opened:') + 1, 36)
      where o.kind = 'escalation.opened' and o.delivered_at >= ${since} group by a.id, a.created_at
    ),
    -- Nobody is asked about a work order before it is there.
    concerned as materialized (
      select work_order_id as id from asked where work_order_id is not null
      union select work_order_id from escalation_members where joined_at >= ${since}
    )
    select (select count(*) from escalations where status in ('open', 'chosen'))::int as open_backlog,
      (select count(*) from work_orders where created_at >= ${since})::int as work_orders,
      (select count(*) from concerned
        where (select created_at from work_orders w where w.id = concerned.id) >= ${since})::int as escalated,
      (select count(*) from asked)::int as asked,
      (select count(*) from asked where status = 'resolved')::int as answered,
      (select count(*) from asked where resolved_by like 'moose:%')::int as answered_by_itself,
      (select ${meanMs(sql`resolved_at - created_at`)} from asked where resolved_at is not null) as mean_time_to_resolve_ms,
      (select ${meanMs(sql`took`)} from detected) as mean_time_to_detection_ms,
      (select ${meanMs(sql`took`)} from delivered) as mean_delivery_ms`.execute(query);
  const [row] = rows;
  if (!row) throw new TypeError('The measures have one row');
  return row;
}
