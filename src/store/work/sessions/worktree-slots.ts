// A small number for each live worktree of a machine (R-PROJ-4).
import { sql } from 'kysely';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';

export interface SlotRequest {
  host: string;
  workOrderId: WorkOrderId;
  slotMax: number;
  /** Slots that programs outside of Moose use. */
  skip: readonly number[];
}

/** The slot that the work order has; undefined if it has none. It frees none of its own while it works. */
export function slotOfOrder(query: Query, host: string, workOrderId: WorkOrderId) {
  return query
    .selectFrom('worktreeSlots')
    .select('slot')
    .where('host', '=', host)
    .where('workOrderId', '=', workOrderId)
    .executeTakeFirst();
}

/**
 * The slot that the work order has, or the smallest free one; null if there is none. First frees the slots of finished
 * work orders. Needs a transaction.
 */
export async function takeSlot(
  query: Query,
  { host, workOrderId, slotMax, skip }: SlotRequest,
): Promise<{ slot: number; isNew: boolean } | null> {
  await sql`select pg_advisory_xact_lock(hashtextextended('worktree-slots:' || ${host}, 0))`.execute(query);
  const taken = query.selectFrom('worktreeSlots').select('slot').where('host', '=', host);
  const own = await taken.where('workOrderId', '=', workOrderId).executeTakeFirst();
  if (own && !skip.includes(own.slot)) return { slot: own.slot, isNew: false };
  // Joined: as a condition, the list of all finished work orders would be read for each slot that is taken.
  await sql`delete from worktree_slots s using work_orders w where s.host = ${host} and w.id = s.work_order_id
    and (w.id = ${workOrderId} or w.status in ('completed', 'failed', 'cancelled'))`.execute(query);
  const used = new Set([...(await taken.execute()).map(({ slot }) => slot), ...skip]);
  for (let slot = 1; slot <= slotMax; slot++) {
    if (used.has(slot)) continue;
    await query.insertInto('worktreeSlots').values({ host, slot, workOrderId }).execute();
    return { slot, isNew: true };
  }
  return null;
}
