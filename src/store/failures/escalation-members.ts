// The work orders that wait for the answer to a shared question.
import { sql } from 'kysely';
import type { ProjectId, WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';

/**
 * Adds a work order to a shared question. Returns false if it already waits for that answer. A work order that has
 * continued can join again.
 */
export async function joinEscalation(
  query: Query,
  escalationId: string,
  workOrderId: WorkOrderId,
): Promise<boolean> {
  const joined = await query
    .insertInto('escalationMembers')
    .values({ escalationId, workOrderId })
    .onConflict((conflict) =>
      conflict
        .columns(['escalationId', 'workOrderId'])
        .doUpdateSet({ leftAt: null })
        .where('escalationMembers.leftAt', 'is not', null),
    )
    .returning('workOrderId')
    .executeTakeFirst();
  return joined !== undefined;
}

/** The work order continues or has ended, so it no longer waits for a shared answer. */
export async function leaveEscalations(
  query: Query,
  workOrderId: WorkOrderId,
  escalationId?: string,
): Promise<void> {
  let update = query
    .updateTable('escalationMembers')
    .set({ leftAt: sql<Date>`clock_timestamp()` })
    .where('workOrderId', '=', workOrderId)
    .where('leftAt', 'is', null);
  if (escalationId !== undefined) update = update.where('escalationId', '=', escalationId);
  await update.execute();
}

/** The work orders that still wait, in the order in which they joined. */
export async function membersOf(query: Query, escalationId: string): Promise<WorkOrderId[]> {
  const rows = await query
    .selectFrom('escalationMembers')
    .select('workOrderId')
    .where('escalationId', '=', escalationId)
    .where('leftAt', 'is', null)
    .orderBy('joinedAt')
    .orderBy('workOrderId')
    .execute();
  return rows.map(({ workOrderId }) => workOrderId);
}

/** The projects of all work orders that ever joined. */
export async function projectsOf(query: Query, escalationId: string): Promise<ProjectId[]> {
  const rows = await query
    .selectFrom('escalationMembers')
    .innerJoin('workOrders', 'workOrders.id', 'escalationMembers.workOrderId')
    .select('workOrders.projectId')
    .distinct()
    .where('escalationId', '=', escalationId)
    .orderBy('workOrders.projectId')
    .execute();
  return rows.map(({ projectId }) => projectId);
}

export interface ProjectCount {
  project: string;
  /** `waiting`: work orders that wait now; `joined`: all that ever joined. */
  waiting: number;
  joined: number;
}

export async function countMembers(query: Query, escalationId: string): Promise<ProjectCount[]> {
  const { rows } = await sql<ProjectCount>`select p.name as project,
      count(*) filter (where m.left_at is null)::int as waiting, count(*)::int as joined
    from escalation_members m join work_orders w on w.id = m.work_order_id join projects p on p.id = w.project_id
    where m.escalation_id = ${escalationId} group by p.name order by p.name`.execute(query);
  return rows;
}

/** The shared question loses all of its waiting work orders. */
export async function releaseMembers(query: Query, escalationId: string): Promise<void> {
  await query
    .updateTable('escalationMembers')
    .set({ leftAt: new Date() })
    .where('escalationId', '=', escalationId)
    .where('leftAt', 'is', null)
    .execute();
}
