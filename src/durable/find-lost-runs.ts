// Finds runs that wait for a process, and may have lost their message. Nothing compares them with the queue: a message
// that is still there stays one message.
import { sql } from 'kysely';
import type { RunId } from '../domain/ids.ts';
import type { Query } from '../store/database.ts';
import { isHeldByLiving } from '../store/work/runs/executors.ts';
import { announceRuns } from './enqueue-run.ts';

/** Maximum per look; those that wait longest come first. */
const lostMax = 100;
/** The message of a younger run may still be on its way. */
const settledMs = 5_000;

/**
 * A run that a person paused does not count, because resuming starts it. One that a process took up and has not stopped
 * yet does count: one of its processes may still be running without a watcher. A time in the future is from before the
 * clock was set back.
 */
const mayBeLost = sql`not ${isHeldByLiving}
  and (r.wake_at is null or r.wake_at <= clock_timestamp())
  and (r.created_at < now() - ${sql.lit(settledMs)} * interval '1 millisecond'
    or r.created_at > clock_timestamp() + ${sql.lit(settledMs)} * interval '1 millisecond')
  and (r.executor is not null or not exists (select from work_orders o where o.id = r.work_order_id
    and r.kind = 'work' and o.held_by is not null and o.cancel_requested_at is null))`;

/** Returns the runs that had no message. */
export async function announceLostRuns(query: Query): Promise<RunId[]> {
  const { added } = await announceRuns(
    query,
    sql`r.id in (select r.id from runs r where r.state = 'running' and ${mayBeLost}
      order by coalesce(r.wake_at, r.created_at) limit ${lostMax})`,
  );
  return added;
}

/** After the queue was made, or after the rows came from elsewhere. */
export async function announceOpenRuns(query: Query): Promise<void> {
  await announceRuns(
    query,
    sql`not exists (select from work_orders o where o.id = r.work_order_id and r.kind = 'work'
      and r.executor is null and o.held_by is not null and o.cancel_requested_at is null)`,
  );
}
