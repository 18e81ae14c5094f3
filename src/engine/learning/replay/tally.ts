import type { ReplayedPolicy } from '../../../contract/contract.ts';

type Interval = ReplayedPolicy['value_per_task'];

interface Sums {
  value: number;
  /** The gain of the best fixed cascade on the same tasks. */
  reference: number;
  successes: number;
  dollars: number;
  tasks: number;
}

/** The result of a policy on one task. */
export interface Played {
  task: number;
  isFirst: boolean;
  value: number;
  passed: boolean;
  dollars: number;
  tries: number;
}

/** The gain of the references on each task: the same in every order. */
export interface References {
  single: Float64Array;
  cascade: Float64Array;
}

/** Sums up the results of a policy over all orders, in memory that grows only with the number of tasks. */
export class Tally {
  readonly #references: References;
  readonly #all: PerTask;
  readonly #after: PerTask;
  readonly #sums = { first: noSums(), after: noSums() };
  #tries = 0;

  constructor(references: References) {
    this.#references = references;
    this.#all = new PerTask(references.single.length);
    this.#after = new PerTask(references.single.length);
  }

  add({ task, isFirst, value, passed, dollars, tries }: Played): void {
    const sums = this.#sums[isFirst ? 'first' : 'after'];
    sums.value += value;
    sums.reference += this.#references.cascade[task] ?? 0;
    sums.successes += Number(passed);
    sums.dollars += dollars;
    sums.tasks += 1;
    this.#tries += tries;
    this.#all.add(task, value);
    if (!isFirst) this.#after.add(task, value);
  }

  figures(hindsight: boolean): ReplayedPolicy {
    const { first, after } = this.#sums;
    const all = plus(first, after);
    const regret = (reference: Float64Array) => ({
      all: this.#all.interval((mean, task) => (reference[task] ?? 0) - mean),
      after: after.tasks === 0 ? null : this.#after.interval((mean, task) => (reference[task] ?? 0) - mean),
    });
    return {
      value_per_task: this.#all.interval((mean) => mean),
      success: all.successes / all.tasks,
      dollars: all.dollars / all.tasks,
      tries_per_task: this.#tries / all.tasks,
      hindsight,
      first: stretchOf(first),
      after: stretchOf(after),
      regret: {
        'best-single': regret(this.#references.single),
        'best-fixed-cascade': regret(this.#references.cascade),
      },
      share_of_best_fixed_cascade: { all: shareOf(all), first: shareOf(first), after: shareOf(after) },
    };
  }
}

class PerTask {
  readonly #sums: Float64Array;
  readonly #counts: Int32Array;

  constructor(tasks: number) {
    this.#sums = new Float64Array(tasks);
    this.#counts = new Int32Array(tasks);
  }

  add(task: number, value: number): void {
    this.#sums[task] = (this.#sums[task] ?? 0) + value;
    this.#counts[task] = (this.#counts[task] ?? 0) + 1;
  }

  /** The mean, with 1.96 standard errors of the means per task: orders of the same tasks are not independent. */
  interval(of: (mean: number, task: number) => number): Interval {
    const means: number[] = [];
    let sum = 0;
    let count = 0;
    for (const [task, times] of this.#counts.entries()) {
      if (times === 0) continue;
      const mean = of((this.#sums[task] ?? 0) / times, task);
      means.push(mean);
      sum += mean * times;
      count += times;
    }
    return intervalAround(sum / count, means);
  }
}

/** `mean` ± 1.96 standard errors of these values. */
export function intervalAround(mean: number, values: readonly number[]): Interval {
  const n = values.length;
  const center = values.reduce((sum, each) => sum + each, 0) / Math.max(1, n);
  const squares = values.reduce((sum, each) => sum + (each - center) ** 2, 0);
  const half = n < 2 ? 0 : 1.96 * Math.sqrt(squares / (n - 1) / n);
  return { mean, low: mean - half, high: mean + half };
}

function noSums(): Sums {
  return { value: 0, reference: 0, successes: 0, dollars: 0, tasks: 0 };
}

function plus(a: Sums, b: Sums): Sums {
  return {
    value: a.value + b.value,
    reference: a.reference + b.reference,
    successes: a.successes + b.successes,
    dollars: a.dollars + b.dollars,
    tasks: a.tasks + b.tasks,
  };
}

function stretchOf({ value, successes, dollars, tasks }: Sums): ReplayedPolicy['first'] {
  if (tasks === 0) return null;
  return { value_per_task: value / tasks, success: successes / tasks, dollars: dollars / tasks };
}

function shareOf({ value, reference }: Sums): number | null {
  return reference > 0 ? value / reference : null;
}
