// Fills the queue with work orders as `submit` leaves them, and empties it again in large steps.
import { sql } from 'kysely';
import type { RunId } from '../../src/domain/ids.ts';
import { enqueueRuns } from '../../src/durable/enqueue-run.ts';
import type { Database } from '../../src/store/database.ts';
import { projectOf } from '../../src/store/work/projects/projects.ts';

const batch = 5_000;

export async function fillQueue(
  database: Database,
  orders: number,
  signal: AbortSignal,
  repositoryPath = '/srv/bench',
): Promise<void> {
  const project = await projectOf(database.query, repositoryPath, new Date());
  for (let done = 0; done < orders; done += batch) {
    signal.throwIfAborted();
    await database.transaction(async (query) => {
      const { rows } = await sql<{ id: RunId }>`with made as (
          insert into work_orders (id, project_id, title, time_limit_ms, run, status, changed_by, changed_because)
          select gen_random_uuid(), ${project.id}, 'Order ' || n, 1000, 1, 'pending', 'bench', 'submitted'
          from generate_series(${done + 1}::int, ${Math.min(done + batch, orders)}::int) n returning id)
        insert into runs (id, work_order_id, number, kind, first_step)
        select gen_random_uuid(), id, 1, 'work', 'routing' from made returning id`.execute(query);
      await enqueueRuns(
        query,
        rows.map(({ id }) => id),
      );
    }, signal);
  }
  await sql`analyze`.execute(database.query);
}

/** Cancels the oldest waiting work orders until this many are left. */
export async function leaveWaiting(database: Database, orders: number): Promise<void> {
  await database.transaction(async (query) => {
    await sql`create temporary table over on commit drop as
      select id as run_id, id || ':' || leg as key from runs where state = 'running' and executor is null
      order by created_at desc, id offset ${orders}`.execute(query);
    await sql`select moose_queue.remove_job(key) from over`.execute(query);
    await sql`update runs set state = 'ended', outcome = 'cancelled', ended_at = now()
      where id in (select run_id from over)`.execute(query);
    await sql`update work_orders set status = 'cancelled', changed_by = 'bench', changed_because = 'cancelled'
      where id in (select work_order_id from runs where id in (select run_id from over))`.execute(query);
  });
}

export async function countWaiting(database: Database): Promise<number> {
  const { rows } = await sql<{
    waiting: number;
  }>`select count(*)::int as waiting from moose_queue.jobs where locked_at is null`.execute(database.query);
  return rows[0]?.waiting ?? 0;
}

/** How the server finds the next work, as the queue asks for it: the kind of scan, its index and its rows. */
export async function explainClaim(database: Database, atOnce: number): Promise<string> {
  const { rows } = await sql<{
    'QUERY PLAN': string;
  }>`explain (analyze, buffers, costs off, timing off, summary off)
    select id from moose_queue._private_jobs where is_available and run_at <= now() and job_queue_id is null
    order by priority asc, run_at asc limit ${atOnce} for update skip locked`.execute(database.query);
  return rows.map((row) => row['QUERY PLAN'] ?? Object.values(row)[0]).join('\n');
}
