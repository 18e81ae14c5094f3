// Rounds in which every contender meets every case in turn, so that what else the machine does meets all of them.
import type { BenchOptions } from '../measuring/bench.ts';
import { median, quantile } from '../measuring/statistics.ts';
import type { Case, CaseName } from './cases.ts';
import { type Measurement, measureClients } from './clients.ts';
import { type Absence, type Contender, direct } from './contenders.ts';

const wholeRounds = 7;
const quickRounds = 1;

/** Milliseconds, but for the rate; of one contender in one case of one round. */
export interface Seen {
  p50: number;
  p99: number;
  firstP50: number;
  firstP99: number;
  perSecond: number;
}

/** By contender and case, one of each round. */
export type Rounds = Map<string, Map<string, Seen[]>>;

/** What a contender cannot do is measured no further, and said among `absent`; Moose and the provider must. */
export async function measureRounds(
  contenders: readonly Contender[],
  cases: Record<CaseName, Case>,
  absent: Absence[],
  { isQuick, signal, note }: BenchOptions,
): Promise<Rounds> {
  const rounds: Rounds = new Map(contenders.map(({ name }) => [name, new Map()]));
  const isLost = new Set<string>();
  const count = isQuick ? quickRounds : wholeRounds;
  for (let round = 0; round < count; round++) {
    for (const [caseName, each] of Object.entries(cases)) {
      // Nobody is always the one after the one that heats the machine.
      const turned = contenders.map(
        (_, index) => contenders[(index + round) % contenders.length] as Contender,
      );
      for (const contender of turned) {
        const what = `${contender.name} ${caseName}`;
        if (isLost.has(what)) continue;
        try {
          const seen = seenOf(await measureClients(contender.targets(each.protocol), each, signal));
          const ofContender = rounds.get(contender.name);
          ofContender?.set(caseName, [...(ofContender.get(caseName) ?? []), seen]);
        } catch (cause) {
          signal.throwIfAborted();
          if (!contender.isPeer) throw cause;
          isLost.add(what);
          rounds.get(contender.name)?.delete(caseName);
          absent.push({ name: what, reason: cause instanceof Error ? cause.message : String(cause) });
        }
      }
    }
    note(`round ${round + 1} of ${count}`);
  }
  return rounds;
}

function seenOf({ wholeMs, firstMs, perSecond }: Measurement): Seen {
  return {
    ...{ p50: median(wholeMs), p99: quantile(wholeMs, 0.99) },
    ...{ firstP50: median(firstMs), firstP99: quantile(firstMs, 0.99) },
    perSecond,
  };
}

/** What it takes beyond the provider alone in the same round; no rounds where one of them was not measured. */
export function addedIn(rounds: Rounds, name: string, caseName: string, key: keyof Seen): number[] {
  const bare = rounds.get(direct)?.get(caseName) ?? [];
  return (rounds.get(name)?.get(caseName) ?? []).flatMap((seen, round) => {
    const beside = bare[round];
    return beside === undefined ? [] : [seen[key] - beside[key]];
  });
}
