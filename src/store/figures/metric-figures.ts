// The current state for metrics. Each figure takes one statement that is fast with any amount of data.
import { sql } from 'kysely';
import type { Query } from '../database.ts';
import { liveExecutors } from '../work/runs/executors.ts';

export interface StandingFigures {
  workOrders: Array<{ status: string; count: number }>;
  windows: Array<{
    window: string;
    limitUsd: number;
    spentUsd: number;
    heldUsd: number;
    presumedUsd: number;
    isFrozen: boolean;
  }>;
  circuits: Array<{ key: string; kind: string; phase: string }>;
  alerts: Array<{ severity: string; count: number }>;
  openEscalations: number;
  held: number;
  recoveringOften: number;
  runningSessions: Array<{ purpose: string; count: number }>;
  gateways: number;
  callsInFlight: number;
  executors: number;
}

/** A work order that was recovered more often than this counts as looping. */
const recoveriesMax = 3;

export async function standingFigures(query: Query): Promise<StandingFigures> {
  const { rows } = await sql<{ figures: StandingFigures }>`select jsonb_build_object(
    'workOrders', (select coalesce(jsonb_agg(jsonb_build_object('status', status, 'count', n)), '[]') from
      (select status, count(*) as n from work_orders group by status) s),
    'windows', (select coalesce(jsonb_agg(jsonb_build_object('window', split_part(l.key, ':', 1),
        'limitUsd', l.limit_nano_usd / 1e9, 'spentUsd', coalesce(w.spent_nano_usd, 0) / 1e9,
        'heldUsd', coalesce(w.held_nano_usd, 0) / 1e9, 'presumedUsd', coalesce(w.presumed_nano_usd, 0) / 1e9,
        'isFrozen', coalesce(w.is_frozen, false) or spending_is_frozen())), '[]')
      from budget_windows_of('{}') l left join budget_windows w on w.key = l.key),
    'circuits', (select coalesce(jsonb_agg(jsonb_build_object('key', key, 'kind', kind, 'phase', phase)), '[]')
      from circuit_states),
    'alerts', (select coalesce(jsonb_agg(jsonb_build_object('severity', severity, 'count', n)), '[]') from
      (select severity, count(*) as n from system_alerts where resolved_at is null group by severity) a),
    'openEscalations', (select count(*) from escalations where status = 'open'),
    'held', (select count(*) from work_orders where held_by is not null and status in ('pending', 'in_progress')),
    'recoveringOften', (select count(*) from work_orders
      where status = 'in_progress' and recovery_attempts > ${sql.lit(recoveriesMax)}),
    'runningSessions', (select coalesce(jsonb_agg(jsonb_build_object('purpose', purpose, 'count', n)), '[]') from
      (select purpose, count(*) as n from sessions where state = 'running' group by purpose) s),
    'gateways', (select count(*) from gateways where ended_at is null and suspected_at is null),
    'callsInFlight', (select count(*) from cost_tracking where type = 'actual' and status = 'sent'
      and not is_lease),
    'executors', ${liveExecutors}
  ) as figures`.execute(query);
  const [row] = rows;
  if (!row) throw new TypeError('The figures have one row');
  return row.figures;
}

export interface BookedCallFigures {
  provider: string;
  model: string;
  status: string;
  count: number;
  usd: number;
  inputTokens: number;
  outputTokens: number;
}

/** Calls that were booked after `since`, up to `until`. */
export async function bookedCalls(query: Query, since: Date, until: Date): Promise<BookedCallFigures[]> {
  const { rows } = await sql<BookedCallFigures>`
    select coalesce(provider, 'none') as provider, coalesce(model, 'none') as model, status, count(*)::int as count,
      (coalesce(sum(actual_nano_usd), 0) / 1e9)::float8 as usd,
      coalesce(sum(input_tokens), 0)::float8 as input_tokens, coalesce(sum(output_tokens), 0)::float8 as output_tokens
    from cost_tracking where type = 'actual' and settled_at > ${since}::timestamptz and settled_at <= ${until}::timestamptz
    group by 1, 2, 3`.execute(query);
  return rows;
}
