// The result of a spec: what was built, what it cost compared with its estimate, and what is open (R-SPEC-5). Pure.
import type * as wire from '../../contract/contract.ts';
import { formatUsd, formatUsdNumber, usdNumber } from '../../domain/money.ts';
import type { PlannedState } from '../../store/work/plans/running-plans.ts';

export interface Summed {
  states: readonly PlannedState[];
  /** Includes work orders that others have replaced. */
  costNanoUsd: bigint;
}

export function summaryOf({ states, costNanoUsd }: Summed): wire.SpecSummary {
  const built = states.filter(({ status }) => status === 'completed');
  const open = states.filter(({ status }) => status !== 'completed');
  const estimate = estimateOf(states);
  return {
    built: built.map(({ id, planKey, title, pullRequestUrl, isMerged, isReverted }) => ({
      id,
      key: planKey,
      title,
      pull_request: pullRequestUrl,
      is_merged: isMerged,
      is_reverted: isReverted,
    })),
    open: open.map(({ id, planKey, title, status, waitsFor }) => ({
      id,
      key: planKey,
      title,
      status,
      is_waiting: status === 'pending' && waitsFor > 0,
    })),
    cost_usd: usdNumber(costNanoUsd),
    estimate_usd: estimate,
    text: textOf(built, open, costNanoUsd, estimate),
  };
}

export function estimateOf(
  states: ReadonlyArray<Pick<PlannedState, 'estimateLowNanoUsd' | 'estimateHighNanoUsd'>>,
): wire.UsdRange | null {
  let [low, high] = [0n, 0n];
  for (const { estimateLowNanoUsd, estimateHighNanoUsd } of states) {
    if (estimateLowNanoUsd === null || estimateHighNanoUsd === null) return null;
    low += estimateLowNanoUsd;
    high += estimateHighNanoUsd;
  }
  return states.length === 0 ? null : { low: usdNumber(low), high: usdNumber(high) };
}

function textOf(
  built: readonly PlannedState[],
  open: readonly PlannedState[],
  costNanoUsd: bigint,
  estimate: wire.UsdRange | null,
): string {
  const total = built.length + open.length;
  const unmerged = built.filter(({ isMerged }) => !isMerged).length;
  const reverted = built.filter(({ isReverted }) => isReverted).map(({ planKey }) => planKey);
  const cost = formatUsd(costNanoUsd);
  const range =
    estimate === null
      ? ''
      : estimate.low === estimate.high
        ? `, against an estimate of ${formatUsdNumber(estimate.high)}`
        : `, against an estimate of ${formatUsdNumber(estimate.low)} to ${formatUsdNumber(estimate.high)}`;
  return [
    `${built.length} of ${total} work orders ${total === 1 ? 'is' : 'are'} completed, for ${cost}${range}.`,
    ...(unmerged > 0
      ? [`${unmerged} pull ${unmerged === 1 ? 'request is' : 'requests are'} not merged.`]
      : []),
    ...(reverted.length > 0 ? [`Reverted after the merge: ${listed(reverted)}.`] : []),
    ...(open.length > 0 ? [`Open: ${listed(open.map(wordsOf))}.`] : []),
  ].join(' ');
}

const listedMax = 10;

function listed(words: readonly string[]): string {
  const more = words.length - listedMax;
  return words.slice(0, listedMax).join(', ') + (more > 0 ? `, and ${more} more` : '');
}

const wordsOf = ({ planKey, status, waitsFor }: PlannedState): string =>
  `${planKey} (${status === 'pending' && waitsFor > 0 ? 'waiting' : status.replace('_', ' ')})`;
