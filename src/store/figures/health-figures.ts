// The figures of a health check; each is counted by one statement in the database.
import { sql } from 'kysely';
import type { Query } from '../database.ts';

export interface BudgetFigures {
  key: string;
  limitNanoUsd: bigint;
  /** The sum of what is spent and presumed spent. */
  spentNanoUsd: bigint;
  heldNanoUsd: bigint;
  /** How many reservations hold it. */
  pendingReservations: number;
  isFrozen: boolean;
  warningShare: number;
}

/** The windows of the current day and month. */
export async function budgetFigures(query: Query): Promise<BudgetFigures[]> {
  const { rows } = await sql<BudgetFigures>`
    select l.key, l.limit_nano_usd, coalesce(w.spent_nano_usd + w.presumed_nano_usd, 0)::bigint as spent_nano_usd,
      coalesce(w.held_nano_usd, 0)::bigint as held_nano_usd,
      (select count(*) from cost_tracking c where c.status = 'held' and l.key = any (c.window_keys))::int as pending_reservations,
      coalesce(w.is_frozen, false) or spending_is_frozen() as is_frozen,
      coalesce((select (value #>> '{}')::float8 from system_config where key = 'budget.warning_share'), 0.5)
        as warning_share
    from budget_windows_of('{}') l left join budget_windows w on w.key = l.key order by l.key`.execute(query);
  return rows;
}

export interface ErrorFigures {
  errorsLastHour: number;
  errorsLast24h: number;
  /** The number of steps that were finished. */
  stepsLastHour: number;
  stepsLast24h: number;
}

export async function errorFigures(query: Query, now: Date): Promise<ErrorFigures> {
  const hourAgo = new Date(now.getTime() - 3_600_000);
  const dayAgo = new Date(now.getTime() - 24 * 3_600_000);
  const { rows } = await sql<ErrorFigures>`select
    (select count(*) from error_events where timestamp between ${hourAgo} and ${now})::int as errors_last_hour,
    (select count(*) from error_events where timestamp between ${dayAgo} and ${now})::int as "errorsLast24h",
    (select count(*) from work_order_events where kind = 'step.finished' and at between ${hourAgo} and ${now})::int
      as steps_last_hour,
    (select count(*) from work_order_events where kind = 'step.finished' and at between ${dayAgo} and ${now})::int
      as "stepsLast24h"`.execute(query);
  return rows[0] ?? { errorsLastHour: 0, errorsLast24h: 0, stepsLastHour: 0, stepsLast24h: 0 };
}

export interface BacklogFigures {
  open: number;
  /** The time from asking to answering, for questions answered within 30 days; null if there are none. */
  resolutionHours: number | null;
}

export async function backlogFigures(query: Query, now: Date): Promise<BacklogFigures> {
  const since = new Date(now.getTime() - 30 * 24 * 3_600_000);
  const { rows } = await sql<BacklogFigures>`select
    count(*) filter (where status in ('open', 'chosen'))::int as open,
    (avg(extract(epoch from resolved_at - created_at)) filter (where status = 'resolved' and resolved_at >= ${since})
      / 3600)::float8 as resolution_hours
    from escalations`.execute(query);
  return rows[0] ?? { open: 0, resolutionHours: null };
}

export interface RoleFigures {
  role: string;
  /** Counted over the newest outcomes of the last day, at most `newestMax`. */
  bad: number;
  all: number;
  lastSuccess: Date | null;
}

const newestMax = 20;

/**
 * How often each part of Moose failed or succeeded lately, according to steps, webhooks, looks at forges, and answers. Only
 * the last look at a host is known, so the failures before it are forgotten.
 */
export async function roleFigures(query: Query, now: Date): Promise<RoleFigures[]> {
  const since = new Date(now.getTime() - 24 * 3_600_000);
  const { rows } = await sql<RoleFigures>`
    with roles (step, role) as (values ('routing', 'manager'), ('preparing', 'orchestrator'), ('generating', 'proposers'), ('applying', 'orchestrator'),
      ('verifying', 'orchestrator'), ('creating_pr', 'orchestrator'), ('tracking', 'orchestrator')),
    looks as (
      select host, max(looked_at) as at from (
        select host, looked_at from pull_requests where looked_at between ${since} and ${now}
        union all select host, looked_at from forge_intakes where looked_at between ${since} and ${now}
      ) each_look group by host
    ),
    outcomes as (
      select role, done.at, true as success from roles join (
        select detail ->> 'step' as step, at, row_number() over (partition by detail ->> 'step' order by at desc) as nth
        from work_order_events where kind = 'step.finished' and at between ${since} and ${now}
      ) done on done.step = roles.step and done.nth <= ${newestMax}
      union all
      -- A check that is red is the change's failure, and not of who runs it.
      select role, failed.at, false from roles join (
        select step::text as step, timestamp as at, row_number() over (partition by step order by timestamp desc) as nth
        from error_events where timestamp between ${since} and ${now} and step is not null
          and error_type not in ('CHECK_FAILED', 'CIRCUIT_OPEN')
      ) failed on failed.step = roles.step and failed.nth <= ${newestMax}
      union all
      select 'sentinel', coalesce(processed_at, received_at), state <> 'failed' from webhook_deliveries
      where received_at between ${since} and ${now} and state in ('done', 'ignored', 'failed')
      union all
      select 'sentinel', at, true from looks
      union all
      select 'sentinel', failed.timestamp, false from error_events failed
      left join looks on looks.host = failed.metadata ->> 'host'
      where failed.timestamp between ${since} and ${now} and failed.component in ('forges', 'sentinel')
        and (failed.step is null or failed.step = 'awaiting_ci')
        -- What is wrong with a pull request, or with what a person set up, says nothing about the forge.
        and not (failed.component = 'forges' and failed.type = 'coordination') and failed.error_type not in ('CIRCUIT_OPEN',
          'FORGE_PAUSED', 'FORGE_CREDENTIAL_UNSUITABLE', 'FORGE_KIND_UNSUPPORTED', 'FORGE_CANNOT_SIGN', 'FORGE_COMMIT_UNSIGNED')
        and failed.timestamp > coalesce(looks.at, '-infinity')
      union all
      select 'architect', ended_at, state = 'planned' from plannings
      where ended_at between ${since} and ${now} and state in ('planned', 'failed')
      union all
      select 'director', created_at, true from decision_logs
      where agent_type = 'director' and created_at between ${since} and ${now}
      union all
      select 'director', timestamp, false from error_events
      where timestamp between ${since} and ${now} and (component, operation) in (('specs', 'approve'), ('jobs', 'director'))
      union all
      select 'client_manager', updated_at, carry_out_failure is null from escalations
      where updated_at between ${since} and ${now} and (status = 'resolved' or carry_out_failure is not null)
    ), newest as (
      select *, row_number() over (partition by role order by at desc) as nth from outcomes
    )
    select role, count(*) filter (where nth <= ${newestMax} and not success)::int as bad,
      count(*) filter (where nth <= ${newestMax})::int as all, max(at) filter (where success) as last_success
    from newest group by role`.execute(query);
  return rows;
}
