// The gain of one more refinement cycle: how many attempts that reached it succeeded in it, at what cost. Pure.
import type * as wire from '../../contract/contract.ts';
import { usdNumber } from '../../domain/money.ts';
import type { CycleCount } from '../../store/figures/attempt-cells.ts';
import { wilsonInterval } from './wilson.ts';

export type CycleValue = wire.Patterns['cycles'][number];

/** With fewer attempts, a cycle gets no conclusion. */
const reachedMin = 5;

export function cycleValues(counts: readonly CycleCount[]): CycleValue[] {
  const last = counts.reduce((most, { cycles }) => Math.max(most, cycles), -1);
  const rounds = counts.reduce((sum, { cycles, attempts }) => sum + (cycles + 1) * attempts, 0);
  // Costs are not recorded per cycle, so all cycles are assumed to cost the same.
  const costUsd =
    rounds === 0 ? 0 : usdNumber(counts.reduce((sum, each) => sum + each.costNanoUsd, 0n)) / rounds;
  return Array.from({ length: last + 1 }, (_, cycle) => {
    const reached = attemptsOf(counts.filter(({ cycles }) => cycles >= cycle));
    const succeeded = attemptsOf(counts.filter(({ cycles, success }) => cycles === cycle && success));
    const rate = reached === 0 ? 0 : succeeded / reached;
    return {
      cycle,
      reached,
      succeeded,
      rate,
      ...wilsonInterval(succeeded, reached),
      cost_usd: costUsd,
      cost_per_success_usd: rate === 0 ? null : costUsd / rate,
    };
  });
}

/** `valueUsd`: the value of a finished work order. */
export function cyclesText(cycles: readonly CycleValue[], valueUsd: number): string {
  const known = cycles.filter(({ cycle, reached }) => cycle > 0 && reached >= reachedMin);
  if (known.length === 0) return 'Too few attempts were refined to say whether refinement helps.';
  const lost = known.find(({ high, cost_usd }) => high * valueUsd < cost_usd);
  if (lost)
    return `From cycle ${lost.cycle} on, refinement is not worth its cost: at most ${Math.round(lost.high * 100)} % succeed in it, for $${lost.cost_usd.toFixed(2)} each, and finished work is worth $${valueUsd.toFixed(2)}.`;
  const unsure = known.find(({ low, cost_usd }) => low * valueUsd < cost_usd);
  const paid = known.filter(({ cycle }) => unsure === undefined || cycle < unsure.cycle).at(-1);
  return [
    paid
      ? `Refinement is worth its cost up to cycle ${paid.cycle}.`
      : 'It is not certain that refinement is worth its cost.',
    ...(unsure && paid ? [`From cycle ${unsure.cycle} on, it is not certain.`] : []),
  ].join(' ');
}

const attemptsOf = (counts: readonly CycleCount[]) => counts.reduce((sum, { attempts }) => sum + attempts, 0);
