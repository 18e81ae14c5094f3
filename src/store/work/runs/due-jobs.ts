// Which periodic jobs have something to do: one statement asks for all of them, so that a Moose without work costs its
// database one statement at a time, however many jobs it has.
import { CompiledQuery, type RawBuilder, sql } from 'kysely';
import pg from 'pg';
import type { Query } from '../../database.ts';

/** True if the job would find something to do. Made from the query with which the job finds it. */
export type Due = RawBuilder<boolean>;

export interface AskedJob {
  name: string;
  /** Absent: the job may always have something to do. */
  due?: Due | undefined;
  /** Of all processes, one takes the job's turn, and at most this often. */
  turnMs: number | null;
}

/** `query` finds something. */
export const findsAny = (query: RawBuilder<unknown>): Due => sql<boolean>`exists (${query})`;

export const anyOf = (...dues: readonly Due[]): Due => sql<boolean>`(${sql.join(dues, sql` or `)})`;

/**
 * Makes the question about these jobs, which is asked about some of them at a time. The answer has the time until a job is
 * due, 0 if it is now; a job without work is not in it.
 */
export function dueQuestion(
  jobs: readonly AskedJob[],
): (query: Query, names: readonly string[]) => Promise<Map<string, number>> {
  let text: string | undefined;
  return async (query, names) => {
    text ??= textOf(jobs, query);
    const asked = CompiledQuery.raw(text, [[...names]]) as CompiledQuery<{ job: string; waitMs: number }>;
    const { rows } = await query.executeQuery(asked);
    return new Map(rows.map(({ job, waitMs }) => [job, waitMs]));
  };
}

/**
 * The server plans it once for each connection, and not again for each choice of jobs: it does not see what is asked about
 * when it plans, and everything else is a literal.
 */
function textOf(jobs: readonly AskedJob[], query: Query): string {
  const names: readonly string[] = [];
  const compiled = sql`with asked as materialized (select ${names}::text[] as jobs)
    select due.job, due.wait_ms from asked cross join lateral (values ${sql.join(jobs.map(lineOf))}) as due (job, wait_ms)
    where due.wait_ms is not null`.compile(query);
  const [, ...given] = compiled.parameters;
  let next = 0;
  const text = compiled.sql.replaceAll(/\$(\d+)/g, (mark, number) =>
    number === '1' ? mark : literalOf(given[next++]),
  );
  if (next !== given.length) throw new TypeError('A condition of a periodic job contains a dollar sign');
  return text;
}

function literalOf(value: unknown): string {
  if (Array.isArray(value)) return `array[${value.map(literalOf).join(', ')}]`;
  return value === null || typeof value === 'number' ? String(value) : pg.escapeLiteral(String(value));
}

/** Nothing is evaluated of a job that is not asked about, or whose turn is not due. */
function lineOf({ name, due, turnMs }: AskedJob): RawBuilder<unknown> {
  const job = sql.lit(name);
  const turn =
    turnMs === null ? sql`` : sql`when ${untilTurn(job, turnMs)} > 0 then ${untilTurn(job, turnMs)}`;
  const work = due ? sql`when ${due} then 0` : sql`else 0`;
  return sql`(${job}, (case when not ${job} = any (asked.jobs) then null ${turn} ${work} end)::float8)`;
}

/** A time in the future is from before the clock was set back. */
const untilTurn = (job: RawBuilder<unknown>, everyMs: number) =>
  sql`coalesce((select ${sql.lit(everyMs)} - extract(epoch from clock_timestamp() - t.ran_at)::float8 * 1000
    from job_turns t where t.job = ${job} and t.ran_at <= clock_timestamp()), 0)`;
