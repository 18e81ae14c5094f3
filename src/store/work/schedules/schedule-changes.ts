// What people changed about schedules. The caller holds the lock of the schedule.
import type { Insertable, Selectable } from 'kysely';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';

export type RecordedChange = Selectable<Tables['scheduleChanges']>;

export async function addScheduleChange(
  query: Query,
  row: Insertable<Tables['scheduleChanges']>,
): Promise<void> {
  await query.insertInto('scheduleChanges').values(row).execute();
}

/** Newest first. */
export function listScheduleChanges(
  query: Query,
  scheduleId: string,
  limit: number,
): Promise<RecordedChange[]> {
  return query
    .selectFrom('scheduleChanges')
    .selectAll()
    .where('scheduleId', '=', scheduleId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute();
}
