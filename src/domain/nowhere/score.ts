// The score of a run: the estimated chance that it ends without a good change if it continues, and why
// (R-REC-9). Pure.
import { type FeatureName, type Features, featureNames } from './features.ts';
import { nowhereModel } from './model.ts';
import type { ScoreModel } from './score-model.ts';

export interface NowhereScore {
  /** From 0 to 1. */
  score: number;
  /** The features that raise the score most, in plain words; the strongest first. */
  reasons: string[];
}

const reasonsMax = 3;
/** A feature with a smaller part of the score is not listed as a reason. */
const reasonMin = 0.1;

/** Logistic regression: each feature times its weight. */
export function scoreOf(features: Features, model: ScoreModel = nowhereModel): number {
  const sum = featureNames.reduce(
    (total, name) => total + model.weights[name] * features[name],
    model.intercept,
  );
  return 1 / (1 + Math.exp(-sum));
}

export function judgeRun(features: Features): NowhereScore {
  const parts = featureNames
    .map((name) => ({ name, part: nowhereModel.weights[name] * features[name] }))
    .filter(({ part }) => part >= reasonMin)
    .sort((a, b) => b.part - a.part);
  return {
    score: scoreOf(features),
    reasons: parts.slice(0, reasonsMax).map(({ name }) => words[name](features[name])),
  };
}

const percent = (share: number) => `${Math.round(share * 100)} %`;
/** Features that are counts of up to four. */
const times = (share: number) => {
  const count = Math.round(share * 4);
  return count === 1 ? 'once' : `${count} times`;
};

const words: Readonly<Record<FeatureName, (value: number) => string>> = {
  equalFailures: (value) => `the same failure, word for word, came again ${times(value)} in a row`,
  sameShape: (value) => `the same kind of failure came again ${times(value)} in a row`,
  returned: () => 'a failure that was gone is back',
  noGain: (value) => `no cycle got further than the best one before, ${times(value)} in a row`,
  troubleLeft: (value) => `${percent(value)} of the first failure is left`,
  worseThanBest: (value) => `${percent(value)} of the failure is new since the best cycle`,
  ownEditsUndone: (value) => `${percent(value)} of the newest change reverts to an earlier one`,
  growth: () => 'the change grows without a new green check',
  empty: (value) => `${percent(value)} of the cycles changed nothing`,
  useless: (value) => `${percent(value)} of the model's answers could not be used`,
  cyclesUsed: (value) => `${percent(value)} of the cycles are used`,
  spent: (value) => `${percent(value)} of what may be spent without a new verified fact is spent`,
};
