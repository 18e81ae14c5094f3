// Closes the question of a work order that continues without an answer, and ends the work order's wait for a shared
// question.
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../../store/database.ts';
import { leaveEscalations, releaseMembers } from '../../store/failures/escalation-members.ts';
import { resolveEscalation, withdrawEscalations } from '../../store/failures/escalations.ts';
import { noticeResolved } from './notices.ts';

/** A person has acted with another command (`moose retry`, `moose undo`, `moose cancel`). */
export async function resolveQuestion(
  query: Query,
  workOrderId: WorkOrderId,
  answer: { option: string; by: string },
): Promise<void> {
  for (const resolved of await resolveEscalation(query, workOrderId, answer))
    await noticeResolved(query, resolved);
  await leaveEscalations(query, workOrderId);
}

/**
 * The cause is gone: no answer is needed any more, and the answer 'wait' is complete. Returns the number of withdrawn
 * questions.
 */
export async function withdraw(
  query: Query,
  of: { groupKey: string } | { workOrderId: WorkOrderId },
  because: string,
): Promise<number> {
  const withdrawn = await withdrawEscalations(query, of, because);
  for (const escalation of withdrawn) {
    await noticeResolved(query, escalation);
    await releaseMembers(query, escalation.id);
  }
  return withdrawn.length;
}
