// Carries out a shared answer for one work order after the other, each in its own transaction: after a crash, it
// continues with those that still wait. The answer 'wait' is carried out by `withdraw`, when the cause is gone.

import { isMooseError } from '../../../domain/failure.ts';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { EscalationOption } from '../../../domain/people/escalation.ts';
import { asSentence } from '../../../domain/text/sentence.ts';
import { isFinished } from '../../../domain/transitions.ts';
import type { Query } from '../../../store/database.ts';
import { leaveEscalations, membersOf } from '../../../store/failures/escalation-members.ts';
import { type Escalation, endEscalation, escalationById } from '../../../store/failures/escalations.ts';
import { lockOpenRun } from '../../../store/work/runs/runs.ts';
import { recordEvent, workOrderById } from '../../../store/work/work-orders/work-orders.ts';
import { eachAlone } from '../../questions/each-alone.ts';
import { noticeResolved } from '../../questions/notices.ts';
import { planQuestionCode } from '../../questions/plan-questions.ts';
import { cancelIn } from '../cancel.ts';
import { retryIn, type SteeringDeps, undoIn } from '../start-run.ts';
import { switchModel } from '../switch-model.ts';
import { raiseLimitOf } from './apply-choice.ts';
import { applyPlanAnswer } from './apply-plan-answer.ts';

export async function applyGroupAnswer(deps: SteeringDeps, escalationId: string): Promise<void> {
  const { database } = deps;
  const escalation = await database.run((query) => escalationById(query, escalationId));
  const option = escalation?.options.find(({ id }) => id === escalation.chosenOption);
  if (escalation?.status !== 'chosen' || !option) return;
  if (escalation.code === planQuestionCode) return applyPlanAnswer(deps, escalation, option);
  // An outage ends by itself, so 'wait' needs no action here; for stopped undos, 'wait' is carried out below.
  if (option.kind === 'wait' && escalation.code !== 'DESTRUCTION_HALTED') return;
  // Waiting work orders check again on their own.
  if (option.kind === 'raise_limit')
    await database.transaction((query) => raiseLimitOf(query, option, escalation.resolvedBy ?? 'moose'));
  const failures: Array<{ work_order_id: string; code: string; message: string }> = [];
  const members = await database.run((query) => membersOf(query, escalationId));
  await eachAlone(members, async (workOrderId) => {
    try {
      await database.transaction((query) => forMember(query, deps, escalation, option, workOrderId));
    } catch (cause) {
      // A permanent refusal by the work order would only be repeated; the job retries every other failure.
      if (!isMooseError(cause) || cause.category !== 'permanent') throw cause;
      failures.push({ work_order_id: workOrderId, code: cause.code, message: cause.message });
      await database.run((query) => leaveEscalations(query, workOrderId, escalationId));
    }
  });
  await database.transaction(async (query) => {
    const ended = await endEscalation(query, escalationId, failures.length > 0 ? { failures } : {});
    if (ended) await noticeResolved(query, ended);
  });
}

/** Options that restart a work order that has stopped. */
const beginsAgain: ReadonlySet<EscalationOption['kind']> = new Set(['retry', 'other_model', 'other_agent']);

async function forMember(
  query: Query,
  deps: SteeringDeps,
  { id, resolvedBy, note }: Escalation,
  option: EscalationOption,
  workOrderId: WorkOrderId,
): Promise<void> {
  // Locks the run before its work order, in the same order as the process that carries it out.
  await lockOpenRun(query, workOrderId);
  const order = await workOrderById(query, workOrderId);
  const by = resolvedBy ?? 'moose';
  await leaveEscalations(query, workOrderId, id);
  if (!order) return;
  const isStopped = order.status === 'failed' || order.status === 'needs_review';
  // An ended work order can still be undone, but no other answer changes it; a stopped one can continue.
  if (isFinished(order.status) && !isStopped && option.kind !== 'undo') return;
  await recordEvent(query, {
    workOrderId,
    kind: 'escalation.answered',
    actor: by,
    reason: asSentence(`${by} chose for all: ${option.label}`) + (note ? ` ${note}` : ''),
    detail: { escalationId: id, option: option.id },
  });
  if (option.kind === 'undo') await undoIn(query, deps, order, by);
  if (option.kind === 'cancel') await cancelIn(query, deps, order, by);
  if (isStopped && beginsAgain.has(option.kind)) {
    const { from = order.step ?? 'routing', model, agent } = option;
    const other = { ...(model === undefined ? {} : { model }), ...(agent === undefined ? {} : { agent }) };
    await retryIn(query, deps, order, { from, option: option.kind, ...other }, by);
  } else if (option.kind === 'other_model' && option.model) await switchModel(query, order, option.model, by);
}
