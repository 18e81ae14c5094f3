import { personOf } from '../../../domain/people/person.ts';
import type { Message } from '../../../domain/work-order/message.ts';
import type { Work } from '../work.ts';
import { unreadMessages } from './unread-messages.ts';

/** Undefined if the prompt already contains every message, or they can wait for the end of the cycle. */
export async function urgentMessage(work: Work): Promise<Message | undefined> {
  return (await unreadMessages(work)).find(({ isUrgent }) => isUrgent);
}

export function urgencyOf(message: Message | undefined): string {
  return `${message ? personOf(message.by) : 'a person'} sent a message to be read at once`;
}
