import type { LoggedTry } from './decision-log.ts';

/** The probability that an arm passes at this try of a task, and the cost of the try. */
export type OutcomeModel = (arm: number, tryNumber: number) => { pass: number; cost: number };

interface Sums {
  passes: number;
  cost: number;
  count: number;
}

/** Rates from few tries are shrunk towards the wider group, with the weight of this many tries. */
const shrinkage = 5;

/** Pass rates by arm and try, shrunk to the arm's rate, which is shrunk to the rate of all arms at that try. */
export function fitOutcomes(workOrders: readonly (readonly LoggedTry[])[], arms: number): OutcomeModel {
  const all = noSums();
  const byTry = new Map<number, Sums>();
  const byArm = Array.from({ length: arms }, noSums);
  const cells = new Map<string, Sums>();
  for (const each of workOrders.flat()) {
    if (each.arm < 0) continue;
    for (const sums of [all, at(byTry, each.try), byArm[each.arm], at(cells, `${each.arm}:${each.try}`)]) {
      if (!sums) continue;
      sums.passes += Number(each.passed);
      sums.cost += each.cost;
      sums.count += 1;
    }
  }
  const overall = shrunk(all, { pass: 0.5, cost: 0 });
  return (arm, tryNumber) => {
    const ofTry = shrunk(byTry.get(tryNumber), overall);
    const ofArm = shrunk(byArm[arm], overall);
    // The arm's own rate, adjusted by how much harder tasks are at this try.
    const expected = {
      pass: Math.min(1, overall.pass > 0 ? (ofArm.pass * ofTry.pass) / overall.pass : ofArm.pass),
      cost: overall.cost > 0 ? (ofArm.cost * ofTry.cost) / overall.cost : ofArm.cost,
    };
    return shrunk(cells.get(`${arm}:${tryNumber}`), expected);
  };
}

function shrunk(sums: Sums | undefined, to: { pass: number; cost: number }) {
  const { passes, cost, count } = sums ?? noSums();
  const total = count + shrinkage;
  return { pass: (passes + shrinkage * to.pass) / total, cost: (cost + shrinkage * to.cost) / total };
}

function at<Key>(groups: Map<Key, Sums>, key: Key): Sums {
  const sums = groups.get(key) ?? noSums();
  groups.set(key, sums);
  return sums;
}

function noSums(): Sums {
  return { passes: 0, cost: 0, count: 0 };
}
