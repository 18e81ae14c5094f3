// A question with a standing answer is answered at the moment it is asked (R-ESC-4).
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../../store/database.ts';
import { type AnswerPolicy, countUse, policyFor } from '../../store/failures/answer-policies.ts';
import { chooseOption, type Escalation, escalationById } from '../../store/failures/escalations.ts';
import { recordEvent, workOrderById } from '../../store/work/work-orders.ts';
import { logDecision } from '../errors/log-decision.ts';
import { policyActor, whyNotAutomatic } from '../questions/automatic.ts';
import { type AnswerDeps, answerIn } from './answer.ts';

/**
 * Call this last in the transaction that asks the question: the work order must already be in the state in which the
 * question leaves it.
 */
export async function answerAtOnce(
  query: Query,
  deps: Pick<AnswerDeps, 'clock'>,
  escalationId: string,
): Promise<boolean> {
  const escalation = await escalationById(query, escalationId);
  if (escalation?.status !== 'open' || !escalation.workOrderId || escalation.code === null) return false;
  const order = await workOrderById(query, escalation.workOrderId);
  if (!order) return false;
  const { projectId } = order;
  const policy = await policyFor(query, {
    projectId,
    failureClass: escalation.failureClass,
    code: escalation.code,
  });
  if (!policy) return false;
  const option = escalation.options.find(({ id }) => id === policy.option.id);
  const against = option
    ? await whyNotAutomatic(query, order, escalation)
    : `${policy.option.id} is no longer one of the options`;
  await log(query, order.id, escalation, policy, against);
  if (against !== null || !option) {
    // Whoever gave the standing answer expects it, so the work order says why it asks all the same.
    await recordEvent(query, {
      workOrderId: order.id,
      kind: 'answer.not_applied',
      actor: policyActor(policy.id),
      reason: `A standing answer, ${policy.option.id}, was not applied: ${against}.`,
    });
    return false;
  }
  const by = policyActor(policy.id);
  const note = policy.note ?? undefined;
  await chooseOption(query, escalation.id, { option: option.id, by, note });
  await answerIn(query, deps, { escalation, order, chosen: { option, note, by } });
  await countUse(query, policy.id);
  return true;
}

async function log(
  query: Query,
  workOrderId: WorkOrderId,
  { id, code, failureClass }: Escalation,
  policy: AnswerPolicy,
  against: string | null,
): Promise<void> {
  await logDecision(query, {
    workOrderId,
    kind: against === null ? 'escalation' : 'skip',
    agentType: 'answer_policy',
    input: { escalationId: id, code, failureClass, policyId: policy.id, by: policy.createdBy },
    output: against === null ? { option: policy.option.id } : { because: against },
  });
}
