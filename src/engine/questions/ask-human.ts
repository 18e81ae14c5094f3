// Asks a person: writes the question, its members and its notices in one transaction.
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../../store/database.ts';
import { joinEscalation } from '../../store/failures/escalation-members.ts';
import { escalationById, type NewEscalation, openEscalation } from '../../store/failures/escalations.ts';
import { answerTogether } from './answer-together.ts';
import { noticeOpened } from './notices.ts';
import { ownNext } from './owner.ts';

/** Returns the ID of the new question, or of the question that is already open for this work order. */
export async function askHuman(
  query: Query,
  question: NewEscalation,
): Promise<{ id: string; isNew: boolean }> {
  const opened = await openEscalation(query, question);
  const row = opened.isNew ? await escalationById(query, opened.id) : undefined;
  if (row) await noticeOpened(query, (await ownNext(query, row)) ?? row);
  return opened;
}

/** One question per cause: the first work order opens it, and the others join it (R-ESC-5). */
export async function askTogether(
  query: Query,
  question: Omit<NewEscalation, 'workOrderId'> & { groupKey: string },
  workOrderId: WorkOrderId,
): Promise<{ id: string; isNew: boolean; hasJoined: boolean }> {
  const opened = await askHuman(query, { ...question, workOrderId: null });
  if (opened.isNew) await answerTogether(query, opened.id);
  return { ...opened, hasJoined: await joinEscalation(query, opened.id, workOrderId) };
}
