// Queues a notice in the transaction of its cause: no notice without its cause, no cause without a notice.
import type { Query } from '../../../store/database.ts';
import { addToOutbox } from '../../../store/failures/outbox.ts';
import { addPushes } from '../../../store/failures/push-outbox.ts';
import type { Notice } from '../../ports/notifier.ts';

export interface NoticeOf {
  /** `escalation.opened`, `escalation.reminder`, `escalation.owner`, `escalation.resolved`, `alert.raised`, `summary.daily`. */
  kind: string;
  /** The subject of the notice: one notice per kind and subject, unless `key` distinguishes repetitions. */
  subjectId: string;
  /** `2` for the second reminder. */
  key?: string;
  payload: Notice;
  /** The channel that the notice is about: it does not work. */
  exceptChannel?: string;
  /** The person whose browsers show the notice. */
  to?: NoticeTo;
}

export interface NoticeTo {
  /** The owner of a question; null if it has none. */
  person: string | null;
  /** The work order whose requester is told too. */
  workOrderId: string | null;
}

/**
 * Adds one row to the outbox for each channel that a process on this database delivers to, and one for each browser;
 * returns the number of rows. Delivery starts once the transaction is committed.
 */
export async function enqueueNotice(
  query: Query,
  { kind, subjectId, key: repetition, payload, exceptChannel, to }: NoticeOf,
): Promise<number> {
  const key = [kind, subjectId, ...(repetition === undefined ? [] : [repetition])].join(':');
  const added = await addToOutbox(query, { key, kind, payload, ...(exceptChannel && { exceptChannel }) });
  if (to === undefined) return added;
  const { title, severity, path } = payload;
  // A browser shows only this; the rest stays in Moose.
  const shown: Notice = { title, text: '', severity, ...(path === undefined ? {} : { path }) };
  return added + (await addPushes(query, { key, kind, payload: shown, ...to }));
}
