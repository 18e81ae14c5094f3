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
