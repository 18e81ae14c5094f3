// When a message to a work order is read, as far as that is known at the moment at which it is sent.

import type { PermanentError } from '../../domain/failure.ts';
import { shortId } from '../../domain/ids.ts';
import type { MessageReading } from '../../domain/work-order/message.ts';
import type { Query } from '../../store/database.ts';
import { groupById, memberRow } from '../../store/work/groups/groups.ts';
import type { WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { commandFailures } from './failure-catalogue.ts';
import { mayContinue } from './start-run-for-messages.ts';
import { workOrderOver } from './work-order-over.ts';

/** Call this in a transaction that has locked the work order. @throws MESSAGE_TOO_LATE, WORK_ORDER_OVER */
export async function readingOf(query: Query, order: WorkOrder, isNow: boolean): Promise<MessageReading> {
  if (order.status === 'in_progress' && order.cancelRequestedAt !== null) throw tooLate(order);
  return (await readingInGroup(query, order)) ?? readingAlone(order, isNow);
}

/** Undefined if it does not wait for others of its group. */
async function readingInGroup(
  query: Query,
  { id, run, status, step, settings: { group } }: WorkOrder,
): Promise<MessageReading | undefined> {
  if (group === undefined || status !== 'in_progress') return undefined;
  // It asks a person, who has it run again, or another one is kept.
  if ((await memberRow(query, id)).failure?.run === run) return 'next_run';
  if (step !== 'creating_pr') return undefined;
  // It publishes nothing before the decision, and looks for messages again and again.
  return (await groupById(query, group.group)).decidedAt === null ? 'next_cycle' : undefined;
}

/** Only an agent at work is interrupted: a model call that is paid for is used, and checks are completed. */
function readingAlone(order: WorkOrder, isNow: boolean): MessageReading {
  switch (order.status) {
    case 'pending':
      return 'first_cycle';
    case 'needs_review':
    case 'failed':
      return 'next_run';
    case 'in_progress':
      if (order.step === null || order.step === 'routing' || order.step === 'preparing') return 'first_cycle';
      if (isNow && order.step === 'applying') return 'now';
      if (['generating', 'applying', 'verifying'].includes(order.step)) return 'next_cycle';
      // The change is published and no run is active: a new run reads the message, unless somebody stopped it.
      if (order.step === 'awaiting_ci') return mayContinue(order) ? 'next_cycle' : 'next_run';
      throw tooLate(order);
    default:
      throw workOrderOver(order, 'send');
  }
}

function tooLate({ id }: WorkOrder): PermanentError {
  return commandFailures.MESSAGE_TOO_LATE('send', { id: shortId(id) });
}
