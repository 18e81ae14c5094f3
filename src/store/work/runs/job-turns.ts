// Turns at periodic work that one process does for all: however many processes there are, the work is done once per
// period.
import { sql } from 'kysely';
import type { Query } from '../../database.ts';

/** Rows of machines that are gone are kept this long. */
const keptDays = 7;

export interface Turn {
  job: string;
  everyMs: number;
  /** The machine that asks. */
  by: string;
  /** A process that has just started takes a turn in any case. */
  isFirst: boolean;
}

/** Takes the turn if it is due, by the clock of the database. Returns 0 then, otherwise the time until it is due. */
export async function takeTurn(query: Query, { job, everyMs, by, isFirst }: Turn): Promise<number> {
  // A time in the future is from before the clock was set back.
  const { rows } = await sql<{ waitMs: number }>`with taken as (
      insert into job_turns as t (job, ran_at, ran_by) values (${job}, clock_timestamp(), ${by})
      on conflict (job) do update set ran_at = excluded.ran_at, ran_by = excluded.ran_by
        where ${isFirst} or t.ran_at > clock_timestamp()
          or t.ran_at <= clock_timestamp() - ${everyMs} * interval '1 millisecond'
      returning 0 as wait_ms)
    select coalesce((select wait_ms from taken), (select greatest(1, ${everyMs} - extract(epoch from clock_timestamp() - t.ran_at) * 1000)
      from job_turns t where t.job = ${job}))::float8 as wait_ms`.execute(query);
  return rows[0]?.waitMs ?? everyMs;
}

export async function forgetTurns(query: Query): Promise<void> {
  await sql`delete from job_turns where ran_at < clock_timestamp() - ${keptDays} * interval '1 day'`.execute(
    query,
  );
}
