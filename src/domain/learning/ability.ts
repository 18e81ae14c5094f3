// A Rasch model of success: a task has a difficulty, an arm an ability, both unknown; the arm passes with the
// probability 1 / (1 + e^(difficulty - ability)). Both are grids, so beliefs are arrays and updates are products.

/** The number of points of the grid of abilities. */
export const abilityCount = 33;
/** The number of points of the grid of difficulties. */
export const difficultyCount = 15;

const abilityFrom = -5;
const abilityTo = 7;
/** The mean of the abilities before any outcome. */
const abilityMean = 0.5;
const abilitySd = 1.5;
/** Difficulties have the mean 0. Any standard deviation from 1.5 to 3.5 logits works equally well. */
const difficultySd = 2.5;
/** Equal steps up to 3.2 standard deviations: as exact as Gauss-Hermite nodes for a smooth function. */
const difficultySds = 3.2;
const strong = 3;

const abilities = Array.from(
  { length: abilityCount },
  (_, index) => abilityFrom + ((abilityTo - abilityFrom) * index) / (abilityCount - 1),
);
const steps = Array.from(
  { length: difficultyCount },
  (_, index) => difficultySds * ((2 * index) / (difficultyCount - 1) - 1),
);
const densities = steps.map((step) => Math.exp(-0.5 * step * step));
const densitySum = densities.reduce((sum, each) => sum + each, 0);

/** The probability of each difficulty among tasks; sums to 1. */
export const difficultyShares: readonly number[] = densities.map((each) => each / densitySum);

/** The logarithm of each ability's density before any outcome. */
export const abilityPrior: readonly number[] = abilities.map(
  (ability) => -0.5 * ((ability - abilityMean) / abilitySd) ** 2,
);

/** The index of the first ability that counts as strong. */
export const strongAbility = abilities.findIndex((ability) => ability >= strong);

/** The probability to pass, at index `ability * difficultyCount + difficulty`. */
export const passChances: Float64Array = Float64Array.from(
  abilities.flatMap((ability) => steps.map((step) => 1 / (1 + Math.exp(step * difficultySd - ability)))),
);
