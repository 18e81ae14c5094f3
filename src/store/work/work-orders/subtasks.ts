// Sub-tasks: the work orders that the agent of another one has asked for, and the money that is set aside for them.

import { sql } from 'kysely';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Status } from '../../../domain/transitions.ts';
import type { Query } from '../../database.ts';
import { anyOf, findsAny } from '../runs/due-jobs.ts';

export interface Subtask {
  id: WorkOrderId;
  title: string;
  status: Status;
  /** It has not started, because no person has approved it yet. */
  isUnapproved: boolean;
  limitNanoUsd: bigint | null;
  costNanoUsd: bigint;
  pullRequestUrl: string | null;
  /** Of the words by which it was asked for. */
  requestHash: string | null;
}

/** Oldest first. */
export async function subtasksOf(query: Query, parentId: WorkOrderId): Promise<Subtask[]> {
  const { rows } = await sql<Subtask>`
    select id, title, status, status = 'pending' and needs_approval and approved_at is null as is_unapproved, limit_nano_usd,
      cost_nano_usd, pull_request_url, request_hash
    from work_orders where parent_id = ${parentId} order by created_at, id`.execute(query);
  return rows;
}

/** Null: it has no limit. Call this after `lockWorkOrder`. */
export async function leftOfWorkOrder(query: Query, id: WorkOrderId): Promise<bigint | null> {
  const { rows } = await sql<{ left: bigint | null }>`select left_of_work_order(${id}) as left`.execute(
    query,
  );
  return rows[0]?.left ?? null;
}

/**
 * Lowers the limit of the work order, and what its envelope may draw, by this amount; false if so much is not left. Call
 * this after `lockWorkOrder`.
 */
export async function setAside(query: Query, id: WorkOrderId, nanoUsd: bigint): Promise<boolean> {
  const { rows } = await sql<{ isDone: boolean }>`select set_aside(${id}, ${nanoUsd}) as is_done`.execute(
    query,
  );
  return rows[0]?.isDone === true;
}

const isUntold = sql`parent_id is not null and status in ('completed', 'failed', 'cancelled')
  and told_parent is distinct from status`;
const ofCancelled = sql`work_orders c join work_orders p on p.id = c.parent_id
    where c.parent_id is not null and not c.is_told_of_cancel
      and (c.status in ('pending', 'in_progress', 'needs_review') and (p.status = 'cancelled' or p.cancel_requested_at is not null)
        or c.status = 'failed' and p.status = 'cancelled')`;

/** Whether `untoldSubtasks` or `subtasksOfCancelled` finds any. */
export const hasSubtaskToTell = anyOf(
  findsAny(sql`select from work_orders where ${isUntold}`),
  findsAny(sql`select from ${ofCancelled}`),
);

/** The ended sub-tasks whose parents do not tell of that end yet. */
export async function untoldSubtasks(query: Query, limit: number): Promise<WorkOrderId[]> {
  const { rows } = await sql<{ id: WorkOrderId }>`
    select id from work_orders where ${isUntold} order by id limit ${limit}`.execute(query);
  return rows.map(({ id }) => id);
}

/** Returns what has gone back to the parent. Call this after both are locked, the parent first. */
export async function giveBack(query: Query, id: WorkOrderId): Promise<bigint> {
  const { rows } = await sql<{ back: bigint }>`select give_back(${id}) as back`.execute(query);
  return rows[0]?.back ?? 0n;
}

export async function markTold(query: Query, { id, status }: Pick<Subtask, 'id' | 'status'>): Promise<void> {
  await query.updateTable('workOrders').set({ toldParent: status }).where('id', '=', id).execute();
}

/**
 * The sub-tasks of cancelled work orders, and of those that are about to be, which that has not reached yet. One that has failed
 * is not open, but a person may continue it later.
 */
export async function subtasksOfCancelled(
  query: Query,
  limit: number,
): Promise<Array<{ id: WorkOrderId; isOpen: boolean }>> {
  const { rows } = await sql<{ id: WorkOrderId; isOpen: boolean }>`
    select c.id, c.status <> 'failed' as is_open from ${ofCancelled}
    order by c.id limit ${limit}`.execute(query);
  return rows;
}

export async function markToldOfCancel(query: Query, id: WorkOrderId): Promise<void> {
  await query.updateTable('workOrders').set({ isToldOfCancel: true }).where('id', '=', id).execute();
}
