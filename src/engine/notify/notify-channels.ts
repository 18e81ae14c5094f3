// Queues a notice in the transaction of its cause. If the outbox rejects the row, the question or the alert itself is
// still stored and shown (R-ESC-5).
import { PermanentError } from '../../domain/failure.ts';
import type { Query } from '../../store/database.ts';
import { writeInSavepoint } from '../errors/write-in-savepoint.ts';
import { enqueueNotice, type NoticeOf } from '../outbox/enqueue-notice.ts';

/** Call this in the transaction of the notice's cause. */
export async function notifyChannels(query: Query, notice: NoticeOf): Promise<void> {
  await writeInSavepoint(query, () => enqueueNotice(query, notice), {
    failureOf: (refusal) =>
      new PermanentError({
        code: 'NOTICE_NOT_WRITTEN',
        component: 'notify',
        operation: 'enqueue',
        message: `Could not queue a notice to people: ${refusal.message}`,
        advice:
          'Check for a trigger, a constraint or a missing privilege on the table outbox; `moose escalations` and `moose alerts` show open questions and alerts.',
        severity: 'high',
        metadata: { kind: notice.kind, subjectId: notice.subjectId },
        cause: refusal,
      }),
  });
}
