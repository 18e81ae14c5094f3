// Groups of work orders that are one change over several repositories.
import { type Selectable, sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { JointDecision, JointMember } from '../../domain/joint-change.ts';
import type { Status } from '../../domain/transitions.ts';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText } from '../storable.ts';

export type JointGroup = Selectable<Tables['jointGroups']>;

export function jointGroup(query: Query, id: WorkOrderId): Promise<JointGroup> {
  return query.selectFrom('jointGroups').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

/** Call this first in a transaction. */
export function lockJointGroup(query: Query, id: WorkOrderId): Promise<JointGroup> {
  return query
    .selectFrom('jointGroups')
    .selectAll()
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirstOrThrow();
}

const isClosed = sql<boolean>`(exists (select from pull_requests p where p.work_order_id = w.id and p.state = 'closed')
  and not exists (select from pull_requests p where p.work_order_id = w.id and p.state <> 'closed'))`;

/** As they are now, by their numbers. */
export async function jointMembers(query: Query, groupId: WorkOrderId): Promise<JointMember[]> {
  const { rows } = await sql<JointMember>`
    select m.work_order_id as id, m.number, p.name as project, w.status, w.step, m.passed_at, m.tree_sha,
      w.status = 'cancelled' or w.cancel_requested_at is not null as is_cancelled, w.pull_request_url,
      ${isClosed} as is_closed
    from joint_members m join work_orders w on w.id = m.work_order_id join projects p on p.id = w.project_id
    where m.group_id = ${groupId} order by m.number`.execute(query);
  return rows;
}

export async function markPassed(query: Query, workOrderId: WorkOrderId, treeSha: string): Promise<void> {
  await query
    .updateTable('jointMembers')
    .set({ passedAt: sql<Date>`clock_timestamp()`, treeSha })
    .where('workOrderId', '=', workOrderId)
    .execute();
}

/** Call this in a transaction that has locked the work order: the decision locks it too, before it reads. */
export async function markAtWork(query: Query, workOrderId: WorkOrderId): Promise<void> {
  await query
    .updateTable('jointMembers')
    .set({ passedAt: null })
    .where('workOrderId', '=', workOrderId)
    .where('passedAt', 'is not', null)
    .execute();
}

/** Only the first decision is written; the database refuses every later one. */
export async function decideJointGroup(
  query: Query,
  id: WorkOrderId,
  { because, ...decided }: JointDecision & { decidedAt: Date },
): Promise<void> {
  await query
    .updateTable('jointGroups')
    .set({ ...decided, because: storableText(because) })
    .where('id', '=', id)
    .execute();
}

const undecidedMax = 100;

/** Undecided groups with a cancelled member: whoever cancelled it may have died before the decision. */
export async function cancelledGroups(query: Query): Promise<WorkOrderId[]> {
  const { rows } = await sql<{ id: WorkOrderId }>`
    select distinct g.id from joint_groups g join joint_members m on m.group_id = g.id
      join work_orders w on w.id = m.work_order_id
    where g.decided_at is null and (w.status = 'cancelled' or w.cancel_requested_at is not null)
    order by g.id limit ${undecidedMax}`.execute(query);
  return rows.map(({ id }) => id);
}

/**
 * Members of published groups that wait for a person, and could never publish any more: they have no pull request, and
 * another member is cancelled without one, or with a closed one.
 */
export async function cutOffMembers(query: Query): Promise<WorkOrderId[]> {
  const { rows } = await sql<{ id: WorkOrderId }>`
    select own.id from work_orders own join joint_members o on o.work_order_id = own.id
      join joint_groups g on g.id = o.group_id and g.outcome = 'published'
    where own.status in ('needs_review', 'failed') and own.pull_request_url is null
      and not exists (select from runs r where r.work_order_id = own.id and r.state = 'running')
      and not exists (select from effects e where e.work_order_id = own.id and e.kind in ('push', 'pull_request')
        and e.state <> 'undone')
      and exists (select from joint_members m join work_orders w on w.id = m.work_order_id
        where m.group_id = g.id and (w.status = 'cancelled' or w.cancel_requested_at is not null)
          and (w.pull_request_url is null or ${isClosed}))
    order by own.id limit ${undecidedMax}`.execute(query);
  return rows.map(({ id }) => id);
}

export interface ListedMember {
  groupId: WorkOrderId;
  workOrderId: WorkOrderId;
  number: number;
  size: number;
}

/** The places of these work orders in their groups; those that are no members are left out. */
export async function placesOfMembers(
  query: Query,
  ids: readonly WorkOrderId[],
): Promise<Map<WorkOrderId, ListedMember>> {
  const { rows } = await sql<ListedMember>`
    select m.group_id, m.work_order_id, m.number, g.size
    from joint_members m join joint_groups g on g.id = m.group_id
    where m.work_order_id = any (${[...ids]}::uuid[])`.execute(query);
  return new Map(rows.map((row) => [row.workOrderId, row]));
}

/** An earlier member whose change is not merged. */
export interface Unmerged {
  workOrderId: WorkOrderId;
  project: string;
  status: Status;
  /** Null if it has no pull request. */
  number: number | null;
  state: 'open' | 'merged' | 'closed' | null;
  isReverted: boolean;
}

/**
 * The first earlier member that is not merged; undefined if there is none. If a member was submitted again
 * because of a conflict, its newest replacement counts instead.
 */
export async function earlierUnmerged(query: Query, workOrderId: WorkOrderId): Promise<Unmerged | undefined> {
  const { rows } = await sql<Unmerged>`
    with recursive line (member, id, depth) as (
      select m.number, m.work_order_id, 0 from joint_members own
        join joint_members m on m.group_id = own.group_id and m.number < own.number
        where own.work_order_id = ${workOrderId}
      union all
      select line.member, r.id, line.depth + 1 from line
        join work_orders r on r.settings ->> 'replaces' = line.id::text and r.status <> 'cancelled'
        where line.depth < 20
    )
    select w.id as work_order_id, j.name as project, w.status, p.number, p.state,
      p.reverted_sha is not null as is_reverted
    from (select distinct on (member) * from line order by member, depth desc) newest
    join work_orders w on w.id = newest.id
    join projects j on j.id = w.project_id
    left join lateral (select * from pull_requests p where p.work_order_id = w.id
      order by p.state = 'open' desc, p.created_at desc limit 1) p on true
    where not exists (select from line o join pull_requests m on m.work_order_id = o.id
        where o.member = newest.member and m.state = 'merged' and m.reverted_sha is null)
    order by newest.member limit 1`.execute(query);
  return rows[0];
}

/** What each member has cost, and whether its pull request is merged. */
export async function jointFigures(
  query: Query,
  groupId: WorkOrderId,
): Promise<Map<WorkOrderId, { costNanoUsd: bigint; isMerged: boolean }>> {
  const { rows } = await sql<{ id: WorkOrderId; costNanoUsd: bigint; isMerged: boolean }>`
    select w.id, w.cost_nano_usd,
      exists (select from pull_requests p where p.work_order_id = w.id and p.state = 'merged') as is_merged
    from joint_members m join work_orders w on w.id = m.work_order_id where m.group_id = ${groupId}`.execute(
    query,
  );
  return new Map(rows.map((row) => [row.id, row]));
}

/** The work orders among these that may follow an unmerged one; `earlierUnmerged` also knows about replacements. */
export async function mayFollowUnmerged(
  query: Query,
  ids: readonly WorkOrderId[],
): Promise<Array<{ id: WorkOrderId; groupId: WorkOrderId; number: number; size: number }>> {
  const { rows } = await sql<{ id: WorkOrderId; groupId: WorkOrderId; number: number; size: number }>`
    select own.work_order_id as id, own.group_id, own.number, g.size
    from joint_members own join joint_groups g on g.id = own.group_id
    where own.work_order_id = any (${[...ids]}::uuid[])
      and exists (select from joint_members m where m.group_id = own.group_id and m.number < own.number
        and not exists (select from pull_requests p where p.work_order_id = m.work_order_id
          and p.state = 'merged' and p.reverted_sha is null))`.execute(query);
  return rows;
}
