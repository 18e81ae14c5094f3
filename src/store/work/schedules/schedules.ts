// Schedules: what they submit and when. The clock is the database's.

import { type Insertable, type Selectable, sql, type Updateable } from 'kysely';
import type { ApiRole } from '../../../domain/people/api-role.ts';
import type { Status } from '../../../domain/transitions.ts';
import { scheduleLimits } from '../../../domain/work-order/schedule.ts';
import type { Query } from '../../database.ts';
import { databaseNow } from '../../database-now.ts';
import type { Tables } from '../../schema/tables.ts';
import { type Due, findsAny } from '../runs/due-jobs.ts';

export type Schedule = Selectable<Tables['schedules']>;
export type ListedSchedule = Schedule & { project: string; projectRemovedAt: Date | null };
export type DueSchedule = ListedSchedule & {
  /** By the clock of the database. */
  now: Date;
  /** Of the owner's token; null if it was revoked, undefined if there was none. */
  role: ApiRole | null | undefined;
};

const withProject = (query: Query) =>
  query
    .selectFrom('schedules')
    .innerJoin('projects', 'projects.id', 'schedules.projectId')
    .selectAll('schedules')
    .select(['projects.name as project', 'projects.removedAt as projectRemovedAt'])
    .where('schedules.removedAt', 'is', null);

/** By name. */
export function listSchedules(query: Query): Promise<ListedSchedule[]> {
  return withProject(query).orderBy(sql`lower(schedules.name)`).limit(scheduleLimits.schedulesMax).execute();
}

export function scheduleNamed(query: Query, name: string): Promise<ListedSchedule | undefined> {
  return withProject(query).where(sql`lower(schedules.name)`, '=', name.toLowerCase()).executeTakeFirst();
}

/** Whoever adds or renames at the same moment waits here. */
async function holdNames(query: Query): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('moose.schedules'))`.execute(query);
}

/** Whether the schedule `id` may be called so. Nobody else takes the name until the transaction ends. */
export async function isNameFree(query: Query, name: string, id: string): Promise<boolean> {
  await holdNames(query);
  const found = await scheduleNamed(query, name);
  return found === undefined || found.id === id;
}

export async function addSchedule(
  query: Query,
  row: Insertable<Tables['schedules']>,
): Promise<'added' | 'name_taken' | 'too_many'> {
  await holdNames(query);
  const { rows } = await sql<{ taken: boolean; count: number }>`select count(*)::int as count,
    coalesce(bool_or(lower(name) = lower(${row.name})), false) as taken from schedules where removed_at is null`.execute(
    query,
  );
  if (rows[0]?.taken) return 'name_taken';
  if ((rows[0]?.count ?? 0) >= scheduleLimits.schedulesMax) return 'too_many';
  await query.insertInto('schedules').values(row).execute();
  return 'added';
}

/**
 * Locks the schedule until the end of the transaction, and its project, so that nobody removes that meanwhile; undefined
 * if the schedule is removed.
 */
export async function lockSchedule(query: Query, id: string): Promise<DueSchedule | undefined> {
  const row = await query
    .selectFrom('schedules')
    .selectAll()
    .where('id', '=', id)
    .where('removedAt', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return undefined;
  const { rows } = await sql<{
    now: Date;
    project: string;
    projectRemovedAt: Date | null;
    role: ApiRole | null;
  }>`select date_trunc('milliseconds', clock_timestamp()) as now, p.name as project,
      p.removed_at as project_removed_at, (select t.role from api_tokens t
        where t.id = ${row.tokenId}::uuid and t.revoked_at is null) as role
    from projects p where p.id = ${row.projectId} for share of p`.execute(query);
  const [more] = rows;
  if (!more) throw new TypeError('A schedule has no project');
  return { ...row, ...more, role: row.tokenId === null ? undefined : more.role };
}

export async function changeSchedule(
  query: Query,
  id: string,
  change: Updateable<Tables['schedules']>,
): Promise<void> {
  await query.updateTable('schedules').set(change).where('id', '=', id).execute();
}

/** Only if nobody else has changed its next instant, or its expression. */
export async function moveNextDue(
  query: Query,
  { id, cron, timeZone, nextDueAt: from }: SleepingSchedule,
  to: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await query
    .updateTable('schedules')
    .set({ nextDueAt: to })
    .where('id', '=', id)
    .where('nextDueAt', '=', from)
    .where('cron', '=', cron)
    .where('timeZone', '=', timeZone)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Work orders in these states are still at work. A work order that needs a person has stopped. */
const openStatuses: readonly Status[] = ['pending', 'in_progress'];
/** How many schedules are decided about in one round. */
const dueMax = 100;

/**
 * The schedules about which something is to be decided: an instant is due, the previous work order of a waiting one has
 * ended, or its last work orders all failed.
 */
export async function schedulesToDecide(query: Query): Promise<string[]> {
  const { rows } = await toDecide().execute(query);
  return rows.map(({ id }) => id);
}

/** Whether `schedulesToDecide` finds any. */
export const hasScheduleToDecide = (): Due => findsAny(toDecide());

function toDecide() {
  return sql<{ id: string }>`select s.id from schedules s where s.next_due_at is not null and (
      s.next_due_at <= clock_timestamp()
      or exists (select from schedule_runs w where w.schedule_id = s.id and w.outcome = 'waiting'
        and not exists (select from schedule_runs r join work_orders o on o.id = r.work_order_id
          where r.schedule_id = s.id and r.outcome in ('submitted', 'refused')
            and o.status::text = any (${openStatuses})))
      or (select count(*) filter (where tried.is_failed) from (${tried(sql`s.id`, sql`s.streak_from`)}) tried)
        >= ${scheduleLimits.failuresInARow})
    order by s.next_due_at limit ${dueMax}`;
}

/** The last work orders and refusals, as many as count in a row. */
function tried(id: ReturnType<typeof sql>, from: ReturnType<typeof sql>) {
  return sql`select r.outcome = 'refused' or o.status::text in ('failed', 'needs_review') as is_failed
    from schedule_runs r left join work_orders o on o.id = r.work_order_id
    where r.schedule_id = ${id} and r.outcome in ('submitted', 'refused') and r.decided_at > ${from}
    order by r.due_at desc limit ${scheduleLimits.failuresInARow}`;
}

export interface ScheduleStanding {
  /** A work order of the schedule that is still at work. */
  openWorkOrderId: string | null;
  /** The instant that waits for it. */
  waitingDueAt: Date | null;
  /** The last work orders all failed, or need a person. */
  hasFailedInARow: boolean;
}

export async function standingOf(
  query: Query,
  { id, streakFrom }: Pick<Schedule, 'id' | 'streakFrom'>,
): Promise<ScheduleStanding> {
  const { rows } = await sql<ScheduleStanding>`select
    (select o.id from schedule_runs r join work_orders o on o.id = r.work_order_id
      where r.schedule_id = ${id} and o.status::text = any (${openStatuses})
      order by r.due_at desc limit 1) as open_work_order_id,
    (select due_at from schedule_runs where schedule_id = ${id} and outcome = 'waiting') as waiting_due_at,
    (select count(*) filter (where tried.is_failed) from (${tried(sql`${id}::uuid`, sql`${streakFrom}::timestamptz`)}) tried)
      >= ${scheduleLimits.failuresInARow} as has_failed_in_a_row`.execute(query);
  const [row] = rows;
  if (!row) throw new TypeError('This statement has one row');
  return row;
}

export type SleepingSchedule = Pick<Schedule, 'id' | 'cron' | 'timeZone'> & { nextDueAt: Date };

/** Whether `sleepingSchedules` finds any. */
export const hasSleepingSchedule = findsAny(sql`select from schedules where next_due_at > clock_timestamp()`);

/** The schedules that are neither paused nor due, with the database's time. */
export async function sleepingSchedules(query: Query): Promise<{ now: Date; schedules: SleepingSchedule[] }> {
  const now = await databaseNow(query);
  const rows = await query
    .selectFrom('schedules')
    .select(['id', 'cron', 'timeZone', 'nextDueAt'])
    .where('nextDueAt', '>', now)
    .limit(scheduleLimits.schedulesMax)
    .execute();
  return {
    now,
    schedules: rows.flatMap((row) => (row.nextDueAt ? [{ ...row, nextDueAt: row.nextDueAt }] : [])),
  };
}
