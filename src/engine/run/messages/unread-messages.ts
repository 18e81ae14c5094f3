// Messages of people that no prompt has contained yet: before anything is published, another cycle reads them
// (R-PROJ-10).

import type { Message } from '../../../domain/work-order/message.ts';
import { messagesOf } from '../../../store/work/work-orders/messages.ts';
import { requireResult } from '../step-results.ts';
import type { Work } from '../work.ts';

/** All messages, for a prompt. */
export function messagesFor(work: Work): Promise<Message[]> {
  return work.database.run((query) => messagesOf(query, work.order.id), work.signal);
}

export async function unreadMessages(work: Work): Promise<Message[]> {
  return unreadAmong(work, await messagesFor(work));
}

export async function unreadAmong(work: Work, all: readonly Message[]): Promise<Message[]> {
  const { messageIds = [] } = await requireResult(work, 'generating');
  const since = consideredUntil(work);
  return all.filter(({ id, at }) => !messageIds.includes(id) && (since === null || at > since));
}

/** A person who starts a run at a later step has already considered everything before it; null for a whole run. */
export function consideredUntil({ run: { firstStep, createdAt } }: Pick<Work, 'run'>): Date | null {
  const isWhole = firstStep === null || ['routing', 'preparing', 'generating'].includes(firstStep);
  return isWhole ? null : createdAt;
}
