// How well scores of runs predicted: the warnings, and what those runs cost afterwards (R-REC-9).
import { sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';
import type { RunScore } from '../work/run-scores.ts';

export interface NowhereFigures {
  /** Scored runs that have ended without being cancelled. */
  runs: number;
  nowhere: number;
  /** Runs that reached the threshold in the mode `warn`. */
  warned: number;
  warnedNowhere: number;
  /** Runs that were paused because of the score; their outcome without the pause is unknown. */
  paused: number;
  /** The money that runs which went nowhere spent after the warning. */
  avoidableNanoUsd: bigint;
}

export async function nowhereFigures(query: Query, since: Date): Promise<NowhereFigures> {
  const { rows } = await sql<NowhereFigures>`
    with scored as (
      select s.run_id, bool_or(s.has_paused) as has_paused,
        min(s.cost_nano_usd) filter (where s.score >= s.threshold and s.mode = 'warn') as warned_at_cost
      from run_scores s where s.at >= ${since} group by s.run_id
    ), ended as (
      select scored.*, v.success, (select coalesce(sum(actual_nano_usd), 0) from cost_tracking c
        where c.work_order_id = r.work_order_id and c.run_id = r.id and c.type = 'actual') as cost
      from scored join runs r on r.id = scored.run_id and r.state = 'ended'
      join lateral (select * from outcome_vectors where run_id = r.id order by try desc limit 1) v
        on coalesce(v.fault, '') <> 'person'
    )
    select (count(*) filter (where not has_paused))::int as runs,
      (count(*) filter (where not success and not has_paused))::int as nowhere,
      (count(*) filter (where warned_at_cost is not null and not has_paused))::int as warned,
      (count(*) filter (where warned_at_cost is not null and not success and not has_paused))::int as warned_nowhere,
      (count(*) filter (where has_paused))::int as paused,
      coalesce(sum(greatest(0, cost - warned_at_cost))
        filter (where not success and not has_paused), 0)::bigint as avoidable_nano_usd
    from ended`.execute(query);
  return rows[0] ?? { runs: 0, nowhere: 0, warned: 0, warnedNowhere: 0, paused: 0, avoidableNanoUsd: 0n };
}

export type OpenScore = RunScore & { id: WorkOrderId; title: string };

const openMax = 20;

/** The newest score of each run under way, highest first. */
export async function openScores(query: Query): Promise<OpenScore[]> {
  const { rows } = await sql<OpenScore>`
    select found.*, w.id, w.title from work_orders w
    cross join lateral (select id from runs where work_order_id = w.id order by number desc limit 1) newest
    cross join lateral (select * from run_scores where run_id = newest.id order by cycle desc limit 1) found
    where w.status = 'in_progress' order by found.score desc limit ${openMax}`.execute(query);
  return rows;
}

export interface WarnedRun {
  runId: string;
  /** Null while it has not ended. */
  success: boolean | null;
  /** A person cancelled the run, or its work order has been removed. */
  isUnknowable: boolean;
}

/** The runs with an open warning. A failed try does not end a run that continues with another model. */
export async function warnedRuns(query: Query): Promise<WarnedRun[]> {
  const { rows } = await sql<WarnedRun>`
    select f.subject as run_id, case when v.success or r.state = 'ended' then v.success end as success,
      coalesce(v.fault, '') = 'person' or (r.state = 'ended' and v.id is null)
        or exists (select from run_scores s where s.run_id = r.id and s.has_paused) as is_unknowable
    from forecasts f join runs r on f.key = 'nowhere_score:' || r.id
    left join lateral (select * from outcome_vectors where run_id = r.id order by try desc limit 1) v on true
    where f.signal = 'nowhere_score' and f.ended_at is null`.execute(query);
  return rows;
}
