import type { Insertable, Selectable, Updateable } from 'kysely';
import type { SessionId, WorkOrderId } from '../domain/ids.ts';
import type { Query } from './database.ts';
import type { Tables } from './tables.ts';

export type SessionRow = Selectable<Tables['sessions']>;

/** The row of a session, made before its process starts; the one that is there already when it was made before. */
export async function intendSession(query: Query, row: Insertable<Tables['sessions']>): Promise<SessionRow> {
  const made = await query
    .insertInto('sessions')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (made) return made;
  return query
    .selectFrom('sessions')
    .selectAll()
    .where('runId', '=', row.runId)
    .where('purpose', '=', row.purpose)
    .where('name', '=', row.name)
    .where('cycle', '=', row.cycle)
    .where('attempt', '=', row.attempt)
    .executeTakeFirstOrThrow();
}

/** Whether this session of this cycle was intended before; its process may have begun. */
export async function hasSession(
  query: Query,
  {
    runId,
    purpose,
    name,
    cycle,
    attempt,
  }: Pick<SessionRow, 'runId' | 'purpose' | 'name' | 'cycle' | 'attempt'>,
): Promise<boolean> {
  const found = await query
    .selectFrom('sessions')
    .select('id')
    .where('runId', '=', runId)
    .where('purpose', '=', purpose)
    .where('name', '=', name)
    .where('cycle', '=', cycle)
    .where('attempt', '=', attempt)
    .executeTakeFirst();
  return found !== undefined;
}

/** Whether a process of this run is under way, or may be: its end is not on record. */
export async function hasOpenSession(query: Query, runId: SessionRow['runId']): Promise<boolean> {
  const found = await query
    .selectFrom('sessions')
    .select('id')
    .where('runId', '=', runId)
    .where('state', 'in', ['intended', 'running'])
    .limit(1)
    .executeTakeFirst();
  return found !== undefined;
}

export async function updateSession(
  query: Query,
  id: SessionId,
  change: Updateable<Tables['sessions']>,
): Promise<void> {
  await query.updateTable('sessions').set(change).where('id', '=', id).execute();
}

export function sessionsOf(query: Query, workOrderId: WorkOrderId): Promise<SessionRow[]> {
  return query
    .selectFrom('sessions')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .orderBy('createdAt')
    .execute();
}
