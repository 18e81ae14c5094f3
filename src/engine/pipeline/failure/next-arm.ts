// After a verified failure: tries another arm instead of the same one, if the learned policy decides about this work
// order (R-LRN-4). The recovery table has already decided that there is another cycle.

import type { MooseError } from '../../../domain/failure.ts';
import { usdNumber } from '../../../domain/money.ts';
import type { RunSettings } from '../../../domain/work-order/work-order.ts';
import { unlessRefused } from '../../../store/connection/unless-refused.ts';
import type { Query } from '../../../store/database.ts';
import { newestChoice } from '../../../store/work/learning/learners.ts';
import { newestStepResults, resultIn } from '../../../store/work/runs/runs.ts';
import { costOfWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { recordFailure } from '../../errors/record-failure.ts';
import { type ArmQuestion, nameOf, type OfferedArm } from '../../learner/arm-question.ts';
import { chooseArm } from '../../learner/choose-arm.ts';
import { keepChoice } from '../../learner/keep-choice.ts';
import { attemptOf, recordOutcome } from '../../learner/outcomes/record-outcome.ts';
import { defaultTimeMs } from '../../policy/agent-defaults.ts';
import type { Work } from '../../run/work.ts';
import { isCallable } from '../models/other-models.ts';

/** Failures that the change itself has caused, as proven by checks. */
const verified: ReadonlySet<string> = new Set(['CHECK_FAILED', 'CONTRACT_BROKEN']);

export type NextArm =
  | { stop: string }
  /** `timeLimitMs`: the agent's limit, if nobody has set one. */
  | { settings: RunSettings; timeLimitMs: number; because: string };

/** Call this in the transaction that begins the cycle. Null: the static rule continues with the same arm. */
export async function nextArm(query: Query, work: Work, failure: MooseError): Promise<NextArm | null> {
  const { order, run, project } = work;
  const choice = await newestChoice(query, order.id);
  if (choice?.policy == null || choice.policy === 'static' || choice.runId !== run.id) return null;
  // In an experiment, the work order keeps its policy, whatever the project says meanwhile.
  const isActing = choice.side !== null || project.settings.learning === 'on';
  if (!isActing || !verified.has(failure.code)) return null;
  const leftUsd = await leftOf(query, order);
  const usable = (choice.candidates as OfferedArm[]).filter(
    (each) =>
      work.agents.has(each.agent) &&
      isCallable(work, each.model) &&
      (nameOf(each) === choice.staticArm || leftUsd === null || (each.costHintUsd ?? 0) <= leftUsd),
  );
  const [first, ...others] = usable;
  if (first === undefined || !usable.some((each) => nameOf(each) !== choice.arm)) return null;
  const isRisky = choice.features?.is_risky === true;
  // The first available arm counts as proven, although only the static rule's own arm is.
  if (isRisky && nameOf(first) !== choice.staticArm) return null;
  const results = await newestStepResults(query, order.id);
  const routed = resultIn(results, 'routing');
  const agent = run.settings.agent ?? routed?.agent ?? first.agent;
  const { kind, is_risky: _, value_usd: valueUsd, ...features } = choice.features ?? {};
  const question: ArmQuestion = {
    workOrderId: order.id,
    projectId: order.projectId,
    runId: run.id,
    mode: choice.mode ?? 'on',
    offer: [first, ...others],
    isFixed: false,
    isRisky,
    mayDecline: true,
    kind: String(kind),
    features,
    valueUsd: Number(valueUsd),
  };
  // An unreadable state ends neither the try nor the run.
  if ((await chooseArm(query, question)) === null) return null;
  await endTry(query, work, failure);
  const next = await chooseArm(query, question);
  if (next === null) return { stop: 'three models or agents were tried, and none passed the checks' };
  await keepChoice(query, question, next, {
    workOrderId: order.id,
    kind: 'retry',
    agentType: 'manager',
    input: { code: failure.code, message: failure.message, arm: choice.arm },
    output: { arm: next.arm === null ? null : nameOf(next.arm), policy: next.policy },
  });
  if (next.arm === null)
    return {
      stop:
        next.policy === 'fixed'
          ? 'the fixed plan has no more models and agents'
          : 'based on past outcomes, no other model or agent is worth its cost',
    };
  const agentsHad = [...(run.settings.agentsHad ?? []), agent];
  const isOther = next.arm.agent !== agent;
  const { effort: _before, ...before } = run.settings;
  return {
    settings: {
      ...before,
      ...(next.arm.effort === undefined ? {} : { effort: next.arm.effort }),
      ...(isOther ? { agent: next.arm.agent, agentsHad } : {}),
      models: [next.arm.model, ...(routed?.models ?? []).filter((name) => name !== next.arm?.model)],
    },
    timeLimitMs:
      isOther && order.settings.is_time_of_agent
        ? Math.max(order.timeLimitMs, defaultTimeMs(next.arm.agent))
        : order.timeLimitMs,
    because: next.because,
  };
}

/** The dollars that the work order may still cost; null: it has no limit of its own. */
async function leftOf(query: Query, { id, limitNanoUsd }: Work['order']): Promise<number | null> {
  if (limitNanoUsd === null) return null;
  const costNanoUsd = await costOfWorkOrder(query, id);
  return costNanoUsd >= limitNanoUsd ? 0 : usdNumber(limitNanoUsd - costNanoUsd);
}

/** The run continues, but the try has ended: its outcome is reported to the learned policy. */
async function endTry(query: Query, work: Work, failure: MooseError): Promise<void> {
  const { order, run } = work;
  const { code, message, failureClass } = failure;
  const outcome = {
    success: false,
    failureClass,
    fault: 'work' as const,
    errorContext: { code, message, step: order.step },
  };
  const refusal = await unlessRefused(query, () => recordOutcome(query, attemptOf(work), outcome));
  if (refusal === null) return;
  const owner = { workOrderId: order.id, runId: run.id, step: order.step, attempt: run.stepAttempt + 1 };
  await recordFailure(query, refusal, { ...owner, strategy: 'degrade' });
}
