// Compares two policies to which work orders are assigned at random, so that one may look at any time
// (R-LRN-5). Pure.
//
// Each work order gives one score: the difference of the two policies as estimated before it, corrected by
// its actual value, weighted by the chance of its assignment. The scores' mean is the difference. Its
// interval holds at all times at once: a normal mixture (H. Robbins, Annals of Mathematical Statistics 41
// (1970), 1397–1409; S. Howard et al., 'Time-uniform, nonparametric, nonasymptotic confidence sequences',
// Annals of Statistics 49 (2021), 1055–1080), with the spread estimated, as in I. Waudby-Smith et al.,
// 'Time-uniform central limit theory and asymptotic confidence sequences', Annals of Statistics 52 (2024).

export interface Assigned {
  isOne: boolean;
  gain: number;
}

export interface Comparison {
  count: number;
  ones: number;
  /** The first policy minus the second, for each work order. */
  difference: number;
  low: number;
  high: number;
  /** The interval excludes zero. Stopping here is wrong in at most 5% of comparisons, however often one looked. */
  isDecided: boolean;
}

const wrongMax = 0.05;
/** The interval is narrowest at about this many work orders. */
const tunedFor = 500;
/** With fewer scores, the estimate of their spread is not reliable. */
const countMin = 100;
const assignedMin = 20;

const logWrong = -2 * Math.log(wrongMax);
const mixture = (logWrong + Math.log(logWrong) + 1) / tunedFor;

/** Add work orders in the order of their assignment; the comparison may be read after each. */
export class PolicyComparison {
  readonly #shareOfOne: number;
  readonly #means = [new RunningMean(), new RunningMean()];
  readonly #scores = new RunningMean();

  constructor(shareOfOne: number) {
    this.#shareOfOne = shareOfOne;
  }

  add({ isOne, gain }: Assigned): void {
    const [one, other] = this.#means as [RunningMean, RunningMean];
    const expected = isOne ? one.mean : other.mean;
    const weight = isOne ? 1 / this.#shareOfOne : -1 / (1 - this.#shareOfOne);
    this.#scores.add(one.mean - other.mean + weight * (gain - expected));
    (isOne ? one : other).add(gain);
  }

  get comparison(): Comparison {
    const { count, mean, variance } = this.#scores;
    const ones = this.#means[0]?.count ?? 0;
    const fixed = { count, ones, difference: mean };
    if (count < countMin || Math.min(ones, count - ones) < assignedMin)
      return { ...fixed, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, isDecided: false };
    const scale = count * mixture + 1;
    const width = Math.sqrt(
      ((2 * scale) / (count ** 2 * mixture)) * Math.log(Math.sqrt(scale) / wrongMax) * variance,
    );
    const [low, high] = [mean - width, mean + width];
    return { ...fixed, low, high, isDecided: low > 0 || high < 0 };
  }
}

class RunningMean {
  count = 0;
  mean = 0;
  #squares = 0;

  add(value: number): void {
    this.count += 1;
    const before = value - this.mean;
    this.mean += before / this.count;
    this.#squares += before * (value - this.mean);
  }

  get variance(): number {
    return this.count < 2 ? 0 : this.#squares / (this.count - 1);
  }
}
