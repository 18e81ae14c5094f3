// Answers a shared question with the standing answer of all its projects; `carryOutJob` carries it out.
import type { Query } from '../../store/database.ts';
import { countUse, policyFor } from '../../store/failures/answer-policies.ts';
import { countAnswersTogether } from '../../store/failures/automatic-answers.ts';
import { chooseOption, escalationById } from '../../store/failures/escalations.ts';
import { logDecision } from '../errors/log-decision.ts';
import { automaticAnswersMax, policyActor } from './automatic.ts';

/** Two standing answers that move all work back and forth between two unavailable providers would loop forever. */
const recently = { byPrefix: policyActor(''), withinMs: 60 * 60_000 };

export async function answerTogether(query: Query, escalationId: string): Promise<void> {
  const escalation = await escalationById(query, escalationId);
  if (!escalation || escalation.code === null) return;
  const { failureClass, code, options } = escalation;
  const policy = await policyFor(query, { projectId: null, failureClass, code });
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
