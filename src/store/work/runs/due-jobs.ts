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
 * One row for each job, and one choice among all conditions: the server evaluates that of a job that is asked about and whose
 * turn is due, and no other. What is asked about is the only value; everything else is a literal.
 */
function textOf(jobs: readonly AskedJob[], query: Query): string {
  const names: readonly string[] = [];
  // Without `offset 0`, the server would evaluate a condition for the comparison, and again for the answer.
  const { sql: compiled, parameters } = sql`select job, wait_ms from (
      select job, (case when turn_in_ms > 0 then turn_in_ms when ${isDue(jobs)} then 0 end)::float8 as wait_ms
      from (${turnsOf(jobs)}) as turns where job = any (${names}::text[]) offset 0) as due
    where wait_ms is not null`.compile(query);
  let marks = 0;
  const text = compiled.replaceAll(/\$(\d+)/g, (_, number) => {
    marks += 1;
    const given = parameters[Number(number) - 1];
    return given === names ? '$1' : literalOf(given);
  });
  if (marks !== parameters.length)
    throw new TypeError('A condition of a periodic job contains a dollar sign');
  return text;
}

function literalOf(value: unknown): string {
  if (Array.isArray(value)) return `array[${value.map(literalOf).join(', ')}]`;
  return value === null || typeof value === 'number' ? String(value) : pg.escapeLiteral(String(value));
}

/** Whether the job of this row has work. */
function isDue(jobs: readonly AskedJob[]): RawBuilder<boolean> {
  const conditions = jobs.flatMap(({ name, due }) =>
    due ? [sql`when job = ${sql.lit(name)} then ${due}`] : [],
  );
  return conditions.length === 0 ? sql`true` : sql`case ${sql.join(conditions, sql` `)} else true end`;
}

/** Each job with the time until its turn, 0 or less if it is due. A time in the future is from before the clock was set back. */
function turnsOf(jobs: readonly AskedJob[]): RawBuilder<unknown> {
  const rows = jobs.map(({ name, turnMs }) => sql`(${sql.lit(name)}, ${sql.lit(turnMs)}::float8)`);
  return sql`select asked.job, coalesce(turn_ms - extract(epoch from clock_timestamp() - t.ran_at)::float8 * 1000, 0) as turn_in_ms
    from (values ${sql.join(rows)}) as asked (job, turn_ms)
    left join job_turns t on t.job = asked.job and t.ran_at <= clock_timestamp()`;
}
