// Computes the content of `src/domain/nowhere/model.ts` from labelled runs. Pure: the same runs give the same model.
import type { MeasuredScore, ScoreModel } from '../../src/domain/nowhere/score-model.ts';
import { seededRandom } from '../../src/stdx/random.ts';
import { fitModel } from './fit.ts';
import type { LabelledRun } from './labelled-runs.ts';
import {
  type Effect,
  effectOf,
  estimateOf,
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
  /** What the same method reaches with shuffled ends, over all shuffles: it must be worthless. */
  shuffled: Pick<Effect, 'runs' | 'nowhere' | 'paused' | 'precision' | 'recall'>;
}

const shuffles = 5;
const keptFrom = 0.3;
const three = (value: number) => Number(value.toFixed(3));
const estimate = ({ share, low, high }: { share: number; low: number; high: number }) => ({
  share: three(share),
  low: three(low),
  high: three(high),
});

/** Runs with an even seed are held out: nothing is fitted to them. */
export const isHeldBack = ({ seed }: LabelledRun) => seed % 2 === 0;

export function measuredModel(runs: readonly LabelledRun[]): MeasuredModel {
  const heldBack = runs.filter(isHeldBack);
  const model = fitModel(runs.filter((run) => !isHeldBack(run)));
  const score = scoredBy(model);
  const above = lowestAllowed(runs, score);
  const effect = effectOf(heldBack, score, above, seededRandom(1));
  const { ranking: shuffledRanking, ...shuffled } = withoutMeaning(runs);
  const highest = highestScores(runs, score);
  const scores = highest.filter((each) => each >= keptFrom).map(three);
  return {
    model,
    pausedWell: { runs: highest.length, scores: scores.sort((a, b) => a - b) },
    measured: {
      runs: runs.length,
      heldBack: heldBack.length,
      nowhere: effect.nowhere,
      above,
      precision: estimate(effect.precision),
      recall: estimate(effect.recall),
      pausedWell: estimate(effect.pausedWell),
      savedShare: estimate(effect.savedShare),
      calibrationError: three(reliabilityOf(heldBack, score).error),
      ranking: three(rankingOf(heldBack, score)),
      shuffledRanking: three(shuffledRanking),
    },
    shuffled,
  };
}

/** Repeats the method with random ends: if it finds something there, its other results mean nothing. */
function withoutMeaning(runs: readonly LabelledRun[]): MeasuredModel['shuffled'] & { ranking: number } {
  const found = Array.from({ length: shuffles }, (_, index) => {
    const dealt = withShuffledEnds(runs, seededRandom(100 + index));
    const score = scoredBy(fitModel(dealt.filter((run) => !isHeldBack(run))));
    const heldBack = dealt.filter(isHeldBack);
    const above = lowestAllowed(dealt, score);
    const effect = effectOf(heldBack, score, above, seededRandom(1));
    return { ...effect, ranking: rankingOf(heldBack, score), right: effect.recall.share * effect.nowhere };
  });
  const sum = (of: (one: (typeof found)[number]) => number) =>
    found.reduce((total, one) => total + of(one), 0);
  const [nowhere, paused, right] = [
    sum((one) => one.nowhere),
    sum((one) => one.paused),
    Math.round(sum((one) => one.right)),
  ];
  return {
    runs: sum((one) => one.runs),
    nowhere,
    paused,
    precision: estimateOf(right, paused),
    recall: estimateOf(right, nowhere),
    ranking: sum((one) => one.ranking) / shuffles,
  };
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
