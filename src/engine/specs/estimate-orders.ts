// The cost range of each work order of a plan (R-SPEC-1): from similar finished work orders, or a wide range from the
// routing policy, marked as such. Pure.
import { kindOfOrder } from '../../domain/plan/order-kind.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { FinishedCosts } from '../../store/figures/finished-costs.ts';
import { bandAt } from '../../store/figures/outcome-sums.ts';
import { assess } from '../policy/assess.ts';
import { type AssessmentPolicy, defaultAssessmentPolicy } from '../policy/assessment-policy.ts';

/** With a smaller sample, a tenth of it is less than one work order. */
export const sampleMin = 10;
/** The share of finished work orders whose cost should be within its range. */
export const rangeShare = 0.8;
/** The policy's value is what Moose reserves: most work orders cost less, and some cost more. */
const priorLow = 10n;
const priorMid = 2n;
const priorHigh = 2n;

export interface OrderEstimate {
  kind: string;
  complexity: number;
  lowNanoUsd: bigint;
  midNanoUsd: bigint;
  highNanoUsd: bigint;
  /** The basis: finished work orders of its kind and complexity, of its complexity, or all; or the policy. */
  basis: 'kind' | 'complexity' | 'all' | 'policy';
  /** The number of these finished work orders. */
  sample: number;
}

/** By the keys of the plan. */
export type OrderEstimates = ReadonlyMap<string, OrderEstimate>;

export function estimateOrders(
  plan: Pick<Plan, 'work_orders'>,
  finished: readonly FinishedCosts[],
  policy: AssessmentPolicy = defaultAssessmentPolicy,
): OrderEstimates {
  return new Map(plan.work_orders.map((order) => [order.key, estimateOrder(order, finished, policy)]));
}

type Ordered = Plan['work_orders'][number];

function estimateOrder(
  order: Ordered,
  finished: readonly FinishedCosts[],
  policy: AssessmentPolicy,
): OrderEstimate {
  const [kind, band] = [kindOfOrder(order), bandAt(order.complexity)];
  const { complexity } = order;
  const like = [
    { basis: 'kind' as const, of: finished.find((each) => each.kind === kind && each.band === band) },
    { basis: 'complexity' as const, of: finished.find((each) => each.kind === null && each.band === band) },
    { basis: 'all' as const, of: finished.find((each) => each.kind === null && each.band === null) },
  ];
  for (const { basis, of } of like)
    if (of && of.count >= sampleMin) {
      const { lowNanoUsd, midNanoUsd, highNanoUsd, count: sample } = of;
      return { kind, complexity, lowNanoUsd, midNanoUsd, highNanoUsd, basis, sample };
    }
  const listed = listedNanoUsd(order, policy);
  return {
    kind,
    complexity,
    basis: 'policy',
    sample: 0,
    lowNanoUsd: listed / priorLow,
    midNanoUsd: listed / priorMid,
    highNanoUsd: listed * priorHigh,
  };
}

/** What the policy reserves for work of this complexity. */
function listedNanoUsd(order: Ordered, policy: AssessmentPolicy): bigint {
  const isHardStop = hardStopsIn(order, policy).length > 0;
  const { complexity } = order;
  const rule = policy.tiers.find(
    (each) => (each.onHardStop && isHardStop) || complexity >= each.complexityMin,
  );
  return (rule ?? policy.tiers[0]).estimateNanoUsd;
}

/**
 * The words of a work order, of its paths, and of the contracts that its agent reads, about which a person always
 * decides. Each part is searched separately, so that a long one hides no other.
 */
export function hardStopsIn(
  { key, title, description, acceptance, files }: Ordered,
  policy: AssessmentPolicy,
  contracts: Plan['contracts'] = [],
): string[] {
  const own = contracts.filter(({ provider, users }) => provider === key || users.includes(key));
  const parts = [
    description,
    files.map(({ path }) => path).join('\n'),
    acceptance.map(({ text, target }) => `${text}\n${target}`).join('\n'),
    own.map(({ name, path }) => `${name}\n${path}`).join('\n'),
  ];
  const none = { acceptance: '', files: { pathCount: 0 }, policy };
  const found = parts.flatMap((part) => assess({ ...none, title, description: part }).hardStopWords);
  return Object.keys(policy.hardStopWords).filter((word) => found.includes(word));
}

export interface CostRange {
  lowNanoUsd: bigint;
  midNanoUsd: bigint;
  highNanoUsd: bigint;
}

/** The sum of the ranges: wider than the range of the sum, because not all of them are expensive at once. */
export function totalOf(estimates: Iterable<CostRange>): CostRange {
  const total = { lowNanoUsd: 0n, midNanoUsd: 0n, highNanoUsd: 0n };
  for (const { lowNanoUsd, midNanoUsd, highNanoUsd } of estimates) {
    total.lowNanoUsd += lowNanoUsd;
    total.midNanoUsd += midNanoUsd;
    total.highNanoUsd += highNanoUsd;
  }
  return total;
}
