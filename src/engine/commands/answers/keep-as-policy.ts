// Keeps an answer as a standing answer for the same kind of failure in the same project (R-ESC-4).

import type { ProjectId } from '../../../domain/ids.ts';
import type { Query } from '../../../store/database.ts';
import { newPolicy } from '../../../store/failures/answer-policies.ts';
import type { Escalation } from '../../../store/failures/escalations.ts';
import type { Chosen } from './chosen.ts';
import { answerFailures } from './failure-catalogue.ts';

/** Replaces an earlier standing answer. */
export async function keepAsPolicy(
  query: Query,
  { id, failureClass, code }: Escalation,
  { option, note, by }: Chosen,
  projectId: ProjectId,
): Promise<void> {
  if (code === null) {
    throw answerFailures.ANSWER_NOT_A_POLICY_WITHOUT_CODE('answer');
  }
  await newPolicy(query, {
    projectId,
    failureClass,
    code,
    option,
    note: note ?? null,
    escalationId: id,
    createdBy: by,
  });
}
