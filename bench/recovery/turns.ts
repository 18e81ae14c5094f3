// Runs cases in turns, so that all of them run under the same load; the figures of each round are compared with its own
// bare await.
import type { BenchOptions, Figures } from '../measuring/bench.ts';
import { median, quantile, rounded } from '../measuring/statistics.ts';

export interface Case {
  run(): Promise<unknown>;
  /** Stops everything that the case keeps running. */
  end?(): void;
}

/** Nanoseconds for one operation, by case, for each round. */
export type Turns = ReadonlyMap<string, readonly number[]>;

const wholeRounds = 25;
const quickRounds = 5;
/** The length of a turn of one case: long enough for the clock, short enough for many turns. */
const turnMs = 15;
/** Operations between two readings of the clock, each of which costs as much as a bare await. */
const batch = 200;
const warmUpRounds = 3;

/** The call that all cases make: it succeeds immediately. */
export async function call(): Promise<number> {
  return 1;
}

export async function measureInTurns(
  cases: Record<string, Case>,
  { isQuick, signal, note }: BenchOptions,
): Promise<Turns> {
  const rounds = isQuick ? quickRounds : wholeRounds;
  const seen = new Map<string, number[]>(Object.keys(cases).map((name) => [name, []]));
  try {
    for (let round = 1 - warmUpRounds; round <= rounds; round++) {
      for (const [name, each] of Object.entries(cases)) {
        signal.throwIfAborted();
        const ns = await turnNs(each);
        if (round > 0) seen.get(name)?.push(ns);
      }
      if (round > 0 && round % quickRounds === 0) note(`round ${round} of ${rounds}`);
    }
  } finally {
    for (const each of Object.values(cases)) each.end?.();
  }
  return seen;
}

async function turnNs({ run }: Case): Promise<number> {
  const startedMs = performance.now();
  let operations = 0;
  for (let elapsedMs = 0; elapsedMs < turnMs; elapsedMs = performance.now() - startedMs) {
    for (let left = batch; left > 0; left--) await run();
    operations += batch;
  }
  return ((performance.now() - startedMs) * 1e6) / operations;
}

/** The median of the ratios in each round: a slow phase of the machine affects both. */
export function ratioOf(turns: Turns, name: string, other: string): number {
  return rounded(median(ratios(turns, name, other)));
}

export function figuresOf(turns: Turns, bare: string): Figures {
  const entries = Array.from(turns, ([name, ns]) => {
    const each = ratios(turns, name, bare);
    const figures = {
      ns: rounded(median(ns)),
      ratio: rounded(median(each)),
      ratio_p10: rounded(quantile(each, 0.1)),
      ratio_p90: rounded(quantile(each, 0.9)),
    };
    return [name, figures] as const;
  });
  return Object.fromEntries(entries);
}

/** Empty if one of the two was not measured. */
function ratios(turns: Turns, name: string, other: string): number[] {
  const others = turns.get(other);
  const own = turns.get(name);
  if (!own || !others) return [Number.NaN];
  return own.map((ns, round) => ns / (others[round] ?? Number.NaN));
}
