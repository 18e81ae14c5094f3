// Ends an unsuccessful run: releases its reservation, keeps its work, and asks a person.
import type { MooseError, PermanentError } from '../../../domain/failure.ts';
import { shortId } from '../../../domain/ids.ts';
import { formatUsd } from '../../../domain/money.ts';
import { unlessRefused } from '../../../store/connection/unless-refused.ts';
import type { Query } from '../../../store/database.ts';
import { markUnrecovered } from '../../../store/failures/error-events.ts';
import { toJson } from '../../../store/storable.ts';
import { groupById, memberRow } from '../../../store/work/groups/groups.ts';
import { markWasted, updateRun } from '../../../store/work/runs/runs.ts';
import { effectsOf } from '../../../store/work/sessions/effects.ts';
import {
  changeWorkOrder,
  requireWorkOrder,
  type WorkOrder,
  workOrderById,
} from '../../../store/work/work-orders/work-orders.ts';
import { answerAtOnce } from '../../commands/answers/answer.ts';
import { decideGroupIfDue, groupRules } from '../../commands/decide-group.ts';
import { recordFailure } from '../../errors/record-failure.ts';
import { attemptOf, type RunOutcome, recordOutcome } from '../../learner/outcomes/record-outcome.ts';
import type { EngineSettings } from '../../policy/engine-settings.ts';
import { askOnce, sharedCauseOf } from '../../questions/ask-human.ts';
import { faultOf } from '../../questions/option-facts.ts';
import { withdraw } from '../../questions/resolve-question.ts';
import { leaveOutages } from '../../recovery/outage.ts';
import { closeEnvelope } from '../../run/budget/envelope.ts';
import { ofTheMachine, undoEffects } from '../../run/effects/undo-effects.ts';
import { fenced, type RunEnd, type Work } from '../../run/work.ts';
import { stuckKey } from '../../watch/stuck-work-job.ts';
import { pipelineFailures } from '../failure-catalogue.ts';
import { settleFailed } from '../groups/candidate-turn.ts';
import { questionOf } from './question-of.ts';
import { askToUndo } from './undo-run.ts';

/** Ends the run as it was decided. A candidate waits first for the decision of its group, and asks nobody before. */
export async function endRun(work: Work, decided: RunEnd): Promise<void> {
  if (decided.end === 'cancelled') return endCancelled(work);
  const { failure, because = 'it cannot continue automatically', isExhausted = false } = decided;
  const place = work.order.settings.group;
  if (place?.kind === 'candidates') {
    const { turn, told } = await settleFailed(work, place, failure, { because, isExhausted });
    if (turn === 'stop') return;
    if (turn === 'cancel') return endCancelled(work);
    if (told.length > 0) Object.assign(failure.metadata, { candidates: told });
  }
  await endInReview(work, { failure, because, isExhausted });
}

/**
 * R-PIPE-9: if nothing was created yet, everything is undone immediately and the work order fails; later,
 * branch, patch and logs are kept, and it needs review. In both cases a person is asked. A work order that has spent its
 * limits without progress is parked, whatever failed last (R-PIPE-12).
 */
async function endInReview(
  work: Work,
  { failure, because: why, isExhausted }: { failure: MooseError; because: string; isExhausted: boolean },
): Promise<void> {
  const { order, run, actor } = work;
  const standstill = await standstillOf(work);
  const isParked = standstill !== undefined;
  const because = !isParked || failure.code === standstill.code ? why : `${why}; ${standstill.message}`;
  const effects = await work.database.run((query) => effectsOf(query, order.id), work.signal);
  const isEarly = !isParked && effects.every(({ kind, state }) => kind === 'hold' || state === 'undone');
  const { adviceOf, ...question } = await questionOf(work, failure, { because, isParked, isEmpty: isEarly });
  await fenced(work, async (query) => {
    const unwritten = await closeAccounts(query, work, {
      success: false,
      failureClass: failure.failureClass,
      errorContext: { code: failure.code, message: failure.message, step: order.step },
      fault: faultOf({ failure, step: order.step }),
    });
    // A work order has one question at a time: this one replaces a question about stuck work.
    await withdraw(query, { groupKey: stuckKey(order.id) }, 'its run has ended');
    await leaveOutages(query, order.id);
    const told = unwritten.length > 0 ? { unwritten } : {};
    const whole = { ...question, workOrderId: order.id, context: { ...question.context, ...told } };
    const asked = await askOnce(query, whole, isParked ? null : sharedCauseOf(failure));
    await markUnrecovered(query, run.id);
    await markWasted(query, order.id);
    await updateRun(query, run.id, { state: 'ended', outcome: failure.code, endedAt: work.clock.now() });
    if (isExhausted) {
      const change = { stepState: 'exhausted' as const, changedBy: actor, changedBecause: because };
      await changeWorkOrder(query, order.id, { status: 'in_progress' }, change);
    }
    await changeWorkOrder(
      query,
      order.id,
      { status: 'in_progress' },
      {
        status: isEarly ? 'failed' : 'needs_review',
        stepState: isEarly ? 'done' : 'manual_intervention_required',
        failureClass: failure.failureClass,
        failure: toJson({
          code: failure.code,
          message: failure.message,
          advice: adviceOf(asked.id),
        }),
        finishedAt: isEarly ? work.clock.now() : null,
        ...(isParked ? { parkedAt: work.clock.now(), parkedBecause: standstill.message } : {}),
        changedBy: actor,
        changedBecause: `${failure.message} (${because})`,
      },
    );
    await answerAtOnce(query, work, asked.id);
  });
}

/** Read again: what the step has spent that ends the run counts. */
async function standstillOf({ database, order, settings, signal }: Work): Promise<MooseError | undefined> {
  const now = await database.run((query) => workOrderById(query, order.id), signal);
  return now && spentWithoutProgress(now, settings.withoutProgress);
}

/**
 * The failure of a run that was taken up repeatedly without finishing a step: the run itself probably kills its
 * processes.
 */
export function startsExhausted({ run, order }: Work): MooseError {
  return pipelineFailures.TAKE_UPS_EXHAUSTED(
    { operation: order.step ?? 'run', workOrderId: order.id },
    { step: String(order.step), starts: run.starts },
  );
}

/** After a cancel: processes and worktree are removed, the branch and its work stay, the reservation is released. */
async function endCancelled(work: Work): Promise<void> {
  const { order, run, clock } = work;
  const [failure] = await undoEffects(work, ofTheMachine);
  const lost = await work.database.run((query) => lossInGroup(query, order), work.signal);
  await fenced(work, async (query) => {
    await closeAccounts(query, work, lost?.outcome ?? cancelledOutcome);
    if (lost?.outcome?.success === false) await markUnrecovered(query, run.id);
    if (failure) await askToUndo(query, work, failure);
    await updateRun(query, run.id, { state: 'ended', outcome: 'cancelled', endedAt: clock.now() });
    await changeWorkOrder(
      query,
      order.id,
      { status: 'in_progress' },
      {
        status: 'cancelled',
        stepState: 'done',
        finishedAt: clock.now(),
        changedBy: work.actor,
        changedBecause: lost?.because ?? 'cancelled by a person',
      },
    );
  });
  // The others of its group may have waited only for it, or are cancelled with it.
  const { group } = order.settings;
  if (group !== undefined && lost === null) await decideGroupIfDue(work, group.group, work.signal);
}

/** The parts that the database refused, with its message; each is a separate failure. */
type Unwritten = Array<{ what: 'envelope' | 'outcome'; message: string }>;

/**
 * Settles the envelope of an unsuccessful run and stores its outcome. If the database permanently rejects that, the run
 * still ends: a question that is never asked is worse than a missing figure.
 */
async function closeAccounts(query: Query, work: Work, outcome: RunOutcome): Promise<Unwritten> {
  const { order, run } = work;
  const unwritten: Unwritten = [];
  const part = async (what: Unwritten[number]['what'], write: () => Promise<void>) => {
    const refusal = await unlessRefused(query, write);
    if (refusal === null) return;
    unwritten.push({ what, message: refusal.message });
    const { id: runId, stepAttempt } = run;
    const owner = { workOrderId: order.id, runId, step: order.step, attempt: stepAttempt + 1 };
    await recordFailure(query, refusal, { ...owner, strategy: 'escalate' });
  };
  await part('envelope', () => closeEnvelope(query, order.id, run.reservationId));
  await part('outcome', () => recordOutcome(query, attemptOf(work), outcome));
  return unwritten;
}

/**
 * A work order that spends money without progress is parked until a person unparks it (R-PIPE-12).
 * Undefined if it may continue. Pure.
 */
export function spentWithoutProgress(
  order: WorkOrder,
  limits: EngineSettings['withoutProgress'],
): PermanentError | undefined {
  const agentRuns = order.agentRuns - order.agentRunsAtProgress;
  const modelCalls = order.modelCalls - order.modelCallsAtProgress;
  const costNanoUsd = order.costNanoUsd - order.costAtProgressNanoUsd;
  const isOver =
    agentRuns > limits.agentRunsMax ||
    modelCalls > limits.modelCallsMax ||
    costNanoUsd > limits.costNanoUsdMax;
  if (!isOver) return undefined;
  const id = shortId(order.id);
  return pipelineFailures.NO_PROGRESS(
    { operation: order.step ?? 'run', workOrderId: order.id },
    { cost: formatUsd(costNanoUsd), agentRuns, modelCalls, id },
  );
}

const cancelledOutcome: RunOutcome = {
  success: false,
  failureClass: null,
  errorContext: { cancelled: true },
  fault: 'person',
};

/**
 * Why a work order is cancelled that was not kept by the decision about its group, and what that says about its model:
 * what came of its own attempt, and not that another one was better. Null: it is in no group, or a person cancelled it.
 * `outcome`: what came of the attempt of a candidate.
 */
async function lossInGroup(
  query: Query,
  order: WorkOrder,
): Promise<{ because: string; outcome: RunOutcome | null } | null> {
  const place = order.settings.group;
  if (place === undefined) return null;
  const { decidedAt, outcome, kept } = await groupById(query, place.group);
  const { cancelRequestedAt, run } = await requireWorkOrder(query, order.id);
  if (decidedAt === null || kept === order.id) return null;
  // Once a joint change is published, nobody requests it: a member ends itself if an earlier one is cancelled.
  const isByPerson = cancelRequestedAt !== null && (outcome === 'published' || cancelRequestedAt < decidedAt);
  if (isByPerson) return null;
  const because = groupRules[place.kind].cancelledBecause;
  if (place.kind === 'joint') return { because, outcome: null };
  return { because, outcome: await outcomeOfCandidate(query, order, run) };
}

async function outcomeOfCandidate(query: Query, { id, step }: WorkOrder, run: number): Promise<RunOutcome> {
  const { result, facts, failure } = await memberRow(query, id);
  if (result === 'passed' && step === 'creating_pr')
    return {
      success: true,
      judgedBy: facts?.is_verified ? 'checks' : 'nothing',
      failureClass: null,
      errorContext: null,
      fault: null,
    };
  if (failure?.run !== run) return cancelledOutcome;
  const { code, message, failureClass, category, metadata = {} } = failure;
  return {
    success: false,
    failureClass,
    errorContext: { code, message, step },
    fault: faultOf({ failure: { code, category, failureClass, metadata }, step }),
  };
}
