// Lists of processes, of all work orders or of some.
import { sql } from 'kysely';
import type { SessionId, WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import type { ListPlace } from '../work-orders/work-order-lists.ts';
import type { SessionRow } from './session-rows.ts';

/** A process with the title of its work order, and the number of its run. */
export type ListedSession = SessionRow & { title: string; run: number };

/** The process that each of these work orders is running now. */
export async function runningSessionsOf(
  query: Query,
  ids: readonly WorkOrderId[],
): Promise<Map<string, SessionRow>> {
  const rows = await query
    .selectFrom('sessions')
    .selectAll()
    .where('workOrderId', 'in', ids)
    .where('state', '=', 'running')
    .where('unreachableSince', 'is', null)
    // An agent or a check comes before its services.
    .orderBy(sql`case purpose when 'service' then 0 else 1 end`)
    .orderBy('createdAt')
    .execute();
  return new Map(rows.map((session) => [session.workOrderId, session]));
}

const listed = (query: Query) =>
  query
    .selectFrom('sessions')
    .innerJoin('workOrders', 'workOrders.id', 'sessions.workOrderId')
    .innerJoin('runs', 'runs.id', 'sessions.runId')
    .selectAll('sessions')
    .select(['workOrders.title', 'runs.number as run']);

/** Processes, newest first, each with its position in the list. */
export function listSessions(
  query: Query,
  { isRunning, after, limit }: { isRunning: boolean; after?: ListPlace | undefined; limit: number },
): Promise<Array<ListedSession & { place: string }>> {
  let select = listed(query)
    .select(sql<string>`(extract(epoch from sessions.created_at) * 1000000)::bigint::text`.as('place'))
    .orderBy('sessions.createdAt', 'desc')
    .orderBy('sessions.id', 'desc')
    .limit(limit);
  if (isRunning) select = select.where('sessions.state', 'in', ['intended', 'running']);
  if (after)
    select = select.where(
      sql<boolean>`(sessions.created_at, sessions.id) < ('epoch'::timestamptz
        + ${after.value}::bigint * interval '1 microsecond', ${after.id}::uuid)`,
    );
  return select.execute();
}

/** Processes, newest first. */
export function sessionsOfWorkOrder(query: Query, id: WorkOrderId, limit: number): Promise<ListedSession[]> {
  return listed(query)
    .where('sessions.workOrderId', '=', id)
    .orderBy('sessions.createdAt', 'desc')
    .orderBy('sessions.id', 'desc')
    .limit(limit)
    .execute();
}

export function sessionById(query: Query, id: SessionId): Promise<SessionRow | undefined> {
  return query.selectFrom('sessions').selectAll().where('id', '=', id).executeTakeFirst();
}
