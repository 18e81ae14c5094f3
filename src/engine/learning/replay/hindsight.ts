// The best possible results if all outcomes were known: references, never policies.
import { missing, type OutcomeTable } from './outcome-table.ts';

const planMax = 3;

export interface Hindsight {
  bestSingle: string[];
  /** Up to three arms, tried in this order; empty if nothing is worth its cost. */
  bestCascade: string[];
  /** The mean gain with the best single arm, or none, for each task. */
  oracleValue: number;
}

export function lookBack(table: OutcomeTable, value: number, tries: number): Hindsight {
  const gains = table.arms.map(({ passes, costs }) =>
    costs.map((cost, task) => (passes[task] === missing ? 0 : value * (passes[task] ?? 0) - cost)),
  );
  const totals = gains.map((each) => each.reduce((sum, gain) => sum + gain, 0));
  const most = bestGains(gains, table.tasks.length);
  const cascade = searchPlans(table, { gains, most, depth: Math.min(planMax, tries) });
  const name = (index: number) => table.arms[index]?.arm ?? '';
  return {
    bestSingle: [name(totals.indexOf(Math.max(...totals)))],
    bestCascade: cascade.map(name),
    oracleValue: most.reduce((sum, gain) => sum + gain, 0) / table.tasks.length,
  };
}

function bestGains(gains: readonly Float64Array[], count: number): Float64Array {
  const most = new Float64Array(count);
  for (const each of gains)
    for (let task = 0; task < count; task += 1) most[task] = Math.max(most[task] ?? 0, each[task] ?? 0);
  return most;
}

interface Search {
  gains: readonly Float64Array[];
  /** By task: the upper bound of any plan's gain. */
  most: Float64Array;
  depth: number;
}

/** Exact: a branch is pruned only if even the best arm for each remaining task could not make it the best. */
function searchPlans(table: OutcomeTable, { gains, most, depth }: Search): number[] {
  let best: { total: number; plan: number[] } = { total: 0, plan: [] };
  const extend = (plan: readonly number[], total: number, tasks: Int32Array) => {
    for (const [arm, gain] of gains.entries()) {
      if (plan.includes(arm)) continue;
      const { sum, left } = tryArm(gain, tasks, table.arms[arm]?.passes);
      const next = total + sum;
      if (next > best.total) best = { total: next, plan: [...plan, arm] };
      if (
        plan.length + 1 >= depth ||
        next + left.reduce((bound, task) => bound + (most[task] ?? 0), 0) <= best.total
      )
        continue;
      extend([...plan, arm], next, left);
    }
  };
  if (depth > 0) extend([], 0, Int32Array.from(table.tasks.keys()));
  return best.plan;
}

function tryArm(gain: Float64Array, tasks: Int32Array, passes: Uint8Array | undefined) {
  let sum = 0;
  for (const task of tasks) sum += gain[task] ?? 0;
  return { sum, left: tasks.filter((task) => passes?.[task] !== 1) };
}
