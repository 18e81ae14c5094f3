// What an experiment has shown so far, and its verdict in a sentence (R-LRN-5). Pure.

import type * as wire from '../../contract/contract.ts';
import { type Comparison, PolicyComparison } from '../../domain/learning/compare-policies.ts';
import { usdNumber } from '../../domain/money.ts';
import { counted } from '../../domain/text/counted.ts';
import type {
  AssignedOrder,
  ListedExperiment,
  PolicyExperiment,
} from '../../store/work/learning/experiments.ts';

export interface Seen {
  result: wire.ExperimentResult;
  isDecided: boolean;
}

/** Work orders count for the policy that they were assigned to, whoever chose in the end. */
export function resultOf(
  { shareOfA, valueNanoUsd }: Pick<PolicyExperiment, 'shareOfA' | 'valueNanoUsd'>,
  orders: readonly AssignedOrder[],
): Seen {
  const compared = new PolicyComparison(shareOfA);
  const value = usdNumber(valueNanoUsd);
  const settled = orders.filter(isSettled);
  for (const { side, success, costNanoUsd } of settled)
    compared.add({ isOne: side === 'a', gain: (success ? value : 0) - usdNumber(costNanoUsd) });
  const { ones, difference, low, high, isDecided } = compared.comparison;
  const pending = orders.filter(isPending).length;
  return {
    isDecided,
    result: {
      assigned: orders.length,
      settled: settled.length,
      pending,
      of_a: ones,
      not_counted: orders.length - settled.length - pending,
      left_to_static: orders.filter(({ isLeftToStatic }) => isLeftToStatic).length,
      spent_usd: usdNumber(orders.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n)),
      difference_usd: difference,
      low_usd: finite(low),
      high_usd: finite(high),
    },
  };
}

const isPending = ({ status }: AssignedOrder) => status === 'pending' || status === 'in_progress';

function isSettled(order: AssignedOrder): boolean {
  return !isPending(order) && (order.isJudged || order.isStopped);
}

const finite = (value: Comparison['low']) => (Number.isFinite(value) ? value : null);

const usd = (value: number) => `${value < 0 ? '-' : ''}$${Math.abs(value).toFixed(2)}`;

export function verdictOf(
  {
    state,
    policyA,
    policyB,
    capNanoUsd,
  }: Pick<ListedExperiment, 'state' | 'policyA' | 'policyB' | 'capNanoUsd'>,
  result: wire.ExperimentResult,
): string {
  const { low_usd: low, high_usd: high, difference_usd: difference, settled } = result;
  const cap = usd(usdNumber(capNanoUsd));
  const interval = low === null || high === null ? 'too few for an interval' : `${usd(low)} to ${usd(high)}`;
  const [better, other] = difference >= 0 ? [policyA, policyB] : [policyB, policyA];
  if (low !== null && high !== null && (low > 0 || high < 0)) {
    const [least, most] = low > 0 ? [low, high] : [-high, -low];
    return `${better} is better than ${other}: ${usd(Math.abs(difference))} more for each work order (${usd(least)} to ${usd(most)}), after ${counted(settled, 'work order')}.`;
  }
  const soFar = `${policyA} minus ${policyB} is ${usd(difference)} for each work order (${interval}), after ${counted(settled, 'work order')}`;
  switch (state) {
    case 'running':
      return usdNumber(capNanoUsd) <= result.spent_usd
        ? `Not decided. The cap of ${cap} is reached, and ${result.pending} work orders have not ended: ${soFar}.`
        : `Not decided yet: ${soFar}.`;
    case 'capped':
      return `Not decided within the cap of ${cap}: ${soFar}.`;
    default:
      return `Stopped before it was decided: ${soFar}.`;
  }
}
