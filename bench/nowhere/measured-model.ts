// From labelled runs to what `src/domain/nowhere/model.ts` holds. Pure: the same runs give the same model.
import type { MeasuredScore, ScoreModel } from '../../src/domain/nowhere/score-model.ts';
import { seededRandom } from '../../src/stdx/random.ts';
import { fitModel } from './fit.ts';
import type { LabelledRun } from './labelled-runs.ts';
import {
  effectOf,
  highestScores,
  lowestAllowed,
  rankingOf,
  reliabilityOf,
  scoredBy,
  withShuffledEnds,
} from './measure.ts';

export interface MeasuredModel {
  model: ScoreModel;
  pausedWell: { runs: number; scores: number[] };
  measured: MeasuredScore;
}

const shuffles = 5;
const keptFrom = 0.3;
const three = (value: number) => Number(value.toFixed(3));
const estimate = ({ share, low, high }: { share: number; low: number; high: number }) => ({
  ...{ share: three(share), low: three(low), high: three(high) },
});

/** Runs with an even seed are held back: nothing is fitted to them. */
export const isHeldBack = ({ seed }: LabelledRun) => seed % 2 === 0;

export function measuredModel(runs: readonly LabelledRun[]): MeasuredModel {
  const heldBack = runs.filter(isHeldBack);
  const model = fitModel(runs.filter((run) => !isHeldBack(run)));
  const score = scoredBy(model);
  const above = lowestAllowed(runs, model);
  const effect = effectOf(heldBack, score, above, seededRandom(1));
  const highest = highestScores(runs, model);
  const scores = highest.filter((each) => each >= keptFrom).map(three);
  return {
    model,
    pausedWell: { runs: highest.length, scores: scores.sort((a, b) => a - b) },
    measured: {
      ...{ runs: runs.length, heldBack: heldBack.length, nowhere: effect.nowhere, above },
      precision: estimate(effect.precision),
      recall: estimate(effect.recall),
      pausedWell: estimate(effect.pausedWell),
      savedShare: estimate(effect.savedShare),
      calibrationError: three(reliabilityOf(heldBack, score).error),
      ranking: three(rankingOf(heldBack, score)),
      shuffledRanking: three(shuffledRanking(runs)),
    },
  };
}

/** Everything again with ends that mean nothing: a method that finds something there finds it everywhere. */
function shuffledRanking(runs: readonly LabelledRun[]): number {
  const rankings = Array.from({ length: shuffles }, (_, index) => {
    const dealt = withShuffledEnds(runs, seededRandom(100 + index));
    const model = fitModel(dealt.filter((run) => !isHeldBack(run)));
    return rankingOf(dealt.filter(isHeldBack), scoredBy(model));
  });
  return rankings.reduce((sum, each) => sum + each, 0) / shuffles;
}

export function modelText({ model, pausedWell, measured }: MeasuredModel): string {
  const value = (of: unknown) => JSON.stringify(of, null, 2);
  return `// Written by \`npm run bench -- nowhere\`: the weights, what the labelled runs reached, and what was measured on those that
// were not fitted to.
import type { MeasuredScore, ScoreModel } from './score-model.ts';

export const nowhereModel: ScoreModel = ${value(model)};

/** The labelled runs that ended well, and the highest score of each that reached 0.3. */
export const pausedWell: { runs: number; scores: readonly number[] } = ${value(pausedWell)};

export const measuredScore: MeasuredScore = ${value(measured)};
`;
}
