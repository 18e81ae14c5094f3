// The rounds as figures: for each contender and case, what it adds to calling the provider directly. Pure.
import type { Figures } from '../measuring/bench.ts';
import { median, rounded } from '../measuring/statistics.ts';
import { direct } from './contenders.ts';
import { addedIn, type Rounds, type Seen } from './rounds.ts';

/** `names`: all contenders; one that was not measured gets null. */
export function figuresOf(rounds: Rounds, names: readonly string[], caseNames: readonly string[]): Figures {
  const entries = caseNames.map((caseName) => {
    const added = names.map((name) => [name, addedFigures(rounds, name, caseName)] as const);
    return [caseName, { direct: directFigures(rounds, caseName), ...Object.fromEntries(added) }] as const;
  });
  return Object.fromEntries(entries);
}

function directFigures(rounds: Rounds, caseName: string): Figures | null {
  const seen = rounds.get(direct)?.get(caseName) ?? [];
  const of = (key: keyof Seen) => spread(seen.map((each) => each[key]));
  return { ms_p50: of('p50'), first_byte_ms_p50: of('firstP50'), per_second: of('perSecond') };
}

function addedFigures(rounds: Rounds, name: string, caseName: string): Figures | null {
  const seen = rounds.get(name)?.get(caseName) ?? [];
  if (seen.length === 0) return null;
  const of = (key: keyof Seen) => spread(addedIn(rounds, name, caseName, key));
  return {
    added_ms_p50: of('p50'),
    added_ms_p99: of('p99'),
    added_first_byte_ms_p50: of('firstP50'),
    added_first_byte_ms_p99: of('firstP99'),
    per_second: spread(seen.map(({ perSecond }) => perSecond)),
  };
}

function spread(values: readonly number[]): Figures | null {
  if (values.length === 0) return null;
  return {
    median: rounded(median(values)),
    least: rounded(Math.min(...values)),
    most: rounded(Math.max(...values)),
  };
}

/** The median of the ratios in each round; NaN if one of the two was not measured. */
export function addedRatio(
  rounds: Rounds,
  [name, other]: readonly [string, string],
  caseName: string,
): number {
  const own = addedIn(rounds, name, caseName, 'p50');
  const others = addedIn(rounds, other, caseName, 'p50');
  const ratios = own.flatMap((ms, round) => {
    const beside = others[round];
    return beside === undefined ? [] : [ms / beside];
  });
  return ratios.length === 0 ? Number.NaN : rounded(median(ratios));
}

export function addedMedian(rounds: Rounds, name: string, caseName: string, key: keyof Seen): number {
  const added = addedIn(rounds, name, caseName, key);
  return added.length === 0 ? Number.NaN : rounded(median(added));
}
