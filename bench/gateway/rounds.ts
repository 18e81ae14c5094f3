// Rounds in which every contender is measured in every case in turn, so that other load on the machine affects all
// equally.
import type { BenchOptions } from '../measuring/bench.ts';
import { median, quantile } from '../measuring/statistics.ts';
import type { Case, CaseName } from './cases.ts';
import { type Measurement, measureClients, warmUp } from './clients.ts';
import { type Absence, type Contender, direct } from './contenders.ts';

const wholeRounds = 4;
const quickRounds = 1;

/** The figures of one contender in one case of one round, in milliseconds except for the rate. */
export interface Seen {
  p50: number;
  p99: number;
  firstP50: number;
  firstP99: number;
  perSecond: number;
}

/** By contender and case, with one entry for each round. */
export type Rounds = Map<string, Map<string, Seen[]>>;

/**
 * A peer that fails in a case is no longer measured in it, and is listed under `absent`; Moose and the provider must
 * not fail.
 */
export async function measureRounds(
  contenders: readonly Contender[],
  cases: Record<CaseName, Case>,
  absent: Absence[],
  { isQuick, signal, note }: BenchOptions,
): Promise<Rounds> {
  const rounds: Rounds = new Map(contenders.map(({ name }) => [name, new Map()]));
  for (const { targets, warmUpCalls, name, isPeer } of contenders) {
    note(`warming up ${name}`);
    const warm = cases.chat_32_clients;
    await warmUp(targets(warm.protocol), warmUpCalls, warm, signal).catch((cause: unknown) => {
      // A peer's failure is noticed and reported when it is measured.
      if (signal.aborted || !isPeer) throw cause;
    });
  }
  const count = isQuick ? quickRounds : wholeRounds;
  for (let round = 0; round < count; round++) {
    for (const [caseName, each] of Object.entries(cases)) {
      const able = contenders.filter(({ name }) => !absent.some((one) => one.name === `${name} ${caseName}`));
      for (const [contender, measured] of await measureTurns(able, each, signal)) {
        const ofContender = rounds.get(contender.name);
        if (!(measured instanceof Error)) {
          ofContender?.set(caseName, [...(ofContender.get(caseName) ?? []), seenOf(measured)]);
        } else if (contender.isPeer) {
          ofContender?.delete(caseName);
          absent.push({ name: `${contender.name} ${caseName}`, reason: measured.message });
        } else {
          throw measured;
        }
      }
    }
    note(`round ${round + 1} of ${count}`);
  }
  return rounds;
}

async function measureTurns(
  contenders: readonly Contender[],
  each: Case,
  signal: AbortSignal,
): Promise<Map<Contender, Measurement | Error>> {
  const all = new Map<Contender, Measurement | Error>();
  for (let turn = 0; turn < each.turns; turn++) {
    for (let index = 0; index < contenders.length; index++) {
      // The order changes, so that no contender always comes after the same one.
      const contender = contenders[(index + turn) % contenders.length] as Contender;
      const before = all.get(contender) ?? { wholeMs: [], firstMs: [], tookMs: 0 };
      if (before instanceof Error) continue;
      try {
        all.set(
          contender,
          joined(before, await measureClients(contender.targets(each.protocol), each, signal)),
        );
      } catch (cause) {
        signal.throwIfAborted();
        all.set(contender, cause instanceof Error ? cause : new Error(String(cause)));
      }
    }
  }
  return all;
}

function joined(a: Measurement, b: Measurement): Measurement {
  return {
    wholeMs: [...a.wholeMs, ...b.wholeMs],
    firstMs: [...a.firstMs, ...b.firstMs],
    tookMs: a.tookMs + b.tookMs,
  };
}

function seenOf({ wholeMs, firstMs, tookMs }: Measurement): Seen {
  return {
    p50: median(wholeMs),
    p99: quantile(wholeMs, 0.99),
    firstP50: median(firstMs),
    firstP99: quantile(firstMs, 0.99),
    perSecond: (wholeMs.length * 1_000) / tookMs,
  };
}

/**
 * The time that a contender adds to calling the provider directly in the same round; empty if one of the two was not
 * measured.
 */
export function addedIn(rounds: Rounds, name: string, caseName: string, key: keyof Seen): number[] {
  const bare = rounds.get(direct)?.get(caseName) ?? [];
  return (rounds.get(name)?.get(caseName) ?? []).flatMap((seen, round) => {
    const beside = bare[round];
    return beside === undefined ? [] : [seen[key] - beside[key]];
  });
}
