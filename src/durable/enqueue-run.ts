// Adds messages to the queue: each says that a leg of a run may begin. Who has the run, and when its leg is due, stands in
// `runs` alone; so a message that is lost, late or there twice does no harm.
import { type RawBuilder, sql } from 'kysely';
import type { RunId } from '../domain/ids.ts';
import type { Query } from '../store/database.ts';
import { isHeldByLiving } from '../store/work/runs/executors.ts';

/** The task of the queue that begins legs. */
export const legTask = 'leg';
/** The most that the queue can count: Moose itself stops a run that keeps killing its process. */
const attemptsMax = 32_767;

/** What a message contains. */
export interface Leg {
  runId: RunId;
  leg: number;
}

/**
 * Adds a message for each of these runs, given as `id`, `leg`, `wake_at` and `created_at`; a message that the queue still
 * has is replaced. Runs that wait for nothing begin in the order in which they were created. Returns which runs had no
 * message.
 */
export async function addMessages(
  query: Query,
  legs: RawBuilder<unknown>,
): Promise<{ all: number; added: RunId[] }> {
  const { rows } = await sql<{ key: string; revision: number }>`with legs as (${legs})
    select added.key, added.revision from moose_queue.add_jobs(array(
      select row(${legTask}::text, json_build_object('runId', id, 'leg', leg), null,
        coalesce(wake_at, least(created_at, clock_timestamp())), ${attemptsMax}::int, id || ':' || leg, null,
        null)::moose_queue.job_spec
      from legs order by id)) added`.execute(query);
  const added = rows.flatMap(({ key, revision }) => (revision === 0 ? [key.split(':')[0] as RunId] : []));
  return { all: rows.length, added };
}

/**
 * Makes a leg that nobody has ready to begin, in the same transaction as the change that makes it necessary. `delayMs`: the
 * earliest start.
 */
export async function enqueueRun(query: Query, runId: RunId, delayMs = 0): Promise<void> {
  // By the database's clock: that of this process may be wrong, and another one may start the leg.
  const wakeAt =
    delayMs > 0 ? sql`clock_timestamp() + ${Math.ceil(delayMs)} * interval '1 millisecond'` : sql`null`;
  await addMessages(
    query,
    sql`update runs set executor = null, wake_at = (${wakeAt})::timestamptz where id = ${runId}
      returning id, leg, wake_at, created_at`,
  );
}

/** Adds messages for open runs that may have none; those that somebody has, or that wait, stay as they are. */
export async function announceRuns(
  query: Query,
  of: RawBuilder<unknown>,
): Promise<{ all: number; added: RunId[] }> {
  return await addMessages(
    query,
    sql`select r.id, r.leg, r.wake_at, r.created_at from runs r where r.state = 'running' and ${of}`,
  );
}

/** Tells the processes of a message that has become due: it rang when it was added, and was not due then. */
export async function ringForDue(query: Query): Promise<void> {
  await sql`select pg_notify('jobs:insert', '{"count":1}') where exists (select from moose_queue.jobs
    where run_at <= clock_timestamp() and locked_at is null)`.execute(query);
}

/** Nothing is added if a living process has the run. */
export async function announceRun(query: Query, runId: RunId): Promise<void> {
  await announceRuns(query, sql`r.id = ${runId} and not ${isHeldByLiving}`);
}

/** Starts the first legs of runs at once. */
export async function enqueueRuns(query: Query, runIds: readonly RunId[]): Promise<void> {
  await announceRuns(query, sql`r.id = any(${[...runIds]}::uuid[])`);
}
