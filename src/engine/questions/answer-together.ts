// Answers a shared question with the standing answer of the project whose work order asks it first; `carryOutJob` carries it
// out for those that have joined. A work order of another project then asks for itself.
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../../store/database.ts';
import { countUse, policyFor } from '../../store/failures/answer-policies.ts';
import { countAnswersTogether } from '../../store/failures/automatic-answers.ts';
import { chooseOption, escalationById } from '../../store/failures/escalations.ts';
import { requireWorkOrder } from '../../store/work/work-orders.ts';
import { logDecision } from '../errors/log-decision.ts';
import { automaticAnswersMax, policyActor } from './automatic.ts';

/** Two standing answers that move all work back and forth between two unavailable providers would loop forever. */
const recently = { byPrefix: policyActor(''), withinMs: 60 * 60_000 };

export async function answerTogether(
  query: Query,
  escalationId: string,
  workOrderId: WorkOrderId,
): Promise<void> {
  const escalation = await escalationById(query, escalationId);
  if (!escalation || escalation.code === null) return;
  const { failureClass, code, options } = escalation;
  const { projectId } = await requireWorkOrder(query, workOrderId);
  const policy = await policyFor(query, { projectId, failureClass, code });
  const option = options.find(({ id }) => id === policy?.option.id);
  if (!policy || !option) return;
  const decided = {
    workOrderId: null,
    agentType: 'answer_policy',
    input: { escalationId, code, failureClass, policyId: policy.id, by: policy.createdBy },
  };
  const times = option.kind === 'wait' ? 0 : await countAnswersTogether(query, escalation.groupKey, recently);
  if (times >= automaticAnswersMax) {
    const because = `it was answered ${times} times within an hour without a person`;
    return logDecision(query, { ...decided, kind: 'skip', output: { because } });
  }
  const by = policyActor(policy.id);
  const note = policy.note ?? undefined;
  if (!(await chooseOption(query, escalationId, { option: option.id, by, note }))) return;
  await countUse(query, policy.id);
  await logDecision(query, { ...decided, kind: 'escalation', output: { option: option.id } });
}
