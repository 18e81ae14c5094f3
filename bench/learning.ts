// The learned policy against the best fixed cascade in hindsight, on drawn tables or on random pools of a given one.
import { readTable } from '../src/cli/input/replay-input.ts';
import {
  type Change,
  changes,
  playStream,
  type StreamFigures,
} from '../src/engine/learning/replay/changing-stream.fixture.ts';
import { missing, type OutcomeTable } from '../src/engine/learning/replay/outcome-table.ts';
import { randomOf } from '../src/engine/learning/replay/replay-table.ts';
import { structures, syntheticTable } from '../src/engine/learning/replay/synthetic-table.fixture.ts';
import { intervalAround } from '../src/engine/learning/replay/tally.ts';
import { normal } from '../src/stdx/random.ts';
import { timeDecisions } from './learning-decisions/time-decisions.ts';
import { type Bench, type Figures, goalAtMost } from './measuring/bench.ts';
import { rounded } from './measuring/statistics.ts';

const values = [1, 3, 10];
const orders = 20;
const quickOrders = 2;
const poolSize = 6;
const armsOfTiming = 30;
const decisionMsMax = 10;
/** The outcomes in the database while decisions are timed. */
const outcomes = 1_000_000;
const quickOutcomes = 20_000;
/** The allowed loss against the best fixed cascade: after 100 tasks, in the first 100, and after a change. */
const lostMax = { after: 0.05, first: 0.1, afterChange: 0.07 };
const outageShareMin = 0.85;

type Draw = (seed: number) => OutcomeTable;

export const bench: Bench = {
  about:
    'how much of the value of the best fixed cascade the learned policy gets, and how long a decision takes',
  run: async ({ isQuick, signal, note, table }) => {
    const count = isQuick ? quickOrders : orders;
    const given = table === undefined ? null : (await readTable(table)).table;
    const draw: Draw = given
      ? (seed) => poolOf(given, seed)
      : (seed) => syntheticTable({ arms: poolSize, seed });
    const figures: Figures = { orders: count, seeds: `1 to ${count}`, arms: poolSize };
    const play = (name: string, of: Draw, change: Change, value: number) => {
      signal.throwIfAborted();
      const played = Array.from({ length: count }, (_, index) =>
        playStream(of(index + 1), { value, change, seed: index + 1 }),
      );
      const shares = sharesOf(played);
      figures[`${name}, value ${value}`] = shares.figures;
      note(
        `${name}, value ${value}: first ${shares.first}, after ${shares.after}, after the change ${shares.afterChange}`,
      );
      return shares;
    };
    const still = values.map((value) => play('none', draw, 'none', value));
    const changed = values.flatMap((value) =>
      changes
        .filter((change) => change !== 'none')
        .map((change) => ({ change, value, ...play(change, draw, change, value) })),
    );
    if (!given)
      for (const [name, structure] of Object.entries(structures))
        for (const value of values)
          play(name, (seed) => syntheticTable({ ...structure, seed }), 'none', value);
    const slow = playStream(syntheticTable({ arms: armsOfTiming, seed: 1 }), {
      value: 3,
      change: 'none',
      seed: 1,
    });
    const p99 = rounded(percentile(slow.decisionMs, 0.99));
    figures.decision_ms_p99_30_arms = p99;
    const timed = await timeDecisions({
      outcomes: isQuick ? quickOutcomes : outcomes,
      decisions: isQuick ? 300 : 1_000,
      signal,
    });
    const decisionMs = rounded(percentile(timed.computedMs, 0.99));
    figures.decisions = {
      outcomes: timed.outcomes,
      state_bytes: timed.stateBytes,
      computed_ms_p99: decisionMs,
      elapsed_ms_median: rounded(percentile(timed.elapsedMs, 0.5)),
      elapsed_ms_p99: rounded(percentile(timed.elapsedMs, 0.99)),
    };
    const outages = values.map((value) => {
      const of = (change: Change) => changed.find((each) => each.change === change && each.value === value);
      const ratio = rounded((of('outage')?.bestArmFirst ?? 0) / (of('away')?.bestArmFirst ?? 1));
      figures[`chosen after an outage, against after it was not on offer, value ${value}`] = ratio;
      return ratio;
    });
    const lostOf = (of: typeof changed) => of.map(({ afterChange }) => 1 - afterChange);
    const lastingLost = lostOf(changed.filter(({ change }) => change !== 'outage' && change !== 'away'));
    const lost = (name: 'first' | 'after') => rounded(Math.max(...still.map((each) => 1 - each[name])));
    return {
      figures,
      goals: {
        after: goalAtMost('lost after 100 tasks, at worst of all values', lost('after'), lostMax.after),
        first: goalAtMost('lost in the first 100 tasks', lost('first'), lostMax.first),
        after_change: goalAtMost(
          'lost after a change, at worst of all changes, value 3',
          rounded(Math.max(...lostOf(changed.filter(({ value }) => value === 3)))),
          lostMax.afterChange,
        ),
        after_changes: goalAtMost(
          'lost after a change, on average of all lasting changes and values',
          rounded(lastingLost.reduce((sum, lost) => sum + lost, 0) / lastingLost.length),
          lostMax.afterChange,
        ),
        outage: goalAtMost(
          'how much rarer an arm is chosen after an outage than after it was not on offer',
          rounded(1 - Math.min(...outages)),
          1 - outageShareMin,
        ),
        decision: goalAtMost(
          `ms of computing for a decision among ${armsOfTiming} arms, p99`,
          p99,
          decisionMsMax,
        ),
        decisions: goalAtMost(
          `ms of computing for a decision with ${timed.outcomes} outcomes in the database, p99`,
          decisionMs,
          decisionMsMax,
        ),
      },
    };
  },
};

/** A random pool of the table's arms, with other prices and a price list that is off by a factor of about 1.6. */
function poolOf(table: OutcomeTable, seed: number): OutcomeTable {
  const random = randomOf(seed, 0, 9);
  const drawn = table.arms.map((arm) => ({ arm, at: random() })).sort((a, b) => a.at - b.at);
  const arms = drawn.slice(0, poolSize).map(({ arm }) => {
    const factor = Math.exp(1.4 * random() - 0.7);
    const costs = arm.costs.map((cost) => cost * factor);
    const known = costs.filter((_, task) => arm.passes[task] !== missing);
    const mean = known.reduce((sum, cost) => sum + cost, 0) / Math.max(1, known.length);
    return { ...arm, costs, costHint: mean * Math.exp(0.5 * normal(random)) };
  });
  return { ...table, arms };
}

function sharesOf(played: readonly StreamFigures[]) {
  const of = (name: 'first' | 'after' | 'afterChange' | 'bestArmFirst') => {
    const each = played.map((one) => one[name]);
    const found = intervalAround(each.reduce((sum, share) => sum + share, 0) / each.length, each);
    return { mean: rounded(found.mean), low: rounded(found.low), high: rounded(found.high) };
  };
  const together = (of: 'first' | 'after' | 'afterChange') => {
    const total = (whose: 'own' | 'best') => played.reduce((sum, { gained }) => sum + gained[of][whose], 0);
    return rounded(total('own') / total('best'));
  };
  const parts = { first: of('first'), after: of('after'), after_change: of('afterChange') };
  const tenth = rounded(
    percentile(
      played.map(({ after }) => after),
      0.1,
    ),
  );
  return {
    figures: {
      ...parts,
      after_tenth_percentile: tenth,
      of_all_dollars: {
        first: together('first'),
        after: together('after'),
        after_change: together('afterChange'),
      },
    } satisfies Figures,
    first: parts.first.mean,
    after: parts.after.mean,
    afterChange: parts.after_change.mean,
    bestArmFirst: of('bestArmFirst').mean,
  };
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
}
