import type { LoggedTry } from './decision-log.ts';

/** The chance that an arm passes at a try of a task, and what that costs. */
export type OutcomeModel = (arm: number, tryNumber: number) => { pass: number; cost: number };

interface Sums {
  passes: number;
  cost: number;
  count: number;
}

/** Rates of few tries are shrunk towards the wider group by this many tries. */
const shrinkage = 5;

/** Shares of each arm and try, shrunk to the arm's, and those to the share of all arms at that try. */
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
    // The arm's own level, moved by how much harder tasks are at this try.
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
