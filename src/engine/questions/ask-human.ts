// Asks a person: writes the question, its members, its notices and the decision to ask in one transaction.
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../../store/database.ts';
import { joinEscalation } from '../../store/failures/escalation-members.ts';
import { escalationById, type NewEscalation, openEscalation } from '../../store/failures/escalations.ts';
import { logDecision } from '../errors/log-decision.ts';
import { answerTogether } from './answer-together.ts';
import { noticeOpened } from './notices.ts';
import { ownNext } from './owner.ts';

/**
 * Returns the ID of the new question, or of the question that is already open for this work order. Each attempt to ask is in
 * the decision log, whoever asks (R-ESC-2). `of`: the work order that joins a shared question.
 */
export async function askHuman(
  query: Query,
  question: NewEscalation,
  of: WorkOrderId | null = question.workOrderId,
): Promise<{ id: string; isNew: boolean }> {
  const opened = await openEscalation(query, question);
  await logDecision(query, {
    workOrderId: of,
    kind: 'escalation',
    agentType: question.component ?? 'pipeline',
    input: {
      code: question.code ?? null,
      failureClass: question.failureClass,
      step: question.context.step ?? null,
      operation: question.operation ?? null,
      because: question.context.because ?? question.title,
    },
    output: {
      as: 'question',
      escalationId: opened.id,
      isNew: opened.isNew,
      options: question.options.map(({ id }) => id),
    },
  });
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
  const opened = await askHuman(query, { ...question, workOrderId: null }, workOrderId);
  if (opened.isNew) await answerTogether(query, opened.id, workOrderId);
  return { ...opened, hasJoined: await joinEscalation(query, opened.id, workOrderId) };
}
