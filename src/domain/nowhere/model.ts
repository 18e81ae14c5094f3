// Written by `npm run bench -- nowhere`: the weights, what the labelled runs reached, and what was measured on those that
// were not fitted to.
import type { MeasuredScore, ScoreModel } from './score-model.ts';

export const nowhereModel: ScoreModel = {
  intercept: -1.014,
  weights: {
    equalFailures: 0.161,
    sameShape: 0.276,
    returned: 0.17,
    noGain: 1.051,
    troubleLeft: 0.822,
    worseThanBest: 0.088,
    ownEditsUndone: 0.443,
    growth: 0.337,
    empty: 0,
    useless: 0,
    cyclesUsed: 1.681,
    spent: 0,
  },
};

/** The labelled runs that ended well, and the highest score of each that reached 0.3. */
export const pausedWell: { runs: number; scores: readonly number[] } = {
  runs: 239,
  scores: [
    0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452,
    0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452,
    0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452, 0.452,
    0.452, 0.452, 0.452, 0.452, 0.481, 0.481, 0.483, 0.494, 0.494, 0.502, 0.505, 0.506, 0.51, 0.514, 0.516,
    0.529, 0.529, 0.546, 0.548, 0.55, 0.563, 0.563, 0.567, 0.575, 0.575, 0.575, 0.579, 0.6, 0.603, 0.603,
    0.603, 0.603, 0.607, 0.607, 0.609, 0.609, 0.613, 0.613, 0.613, 0.613, 0.615, 0.615, 0.618, 0.618, 0.618,
    0.622, 0.622, 0.622, 0.623, 0.625, 0.633, 0.634, 0.635, 0.636, 0.636, 0.636, 0.64, 0.642, 0.646, 0.646,
    0.646, 0.646, 0.646, 0.646, 0.646, 0.647, 0.649, 0.649, 0.649, 0.65, 0.65, 0.65, 0.651, 0.651, 0.652,
    0.655, 0.656, 0.661, 0.663, 0.665, 0.666, 0.667, 0.668, 0.671, 0.672, 0.677, 0.677, 0.677, 0.677, 0.677,
    0.678, 0.681, 0.688, 0.697, 0.703, 0.703, 0.71, 0.714, 0.753, 0.756, 0.756, 0.761, 0.762, 0.762, 0.763,
    0.763, 0.764, 0.77, 0.774, 0.774, 0.782, 0.784, 0.792, 0.793, 0.8, 0.801, 0.804, 0.808, 0.813, 0.814,
    0.832, 0.834, 0.837, 0.841, 0.842, 0.842, 0.845, 0.845, 0.845, 0.846, 0.847, 0.847, 0.847, 0.85, 0.858,
    0.86, 0.86, 0.863, 0.899, 0.903, 0.903, 0.903, 0.905, 0.906, 0.919, 0.923, 0.94, 0.944,
  ],
};

export const measuredScore: MeasuredScore = {
  runs: 600,
  heldBack: 300,
  nowhere: 187,
  above: 0.91,
  precision: {
    share: 0.964,
    low: 0.877,
    high: 0.99,
  },
  recall: {
    share: 0.283,
    low: 0.224,
    high: 0.352,
  },
  pausedWell: {
    share: 0.018,
    low: 0.005,
    high: 0.062,
  },
  savedShare: {
    share: 0.056,
    low: 0.043,
    high: 0.071,
  },
  calibrationError: 0.039,
  ranking: 0.678,
  shuffledRanking: 0.49,
};
