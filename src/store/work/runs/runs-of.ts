// The runs of work orders, for views and for what depends on other runs.
import { sql } from 'kysely';
import type { RunId, WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import type { Run } from './runs.ts';

/** What a run that waits for money is paused by, in place of a circuit. */
export const moneyKey = 'money';

/** The newest run of each work order. */
export async function newestRunsOf(query: Query, ids: readonly WorkOrderId[]): Promise<Map<string, Run>> {
  const rows = await query
    .selectFrom('runs')
    .selectAll()
    .where(
      'id',
      'in',
      sql<RunId>`(select newest.id from unnest(${[...ids]}::uuid[]) as wanted (id),
        lateral (select id from runs where work_order_id = wanted.id order by number desc limit 1) newest)`,
    )
    .execute();
  return new Map<string, Run>(rows.map((run) => [run.workOrderId, run]));
}

export interface QueueNow {
  /** Runs that wait for a process, oldest first, at most `oldestMax`. */
  oldest: RunId[];
  oldestMax: number;
  /** The number of runs that a process carries. */
  underWay: number;
}

const oldestMax = 1_000;

/** The runs that wait for a process now, and how many runs are carried by one. */
export async function queueNow(query: Query): Promise<QueueNow> {
  const open = query.selectFrom('runs').where('state', '=', 'running');
  const waiting = await open
    .select('id')
    .where('executor', 'is', null)
    .where('wakeAt', 'is', null)
    .where('pausedBy', 'is', null)
    .orderBy('createdAt')
    .limit(oldestMax)
    .execute();
  const { count } = await open
    .select(sql<number>`count(*)::int`.as('count'))
    .where('executor', 'is not', null)
    .where('wakeAt', 'is', null)
    .executeTakeFirstOrThrow();
  return { oldest: waiting.map(({ id }) => id), oldestMax, underWay: count };
}

/** The runs, newest first. */
export function runsOf(query: Query, workOrderId: WorkOrderId, limit: number): Promise<Run[]> {
  return query
    .selectFrom('runs')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .orderBy('number', 'desc')
    .limit(limit)
    .execute();
}

/** Whether a run that stopped in its midst waits for the money of one of these limits (without their dates). */
export async function hasRunWaitingForMoney(query: Query, limits: readonly string[]): Promise<boolean> {
  const { rows } = await sql<{ has: boolean }>`
    select exists (select from runs where state = 'running' and paused_by = ${moneyKey}
      and settings -> 'money' ->> 'limit' = any (${[...limits]}::text[])) as has`.execute(query);
  return rows[0]?.has === true;
}
