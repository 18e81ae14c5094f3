// The work order from whose branch a stacked change started, and its current state (R-SPEC-5).
import { sql } from 'kysely';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { StackedHow } from '../../../domain/plan/stack-plan.ts';
import type { Status } from '../../../domain/transitions.ts';
import type { Query } from '../../database.ts';
import type { WorkOrder } from '../work-orders/work-orders.ts';

export interface ParentChange {
  workOrderId: WorkOrderId;
  title: string;
  status: Status;
  /** Null if it has no pull request. */
  number: number | null;
  state: 'open' | 'merged' | 'closed' | null;
  isReverted: boolean;
  branch: string | null;
  /** The branch into which it will be, or was, merged. */
  baseBranch: string | null;
  /** The commit that Moose pushed last. */
  headSha: string | null;
  /** That commit is verified, and only waits for its merge. */
  isReady: boolean;
  stackedOn: WorkOrderId | null;
}

/** Undefined if the change is not stacked. */
export async function parentOf(
  query: Query,
  { stackedOn }: Pick<WorkOrder, 'stackedOn'>,
): Promise<ParentChange | undefined> {
  return stackedOn === null ? undefined : (await parentsAmong(query, [stackedOn])).get(stackedOn);
}

/** By the ID of the lower work order, with its open pull request, otherwise its newest. */
export async function parentsAmong(
  query: Query,
  lowerIds: readonly WorkOrderId[],
): Promise<Map<WorkOrderId, ParentChange>> {
  if (lowerIds.length === 0) return new Map();
  const { rows } = await sql<ParentChange>`
    select w.id as work_order_id, w.title, w.status, w.stacked_on, w.branch, p.number, p.state,
      p.reverted_sha is not null as is_reverted, coalesce(p.base_branch, w.base_branch) as base_branch,
      coalesce(p.followed ->> 'pushedSha', p.head_sha) as head_sha,
      w.status = 'completed' or (w.status = 'in_progress' and w.step = 'awaiting_ci'
        and p.followed ->> 'readySha' is not distinct from p.followed ->> 'pushedSha'
        and p.followed ->> 'readySha' is not null) as is_ready
    from work_orders w
    left join lateral (select * from pull_requests p where p.work_order_id = w.id
      order by p.state = 'open' desc, p.created_at desc limit 1) p on true
    where w.id = any(${[...lowerIds]}::uuid[])`.execute(query);
  return new Map(rows.map((row) => [row.workOrderId, row]));
}

/** How a work order depends on another one; `src/domain/plan/stack-plan.ts` decides it. */
export type Lower = ParentChange & { how: StackedHow };

/** The direct dependencies of a planned work order. */
export async function lowersOf(query: Query, workOrderId: WorkOrderId): Promise<Lower[]> {
  const { rows } = await sql<{ dependsOn: WorkOrderId; how: StackedHow }>`
    select depends_on, how from work_order_dependencies where work_order_id = ${workOrderId}
    order by depends_on`.execute(query);
  const parents = await parentsAmong(
    query,
    rows.map(({ dependsOn }) => dependsOn),
  );
  return rows.flatMap(({ dependsOn, how }) => {
    const found = parents.get(dependsOn);
    return found ? [{ ...found, how }] : [];
  });
}

/**
 * The lower work order that blocks this one: the one on which it is stacked, or a dependency that was reverted after
 * its merge. Undefined if there is neither.
 */
export async function lowerThatHolds(
  query: Query,
  order: Pick<WorkOrder, 'id' | 'stackedOn' | 'specId'>,
): Promise<ParentChange | undefined> {
  const lowers = order.specId === null ? [] : await lowersOf(query, order.id);
  return lowers.find(({ isReverted }) => isReverted) ?? parentOf(query, order);
}

/** Unfinished work orders that are stacked on it: its state affects them. */
export async function stackedOn(query: Query, lower: WorkOrderId): Promise<WorkOrder[]> {
  return query
    .selectFrom('workOrders')
    .selectAll()
    .where('stackedOn', '=', lower)
    .where('status', '!=', 'cancelled')
    .orderBy('id')
    .execute();
}

/** Makes the pull requests due at once that are stacked on it, or follow it in a joint change. */
export async function lookAtStacked(query: Query, lower: WorkOrderId): Promise<void> {
  await sql`update pull_requests p set next_look_at = clock_timestamp(), looks_unchanged = 0
    from (select id from work_orders where stacked_on = ${lower}
      union select m.work_order_id from group_members own
        join work_order_groups g on g.id = own.group_id and g.kind = 'joint'
        join group_members m on m.group_id = own.group_id and m.number > own.number
        where own.work_order_id = ${lower}) w
    where p.work_order_id = w.id
      and p.state = 'open' and p.next_look_at > clock_timestamp()`.execute(query);
}
