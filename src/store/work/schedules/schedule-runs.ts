// What became of the due instants of schedules: one row for each, whatever process decides about it.
import { type Insertable, sql } from 'kysely';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Status } from '../../../domain/transitions.ts';
import { type ScheduleOutcome, scheduleLimits } from '../../../domain/work-order/schedule.ts';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';

/** False if this instant was decided about before. */
export async function addScheduleRun(
  query: Query,
  row: Insertable<Tables['scheduleRuns']>,
): Promise<boolean> {
  const added = await query
    .insertInto('scheduleRuns')
    .values(row)
    .onConflict((conflict) => conflict.columns(['scheduleId', 'dueAt']).doNothing())
    .executeTakeFirst();
  return added.numInsertedOrUpdatedRows === 1n;
}

export async function hasScheduleRun(query: Query, scheduleId: string, dueAt: Date): Promise<boolean> {
  const row = await query
    .selectFrom('scheduleRuns')
    .select('dueAt')
    .where('scheduleId', '=', scheduleId)
    .where('dueAt', '=', dueAt)
    .executeTakeFirst();
  return row !== undefined;
}

/** Decides about the instant that waits. False if none does. */
export async function endWaiting(
  query: Query,
  scheduleId: string,
  end:
    | { outcome: 'submitted'; workOrderId: WorkOrderId }
    | { outcome: 'skipped' | 'refused'; because: string },
): Promise<boolean> {
  const { numUpdatedRows } = await query
    .updateTable('scheduleRuns')
    .set({ because: null, ...end, decidedAt: sql<Date>`clock_timestamp()` })
    .where('scheduleId', '=', scheduleId)
    .where('outcome', '=', 'waiting')
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export interface ListedRun {
  dueAt: Date;
  outcome: ScheduleOutcome;
  askedBy: string | null;
  instants: number;
  firstDueAt: Date | null;
  because: string | null;
  decidedAt: Date;
  workOrderId: WorkOrderId | null;
  title: string | null;
  status: Status | null;
  costNanoUsd: bigint | null;
}

/** Newest first. */
export function listScheduleRuns(query: Query, scheduleId: string, limit: number): Promise<ListedRun[]> {
  return query
    .selectFrom('scheduleRuns as r')
    .leftJoin('workOrders as o', 'o.id', 'r.workOrderId')
    .select(['r.dueAt', 'r.outcome', 'r.askedBy', 'r.instants', 'r.firstDueAt', 'r.because', 'r.decidedAt'])
    .select(['r.workOrderId', 'o.title', 'o.status', 'o.costNanoUsd'])
    .where('r.scheduleId', '=', scheduleId)
    .orderBy('r.dueAt', 'desc')
    .limit(limit)
    .execute();
}

/** The newest run of each schedule that is not removed. */
export async function lastScheduleRuns(query: Query): Promise<Map<string, ListedRun>> {
  const { rows } = await sql<
    ListedRun & { scheduleId: string }
  >`select s.id as schedule_id, r.due_at, r.outcome, r.asked_by,
      r.instants, r.first_due_at, r.because, r.decided_at, r.work_order_id, o.title, o.status, o.cost_nano_usd
    from schedules s cross join lateral (select * from schedule_runs r where r.schedule_id = s.id
      order by r.due_at desc limit 1) r left join work_orders o on o.id = r.work_order_id
    where s.removed_at is null`.execute(query);
  return new Map(rows.map(({ scheduleId, ...run }) => [scheduleId, run]));
}

/** The runs without a work order. */
export async function forgetOldRuns(query: Query): Promise<void> {
  await sql`delete from schedule_runs where outcome not in ('submitted', 'waiting')
    and decided_at < clock_timestamp() - ${scheduleLimits.historyKeptDays} * interval '1 day'`.execute(query);
}
