// Who pauses or cancels a work order stops its merge too: one that the forge was to do by itself is taken back there.

import { saveLook } from '../../store/work/followed-pull-requests.ts';
import { recordEvent } from '../../store/work/work-orders.ts';
import { mayWorkOn } from '../commands/work-on.ts';
import { ask, type LookContext, sentinelActor } from './follow-deps.ts';
import { isStill } from './is-still.ts';
import { nextLookMs } from './next-look.ts';

/**
 * Whatever the row says about the forge's answer: Moose may have died before it recorded that. Completed work is merged
 * because a person wants it so, and so is what a person has had merged after it was cancelled.
 */
export function isToTakeBack({ row, order }: Pick<LookContext, 'row' | 'order'>): boolean {
  const askedAt = row.mergeAskedAt ?? row.mergeQueuedAt;
  if (askedAt === null) return false;
  if (order.status === 'cancelled') return order.finishedAt === null || askedAt <= order.finishedAt;
  return order.status === 'in_progress' && !mayWorkOn(order);
}

/** Taking back twice is harmless: a look that dies before its record is repeated. */
export async function takeBack(context: LookContext): Promise<void> {
  const { database, forge, row, order, signal } = context;
  const { number } = row;
  await ask(context, 'take back merge', () => forge.takeBackMerge(number, signal));
  const isOver = order.status === 'cancelled';
  await database.transaction(async (query) => {
    if (!(await isStill(query, context))) return;
    await saveLook(query, row, {
      nextLookMs: isOver ? undefined : nextLookMs('waiting', 0, 0),
      looksUnchanged: 0,
      change: {
        mergeQueuedAt: null,
        mergeAskedAt: null,
        waitingFor: isOver ? null : 'A person paused the work order.',
      },
    });
    await recordEvent(query, {
      ...{ workOrderId: order.id, kind: 'pull_request.unqueued', actor: sentinelActor },
      detail: { number, host: forge.host },
    });
  }, signal);
}
