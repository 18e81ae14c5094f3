// A fitted score, and its measured quality.
import type { FeatureName } from './features.ts';

export interface ScoreModel {
  intercept: number;
  weights: Readonly<Record<FeatureName, number>>;
}

/** With its 95 % interval. */
export interface Estimate {
  share: number;
  low: number;
  high: number;
}

/** On the held-back runs, at the lowest allowed threshold. */
export interface MeasuredScore {
  /** All labelled runs. */
  runs: number;
  heldBack: number;
  /** How many of the held-back runs went nowhere. */
  nowhere: number;
  above: number;
  precision: Estimate;
  recall: Estimate;
  /** The share of the runs that end well and would have been paused. */
  pausedWell: Estimate;
  /** The share of all money that pausing would have saved. */
  savedShare: Estimate;
  /** The mean distance between scores and actual outcomes, in bins. */
  calibrationError: number;
  /** The probability that a run that goes nowhere scores higher than one that ends well; 0.5 is chance. */
  ranking: number;
  /** The same with randomly shuffled outcomes. */
  shuffledRanking: number;
}
