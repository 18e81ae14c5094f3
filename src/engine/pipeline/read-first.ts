// What the members of all groups do before they wait: a message of a person is read first.
import { personOf } from '../../domain/person.ts';
import type { Work } from '../run/work.ts';
import { beginAgain } from './refine-change.ts';
import { unreadMessages } from './unread-messages.ts';

/** `look`: its state has changed. `stop`: this process has nothing more to do for the run now. */
export type GroupTurn = 'go on' | 'look' | 'stop';

/** True if another cycle begins, because of a message. */
export async function readFirst(work: Work): Promise<boolean> {
  const [message] = await unreadMessages(work);
  if (!message) return false;
  await beginAgain(work, 'creating_pr', { end: 'again', because: `${personOf(message.by)} sent a message` });
  return true;
}
