// Queues a notice in the transaction of its cause. If the outbox rejects the row, the question or the alert itself is
// still stored and shown (R-ESC-5).

import type { Query } from '../../../store/database.ts';
import { enqueueNotice, type NoticeOf } from '../../errors/outbox/enqueue-notice.ts';
import { writeInSavepoint } from '../../errors/write-in-savepoint.ts';
import { notifyFailures } from './failure-catalogue.ts';

/** Call this in the transaction of the notice's cause. */
export async function notifyChannels(query: Query, notice: NoticeOf): Promise<void> {
  await writeInSavepoint(query, () => enqueueNotice(query, notice), {
    failureOf: (refusal) =>
      notifyFailures.NOTICE_NOT_WRITTEN(
        {
          operation: 'enqueue',
          metadata: { kind: notice.kind, subjectId: notice.subjectId },
          cause: refusal,
        },
        { message: refusal.message },
      ),
  });
}
