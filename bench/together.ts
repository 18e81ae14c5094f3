// How many red combinations of changes are found before a merge, and how many runs of the checks that takes (R-GREEN-11).
import { runsMax } from '../src/verification/together/smallest-red-set.ts';
import { type Bench, goalAtMost } from './measuring/bench.ts';
import { rounded } from './measuring/statistics.ts';
import { judgePair } from './together/judge-pair.ts';
import { togetherCases } from './together/pairs.ts';

const quickStep = 4;
/** With those of the case, sixteen open changes. */
const besideMax = 14;

export const bench: Bench = {
  about: 'changes that are green alone and red together: found, blamed, and runs for each',
  run: async ({ isQuick, signal, note }) => {
    const of = { red: 0, missed: 0, inexact: 0, harmless: 0, blamed: 0, notGreenAlone: 0 };
    const runs: number[] = [];
    let over = 0;
    for (const [index, each] of togetherCases.entries()) {
      signal.throwIfAborted();
      if (isQuick && index % quickStep !== 0) continue;
      const beside = (index * 5) % (besideMax + 1);
      const mode = (index + Math.floor(index / quickStep)) % 2 === 0 ? 'likely' : 'all';
      const result = await judgePair(each, { mode, beside });
      const isRed = result.is === 'red';
      runs.push(result.runs);
      if (!result.areGreenAlone) of.notGreenAlone += 1;
      if (each.isRed) of.red += 1;
      else of.harmless += 1;
      if (each.isRed && !isRed) of.missed += 1;
      if (each.isRed && isRed && !result.isExact) of.inexact += 1;
      if (!each.isRed && isRed) of.blamed += 1;
      // The first run is not one of those that a red combination costs more.
      if (isRed && result.runs - 1 > runsMax(result.with.length)) over += 1;
      if (isRed !== each.isRed || !result.areGreenAlone) note(`${each.name}, ${mode}: ${result.is}`);
    }
    const mean = runs.reduce((sum, one) => sum + one, 0) / Math.max(1, runs.length);
    return {
      figures: { ...of, runs: { mean: rounded(mean, 2), most: Math.max(...runs) } },
      goals: {
        missed: goalAtMost('red combinations that are not found', of.missed, 0),
        blamed: goalAtMost('harmless combinations that are blamed', of.blamed, 0),
        cases: goalAtMost('changes of the cases that are red alone', of.notGreenAlone, 0),
        runs: goalAtMost('red combinations that took more than log2(n) + 1 more runs', over, 0),
      },
    };
  },
};
