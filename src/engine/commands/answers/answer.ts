// Carries out a person's choice durably (R-ESC-3): the choice is stored in the transaction that starts it. Of two
// simultaneous answers, only one takes effect.
import { hostname } from 'node:os';
import type { PermanentError } from '../../../domain/failure.ts';
import { shortId, type WorkOrderId } from '../../../domain/ids.ts';
import type { EscalationOption, OptionKind } from '../../../domain/people/escalation.ts';
import { asSentence } from '../../../domain/text/sentence.ts';
import type { Query } from '../../../store/database.ts';
import { type AnswerPolicy, countUse, policyFor } from '../../../store/failures/answer-policies.ts';
import { projectsOf } from '../../../store/failures/escalation-members.ts';
import {
  chooseOption,
  type Escalation,
  endEscalation,
  escalationById,
} from '../../../store/failures/escalations.ts';
import { recordEvent, type WorkOrder, workOrderById } from '../../../store/work/work-orders/work-orders.ts';
import { logDecision } from '../../errors/log-decision.ts';
import { automaticKinds, policyActor, refuseTooMany, whyNotAutomatic } from '../../questions/automatic.ts';
import { noticeResolved } from '../../questions/notices.ts';
import { planQuestionCode } from '../../questions/plan-questions.ts';
import { stopStandingRun } from '../../watch/stop-standing-run.ts';
import { stuckCode } from '../../watch/stuck-work-job.ts';
import type { SteeringDeps } from '../start-run.ts';
import type { Fix } from './adopt-fix.ts';
import { applyChoice, noteNeeded, orderGone, prepareChoice } from './apply-choice.ts';
import { applyGroupAnswer } from './apply-group-answer.ts';
import { refuseProgram } from './apply-plan-answer.ts';
import type { Chosen } from './chosen.ts';
import { answerFailures } from './failure-catalogue.ts';
import { keepAsPolicy } from './keep-as-policy.ts';

export interface Answer {
  note?: string | undefined;
  /** True to keep the answer for later failures of this kind in this project. */
  always?: boolean | undefined;
  /** Who answers: `human:name`. */
  by: string;
}

/**
 * Answers an open question and returns its new state.
 * @throws OPTION_UNKNOWN, NOTE_NEEDED, ANSWER_NOT_A_POLICY, ANSWER_NEEDS_HUMAN, ESCALATION_ANSWERED (someone was
 * faster), and any error of the work order itself: then nothing is changed, and the question is still open
 */
export async function answer(
  deps: SteeringDeps,
  escalation: Escalation,
  optionId: string,
  { note, always = false, by }: Answer,
): Promise<Escalation> {
  const option = optionOf(escalation, optionId);
  if (escalation.status !== 'open') throw answered(escalation);
  if (option.needsNote && !note?.trim()) throw noteNeeded(option);
  refuseProgram(escalation, option, by);
  const isOfPlan = escalation.code === planQuestionCode;
  if (always && (isOfPlan || !automaticKinds.includes(option.kind))) throw notAPolicy(option.kind);
  const chosen: Chosen = { option, note: note?.trim() || undefined, by };
  const { workOrderId } = escalation;
  let order = workOrderId ? await deps.database.run((query) => workOrderById(query, workOrderId)) : undefined;
  if (workOrderId) await deps.database.run((query) => refuseTooMany(query, workOrderId, option, by));
  if (order && isStanding(escalation, order, option)) {
    await stopStandingRun({ ...deps, host: hostname() }, order, by);
    const { id } = order;
    order = await deps.database.run((query) => workOrderById(query, id));
  }
  const fix = order ? await prepareChoice(deps.database, order, chosen) : undefined;
  await deps.database.transaction(async (query) => {
    await choose(query, escalation.id, chosen, always);
    if (always) {
      // A shared question concerns the projects of its work orders, and no others.
      const projects = order ? [order.projectId] : await projectsOf(query, escalation.id);
      for (const project of projects) await keepAsPolicy(query, escalation, chosen, project);
    }
    if (order) await answerIn(query, deps, { escalation, order, chosen, ...(fix ? { fix } : {}) });
    else if (escalation.groupKey === null) throw orderGone(escalation.id);
  });
  if (escalation.groupKey !== null) await applyGroupAnswer(deps, escalation.id);
  const now = await deps.database.run((query) => escalationById(query, escalation.id));
  return now ?? escalation;
}

/** True for a stuck run, which only looks as if it were running: it is stopped before it restarts. */
function isStanding({ code }: Escalation, { status }: WorkOrder, { kind }: EscalationOption): boolean {
  return status === 'in_progress' && code === stuckCode && kind === 'retry';
}

async function choose(
  query: Query,
  id: string,
  { option, note, by }: Chosen,
  always: boolean,
): Promise<void> {
  const isMine = await chooseOption(query, id, { option: option.id, by, note, makesPolicy: always });
  if (isMine) return;
  const now = await escalationById(query, id);
  // The connection was lost while this answer was being committed.
  throw now ? answered(now) : orderGone(id);
}

/** Call this in a transaction in which the option has already been chosen. */
export async function answerIn(
  query: Query,
  { clock }: Pick<SteeringDeps, 'clock'>,
  { escalation, order, chosen, fix }: { escalation: Escalation; order: WorkOrder; chosen: Chosen; fix?: Fix },
): Promise<void> {
  const { option, note, by } = chosen;
  await recordEvent(query, {
    workOrderId: order.id,
    kind: 'escalation.answered',
    actor: by,
    reason: asSentence(`${by} chose: ${option.label}`) + (note ? ` ${note}` : ''),
    detail: { escalationId: escalation.id, option: option.id },
  });
  const resolution = await applyChoice(query, { clock }, order, chosen, fix);
  const ended = await endEscalation(query, escalation.id, resolution);
  if (ended) await noticeResolved(query, ended);
}

function optionOf({ id, options }: Escalation, given: string): EscalationOption {
  const found = options.find((option) => option.id === given) ?? onlyOneOfKind(options, given);
  if (found) return found;
  throw answerFailures.OPTION_UNKNOWN('answer', {
    given,
    id: shortId(id),
    options: options.map((option) => option.id).join(', '),
  });
}

/**
 * Accepts the short form `model` for `model:provider/name` if only one option of that kind exists. A limit of the whole
 * system is raised by its own name only, because by that name it is left to admins.
 */
function onlyOneOfKind(options: readonly EscalationOption[], given: string): EscalationOption | undefined {
  const [one, another] = options.filter(
    ({ id, kind, systemLimit }) => (id.startsWith(`${given}:`) || kind === given) && !systemLimit,
  );
  return another ? undefined : one;
}

export function answered({ id, status, chosenOption, resolvedBy, resolution }: Escalation): PermanentError {
  const who = resolvedBy ?? 'Moose';
  return status === 'withdrawn'
    ? answerFailures.ESCALATION_ANSWERED(
        { operation: 'answer', metadata: { chosenOption, resolvedBy, status } },
        { id: shortId(id), because: asSentence(String(resolution?.because ?? 'its cause is gone')) },
      )
    : answerFailures.ESCALATION_ANSWERED_BY_CHOICE(
        { operation: 'answer', metadata: { chosenOption, resolvedBy, status } },
        { id: shortId(id), who, chosenOption: String(chosenOption) },
      );
}

function notAPolicy(kind: OptionKind): PermanentError {
  return answerFailures.ANSWER_NOT_A_POLICY('answer', { kind });
}

/**
 * A question with a standing answer is answered at the moment it is asked (R-ESC-4). Call this last in the transaction
 * that asks the question: the work order must already be in the state in which the question leaves it.
 */
export async function answerAtOnce(
  query: Query,
  deps: Pick<SteeringDeps, 'clock'>,
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
