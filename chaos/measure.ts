// When a fault was first noticed and when its round ended, by the timestamps of rows and log lines.
import { join } from 'node:path';
import { sql } from 'kysely';
import type { PrintedChaosReport } from '../src/contract/contract.ts';
import type { Instance, Submitted } from './instance.ts';
import { readLog } from './read-log.ts';

/** pino's number for a warning. */
const warning = 40;
/** Not a trace of a fault, because some scripted answers are wrong at first; a killed check has another code. */
const scriptedFailure = 'CHECK_FAILED';

/**
 * The time of the first trace of a failure: in the tables, as a warning in the log, or by another process that takes
 * over. Null if there is none.
 */
export async function firstNoticedAt(
  { database, dataDirectory }: Pick<Instance, 'database' | 'dataDirectory'>,
  since: Date,
): Promise<Date | null> {
  const { rows } = await database.run((query) =>
    sql<{ at: Date | null }>`select min(at) as at from (
      select timestamp as at from error_events where error_type <> ${scriptedFailure} union all
      select created_at from system_alerts union all
      select opened_at from circuit_states union all
      select since from degradations union all
      select taken_over_at from executors union all
      select at from (select at, actor, lag(actor) over (partition by work_order_id order by id) as before
        from work_order_events where kind = 'transition') t
        where actor <> before and actor like 'moose:%' and before like 'moose:%' union all
      select created_at from escalations union all
      select ended_at from sessions where state not in ('exited', 'running', 'intended')
    ) noticed where at >= ${since}`.execute(query),
  );
  const logged = await firstLogged(join(dataDirectory, 'logs', 'moose.jsonl'), since);
  const all = [rows[0]?.at ?? null, logged].filter((at) => at !== null);
  return all.length === 0 ? null : new Date(Math.min(...all.map((at) => at.getTime())));
}

/** Like `firstNoticedAt`, but only for these work orders, because other faults run at the same time. */
export async function firstNoticedOf(
  { database }: Pick<Instance, 'database'>,
  orders: readonly Submitted[],
  since: Date,
): Promise<Date | null> {
  const ids = orders.map(({ id }) => id);
  const { rows } = await database.run((query) =>
    sql<{ at: Date | null }>`select min(at) as at from (
      select timestamp as at from error_events
        where error_type <> ${scriptedFailure} and work_order_id = any (${ids}::uuid[]) union all
      select created_at from escalations where work_order_id = any (${ids}::uuid[]) union all
      select ended_at from sessions
        where state not in ('exited', 'running', 'intended') and work_order_id = any (${ids}::uuid[])
    ) noticed where at >= ${since}`.execute(query),
  );
  return rows[0]?.at ?? null;
}

/** What was recorded about each class of failure. */
export async function failureClasses({
  database,
}: Pick<Instance, 'database'>): Promise<PrintedChaosReport['classes']> {
  const { rows } = await database.run((query) =>
    sql<{
      failureClass: string;
      failures: number;
      recovered: number;
      escalated: number;
      detectionMs: number | null;
      recoveryMs: number | null;
    }>`select e.failure_class, count(*)::int as failures,
        count(*) filter (where e.recovery_success)::int as recovered,
        (select count(*) from escalations x where x.failure_class = e.failure_class)::int as escalated,
        round(avg(greatest(0, extract(epoch from e.recorded_at - least(s.ended_at, e.timestamp)) * 1000))
          filter (where s.state is distinct from 'lost'))::float8 as detection_ms,
        round(avg(e.resolution_time_ms) filter (where e.recovery_success))::float8 as recovery_ms
      from error_events e left join sessions s on s.id = e.session_id
      group by e.failure_class order by e.failure_class`.execute(query),
  );
  return rows.map(({ failureClass, detectionMs, recoveryMs, ...counts }) => ({
    failure_class: failureClass,
    ...counts,
    detection_ms: detectionMs,
    recovery_ms: recoveryMs,
  }));
}

async function firstLogged(path: string, since: Date): Promise<Date | null> {
  for (const line of (await readLog(path)).split('\n')) {
    const level = Number(/"level":(\d+)/.exec(line)?.[1] ?? 0);
    const at = new Date(/"time":"([^"]+)"/.exec(line)?.[1] ?? 0);
    if (level >= warning && at >= since && !line.includes(scriptedFailure)) return at;
  }
  return null;
}

export interface Ended {
  id: string;
  title: string;
  status: string;
  /** When it reached this status, by the database's clock: those of the processes may be moved. */
  at: Date;
  /** When it failed on the way there. */
  failedAt: readonly Date[];
  /** What a person was asked, by its code and cause, without questions that Moose withdrew, as after an outage. */
  asked: readonly string[];
}

/** The states of these work orders. One without a row is left out here, and reported by the judge. */
export async function endsOf(
  { database }: Pick<Instance, 'database'>,
  orders: readonly Submitted[],
): Promise<Ended[]> {
  const ids = orders.map(({ id }) => id);
  const { rows } = await database.run((query) =>
    sql<Ended>`select w.id::text, w.title, w.status::text,
      coalesce((select max(e.at) from work_order_events e where e.work_order_id = w.id and e.kind = 'transition'),
        w.created_at) as at,
      array(select e.timestamp from error_events e
        where e.work_order_id = w.id and e.error_type <> ${scriptedFailure} order by 1) as failed_at,
      array(select left(concat_ws(': ', e.code, coalesce(e.context ->> 'because', e.title)), 400) from escalations e where e.status <> 'withdrawn' and (e.work_order_id = w.id
        or exists (select 1 from escalation_members m where m.escalation_id = e.id and m.work_order_id = w.id))
        order by e.created_at) as asked
      from work_orders w where w.id = any (${ids}::uuid[]) order by w.created_at`.execute(query),
  );
  return rows;
}
