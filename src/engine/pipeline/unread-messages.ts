// Messages of people that no prompt has contained yet: before anything is published, another cycle reads them
// (R-PROJ-10).
import type { Message } from '../../domain/message.ts';
import { messagesOf } from '../../store/work/messages.ts';
import { type GeneratingResult, requireResult } from '../run/step-results.ts';
import type { Work } from '../run/work.ts';

/** All messages, for a prompt. */
export function messagesFor(work: Work): Promise<Message[]> {
  return work.database.run((query) => messagesOf(query, work.order.id), work.signal);
}

/** A person who starts a run at a later step has already considered the messages before it. */
export async function unreadMessages(work: Work): Promise<Message[]> {
  const { firstStep, createdAt } = work.run;
  const { messageIds = [] } = await requireResult<GeneratingResult>(work, 'generating');
  const isWhole = firstStep === null || ['routing', 'preparing', 'generating'].includes(firstStep);
  const all = await messagesFor(work);
  return all.filter(({ id, at }) => !messageIds.includes(id) && (isWhole || at > createdAt));
}
