// Queues a notice in the transaction of its cause: no notice without its cause, no cause without a notice.
import type { Query } from '../../store/database.ts';
import { addToOutbox } from '../../store/failures/outbox.ts';
import type { Notice } from '../ports/notifier.ts';

export interface NoticeOf {
  /** `escalation.opened`, `escalation.reminder`, `escalation.owner`, `escalation.resolved`, `alert.raised`, `summary.daily`. */
  kind: string;
  /** The subject of the notice: one notice per kind and subject, unless `key` distinguishes repetitions. */
  subjectId: string;
  /** `2` for the second reminder. */
  key?: string;
  payload: Notice;
}

/**
 * Adds one row to the outbox for each channel that a process on this database delivers to; returns the number of rows.
 * Delivery starts once the transaction is committed.
 */
export function enqueueNotice(query: Query, { kind, subjectId, key, payload }: NoticeOf): Promise<number> {
  const whole = [kind, subjectId, ...(key === undefined ? [] : [key])].join(':');
  return addToOutbox(query, { key: whole, kind, payload });
}
