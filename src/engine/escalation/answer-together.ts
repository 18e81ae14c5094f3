// A question that is asked for many is answered by an answer that holds for good in every project; `carryOutJob` does it.
import { countUse, policyFor } from '../../store/answer-policies.ts';
import type { Query } from '../../store/database.ts';
import { logDecision } from '../../store/decisions.ts';
import { chooseOption, escalationById } from '../../store/escalations.ts';
import { policyActor } from './automatic.ts';

export async function answerTogether(query: Query, escalationId: string): Promise<void> {
  const escalation = await escalationById(query, escalationId);
  if (!escalation || escalation.code === null) return;
  const { failureClass, code, options } = escalation;
  const policy = await policyFor(query, { projectId: null, failureClass, code });
  const option = options.find(({ id }) => id === policy?.option.id);
  if (!policy || !option) return;
  const by = policyActor(policy.id);
  const note = policy.note ?? undefined;
  if (!(await chooseOption(query, escalationId, { option: option.id, by, note }))) return;
  await countUse(query, policy.id);
  await logDecision(query, {
    workOrderId: null,
    kind: 'escalation',
    agentType: 'answer_policy',
    input: { escalationId, code, failureClass, policyId: policy.id, by: policy.createdBy },
    output: { option: option.id },
  });
}
