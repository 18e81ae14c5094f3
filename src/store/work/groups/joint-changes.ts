// What only concerns groups of work orders that are one change over several repositories.

import { sql } from 'kysely';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Status } from '../../../domain/transitions.ts';
import type { Query } from '../../database.ts';
import { anyOf, findsAny } from '../runs/due-jobs.ts';
import { isCancelled, isClosed } from './groups.ts';

const undecidedMax = 100;

/** Undecided groups with a cancelled member: whoever cancelled it may have died before the decision. */
export async function cancelledGroups(query: Query): Promise<WorkOrderId[]> {
  const { rows } = await undecidedCancelled.execute(query);
  return rows.map(({ id }) => id);
}

const undecidedCancelled = sql<{ id: WorkOrderId }>`
    select distinct g.id from work_order_groups g join group_members m on m.group_id = g.id
      join work_orders w on w.id = m.work_order_id
    where g.kind = 'joint' and g.decided_at is null and ${isCancelled}
    order by g.id limit ${undecidedMax}`;

/**
 * Members of published groups that wait for a person, and could never publish any more: they have no pull request, and
 * another member is cancelled without one, or with a closed one.
 */
export async function cutOffMembers(query: Query): Promise<WorkOrderId[]> {
  const { rows } = await cutOff.execute(query);
  return rows.map(({ id }) => id);
}

const cutOff = sql<{ id: WorkOrderId }>`
    select own.id from work_orders own join group_members o on o.work_order_id = own.id
      join work_order_groups g on g.id = o.group_id and g.outcome = 'published'
    where own.status in ('needs_review', 'failed') and own.pull_request_url is null
      and not exists (select from runs r where r.work_order_id = own.id and r.state = 'running')
      and not exists (select from effects e where e.work_order_id = own.id and e.kind in ('push', 'pull_request')
        and e.state <> 'undone')
      and exists (select from group_members m join work_orders w on w.id = m.work_order_id
        where m.group_id = g.id and ${isCancelled} and (w.pull_request_url is null or ${isClosed}))
    order by own.id limit ${undecidedMax}`;

/** Whether one of these two finds any. */
export const hasJointChangeToEnd = anyOf(findsAny(undecidedCancelled), findsAny(cutOff));

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
      select m.number, m.work_order_id, 0 from group_members own
        join work_order_groups g on g.id = own.group_id and g.kind = 'joint'
        join group_members m on m.group_id = own.group_id and m.number < own.number
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

/** The parts of joint changes among these that may follow an unmerged one; `earlierUnmerged` also knows replacements. */
export async function mayFollowUnmerged(query: Query, ids: readonly WorkOrderId[]): Promise<WorkOrderId[]> {
  const { rows } = await sql<{ id: WorkOrderId }>`
    select own.work_order_id as id
    from group_members own join work_order_groups g on g.id = own.group_id and g.kind = 'joint'
    where own.work_order_id = any (${[...ids]}::uuid[])
      and exists (select from group_members m where m.group_id = own.group_id and m.number < own.number
        and not exists (select from pull_requests p where p.work_order_id = m.work_order_id
          and p.state = 'merged' and p.reverted_sha is null))`.execute(query);
  return rows.map(({ id }) => id);
}
