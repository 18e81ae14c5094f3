// A pause or a cancel of a work order also withdraws a merge that the forge was asked to do automatically.

import { sentinelActor } from '../../domain/forge.ts';
import { saveLook } from '../../store/work/followed-pull-requests.ts';
import { recordEvent } from '../../store/work/work-orders.ts';
import { mayContinue } from '../commands/start-run-for-messages.ts';
import { ask, type LookContext } from './follow-deps.ts';
import { isStill } from './is-still.ts';
import { nextLookMs } from './next-look.ts';

/**
 * Does not depend on the forge's recorded answer, because Moose may have died before recording it. Merges that a person
 * wants are kept: of completed work, and those that a person requested after the cancel.
 */
export function mustWithdrawMerge({ row, order }: Pick<LookContext, 'row' | 'order'>): boolean {
  const askedAt = row.mergeAskedAt ?? row.mergeQueuedAt;
  if (askedAt === null) return false;
  if (order.status === 'cancelled') return order.finishedAt === null || askedAt <= order.finishedAt;
  return order.status === 'in_progress' && !mayContinue(order);
}

/** Withdrawing twice is harmless, so a look whose process died before its record is repeated. */
export async function withdrawMerge(context: LookContext): Promise<void> {
  const { database, forge, row, order, signal } = context;
  const { number } = row;
  await ask(context, 'take back merge', () => forge.cancelAutoMerge(number, signal));
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
      workOrderId: order.id,
      kind: 'pull_request.unqueued',
      actor: sentinelActor,
      detail: { number, host: forge.host },
    });
  }, signal);
}
