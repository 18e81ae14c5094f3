// What groups of candidates and joint changes have in common. Whoever locks a group has locked nothing else before: so
// no two transactions wait for each other.
import { sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';

/** Groups of these kinds have the ID of their first work order. */
const tablesOf = {
  candidates: { groups: 'candidateGroups', members: 'candidates' },
  joint: { groups: 'jointGroups', members: 'jointMembers' },
} as const;
export type GroupKind = keyof typeof tablesOf;

/** Returns false if the group exists: a submission that is repeated adds nothing. */
export async function insertGroup(
  query: Query,
  kind: GroupKind,
  group: { id: WorkOrderId; size: number; limitNanoUsd: bigint | null },
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await query
    .insertInto(tablesOf[kind].groups)
    .values(group)
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function insertMember(
  query: Query,
  kind: GroupKind,
  member: { groupId: WorkOrderId; workOrderId: WorkOrderId; number: number },
): Promise<void> {
  await query.insertInto(tablesOf[kind].members).values(member).execute();
}

/** Locks the open runs, then the work orders, in the order in which every other transaction locks the two. */
export async function lockMembers(query: Query, kind: GroupKind, groupId: WorkOrderId): Promise<void> {
  const members = sql.table(tablesOf[kind].members);
  await sql`select from runs r join ${members} m on m.work_order_id = r.work_order_id
    where m.group_id = ${groupId} and r.state = 'running' order by m.number for no key update of r`.execute(
    query,
  );
  await sql`select from work_orders w join ${members} m on m.work_order_id = w.id
    where m.group_id = ${groupId} order by m.number for no key update of w`.execute(query);
}

/** The work order and all others of its group, by their numbers. */
export async function idsOfGroup(query: Query, id: WorkOrderId): Promise<WorkOrderId[]> {
  const { rows } = await sql<{ id: WorkOrderId }>`
    select o.work_order_id as id, o.number from candidates m join candidates o on o.group_id = m.group_id
      where m.work_order_id = ${id}
    union all select o.work_order_id, o.number from joint_members m join joint_members o on o.group_id = m.group_id
      where m.work_order_id = ${id}
    order by number`.execute(query);
  return rows.length === 0 ? [id] : rows.map((row) => row.id);
}

/** The last time at which something happened that the work order may have waited for; null if it is in no group. */
export async function waitedForGroupUntil(query: Query, id: WorkOrderId): Promise<Date | null> {
  const { rows } = await sql<{ at: Date | null }>`select greatest(
      (select g.decided_at from candidates c join candidate_groups g on g.id = c.group_id where c.work_order_id = ${id}),
      (select max(greatest(g.decided_at, m.passed_at, p.created_at)) from joint_members own
        join joint_groups g on g.id = own.group_id
        left join joint_members m on m.group_id = own.group_id and m.number < own.number
        left join pull_requests p on p.work_order_id = m.work_order_id
        where own.work_order_id = ${id})) as at`.execute(query);
  return rows[0]?.at ?? null;
}
