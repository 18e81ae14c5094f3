// The outcomes of the runs that each agent took part in.
import { sql } from 'kysely';
import type { Query } from '../database.ts';
import { isOfMaker } from './outcome-sums.ts';

export interface AgentOutcomes {
  agent: string;
  /** The number of runs within the span. */
  runs: number;
  /** Those whose change was verified, by its checks or later. */
  good: number;
  /** The last success within the last three months. */
  lastSuccess: Date | null;
}

/** A change that nothing has verified, also one that a person accepted as it is, is no success. */
const isVerified = sql<boolean>`(success and coalesce(judged_by, 'checks') <> 'nothing')`;

/** An agent that was not used for this many days is not listed. */
const lastDays = 90;

export async function agentOutcomes(query: Query, since: Date): Promise<AgentOutcomes[]> {
  // Apart, because only the newest rows are to be sorted by run.
  const { rows } = await sql<AgentOutcomes>`
    with lately as (
      select agent, count(distinct run_id)::int as runs,
        count(distinct run_id) filter (where ${isVerified})::int as good
      from outcome_vectors v where created_at >= ${since} and ${isOfMaker} group by agent
    ), used as (
      select agent, max(created_at) filter (where success) as last_success from outcome_vectors v
      where created_at >= ${since}::timestamptz - ${lastDays} * interval '1 day' and ${isOfMaker} group by agent
    )
    select agent, coalesce(runs, 0) as runs, coalesce(good, 0) as good, last_success
    from used left join lately using (agent)`.execute(query);
  return rows;
}
