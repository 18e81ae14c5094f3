// Estimates what a fixed plan would have gained, from the log of another policy: importance sampling (IPS), its
// self-normalised form (SNIPS), and the doubly robust estimate for several steps (DR; Jiang and Li, ICML 2016).
import type { ReplayedLog } from '../../../contract/contract.ts';
import type { Estimator } from '../../../domain/learning/estimators.ts';
import type { DecisionLog, LoggedTry } from './decision-log.ts';
import { fitOutcomes, type OutcomeModel } from './outcome-model.ts';
import { intervalAround } from './tally.ts';

type PlanFigures = ReplayedLog['policies'][string];
type Interval = NonNullable<PlanFigures['ips']>;

/** Below this effective sample size, the error of an estimate is larger than most differences between plans. */
const sampleSizeMin = 30;
const folds = 5;

interface Weighed {
  /** The gain of each try. */
  gains: number[];
  /** How much likelier the plan was to get here than the log's policy, after each try; it keeps its last value. */
  weights: number[];
}

export function estimatePlan(
  log: DecisionLog,
  plan: number,
  { value, wanted }: { value: number; wanted: readonly Estimator[] },
): PlanFigures {
  const horizon = log.workOrders.reduce((most, tries) => Math.max(most, tries.length), 1);
  const weighed = log.workOrders.map((tries) => weigh(tries, plan, { value, horizon }));
  const last = weighed.map(({ weights }) => weights.at(-1) ?? 0);
  const sum = last.reduce((total, each) => total + each, 0);
  const squares = last.reduce((total, each) => total + each ** 2, 0);
  const size = squares > 0 ? sum ** 2 / squares : 0;
  const estimates = {
    ips: () => ips(weighed),
    snips: () => snips(weighed, horizon),
    dr: () => doublyRobust(log, plan, { value, horizon, weighed }),
  };
  return {
    ...Object.fromEntries(wanted.map((name) => [name, estimates[name]()])),
    effective_sample_size: size,
    supported: size >= sampleSizeMin,
    max_weight: last.reduce((most, each) => Math.max(most, each), 0),
  };
}

function weigh(
  tries: readonly LoggedTry[],
  plan: number,
  { value, horizon }: { value: number; horizon: number },
): Weighed {
  const gains: number[] = [];
  const weights: number[] = [];
  let weight = 1;
  for (let step = 0; step < horizon; step += 1) {
    const each = tries[step];
    if (each) weight *= each.wanted[plan] === each.arm ? 1 / each.propensity : 0;
    gains.push(each ? value * Number(each.passed) - each.cost : 0);
    weights.push(weight);
  }
  return { gains, weights };
}

function ips(weighed: readonly Weighed[]): Interval {
  return meanOf(
    weighed.map(({ gains, weights }) =>
      gains.reduce((sum, gain, step) => sum + gain * (weights[step] ?? 0), 0),
    ),
  );
}

/** Null if the plan agrees with no work order of the log. */
function snips(weighed: readonly Weighed[], horizon: number): Interval | null {
  let mean = 0;
  const influences = new Float64Array(weighed.length);
  for (let step = 0; step < horizon; step += 1) {
    const total = weighed.reduce((sum, { weights }) => sum + (weights[step] ?? 0), 0);
    if (total <= 0) return null;
    const ratio =
      weighed.reduce((sum, { gains, weights }) => sum + (gains[step] ?? 0) * (weights[step] ?? 0), 0) / total;
    mean += ratio;
    for (const [index, { gains, weights }] of weighed.entries())
      influences[index] =
        (influences[index] ?? 0) +
        ((weights[step] ?? 0) * ((gains[step] ?? 0) - ratio) * weighed.length) / total;
  }
  return intervalAround(mean, [...influences]);
}

/** Each fifth of the work orders is evaluated with a model that is fitted to the others. */
function doublyRobust(
  log: DecisionLog,
  plan: number,
  { value, horizon, weighed }: { value: number; horizon: number; weighed: readonly Weighed[] },
): Interval {
  const models = Array.from({ length: folds }, (_, fold) =>
    fitOutcomes(
      log.workOrders.filter((_tries, index) => index % folds !== fold),
      log.arms.length,
    ),
  );
  const arms = (log.plans[plan] ?? []).map((arm) => log.arms.indexOf(arm));
  const estimates = log.workOrders.map((tries, index) => {
    const model = models[index % folds] as OutcomeModel;
    const { gains = [], weights = [] } = weighed[index] ?? {};
    return tries.reduce((sum, each, step) => {
      const want = each.wanted[plan] ?? -1;
      const tried = new Set(tries.slice(0, step).map(({ arm }) => arm));
      const expected =
        want < 0 ? 0 : expectedGain({ model, arms, value, horizon }, want, new Set(tried), step + 1);
      const before = step === 0 ? 1 : (weights[step - 1] ?? 0);
      return sum + before * expected + (weights[step] ?? 0) * ((gains[step] ?? 0) - expected);
    }, 0);
  });
  return meanOf(estimates);
}

/** The plan's expected gain from this try on, by the model: the arm that it chooses now, and then its next ones. */
function expectedGain(
  given: { model: OutcomeModel; arms: readonly number[]; value: number; horizon: number },
  arm: number,
  tried: Set<number>,
  step: number,
): number {
  const { model, arms, value, horizon } = given;
  const { pass, cost } = model(arm, step);
  tried.add(arm);
  const at = arms.indexOf(arm);
  const next = arms.find((each, index) => index > at && !tried.has(each));
  const rest = next === undefined || step >= horizon ? 0 : expectedGain(given, next, tried, step + 1);
  return value * pass - cost + (1 - pass) * rest;
}

function meanOf(values: readonly number[]): Interval {
  return intervalAround(values.reduce((sum, each) => sum + each, 0) / Math.max(1, values.length), values);
}
