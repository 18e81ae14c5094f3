// Looks up credentials in the database. Anybody can send some that are wrong, so those that were not valid lately are looked
// up only a few at a time for each address: a flood of them never takes the connections of everybody else (R-SEC-3).
import { createHash } from 'node:crypto';
import { createTurns, type TurnLimits } from '../serving/turns.ts';
import type { CameFrom } from './came-from.ts';
import { networkOf } from './rate-limit.ts';

export interface Lookups {
  /**
   * `look` resolves with undefined, or rejects, if the credentials are not valid.
   * @throws `RATE_LIMITED`, the reason of `signal`, and the errors of `look`
   */
  find<Found>(
    credentials: string,
    from: CameFrom | undefined,
    look: () => Promise<Found>,
    signal: AbortSignal,
  ): Promise<Found>;
}

/** One address alone gets half of them. */
const defaultLimits: TurnLimits = { atOnceMax: 8, waitingMax: 300 };
/** How many valid credentials are remembered. */
const knownMax = 10_000;

export function createLookups(limits: TurnLimits = defaultLimits): Lookups {
  const turns = createTurns(limits);
  /** The most recently used entries are at the end. */
  const known = new Set<string>();
  return {
    async find(credentials, from, look, signal) {
      const key = createHash('sha256').update(credentials).digest('base64url');
      const found = await (known.has(key) ? look() : turns.run(networkOf(from?.client), look, signal));
      known.delete(key);
      if (found === undefined) return found;
      known.add(key);
      const [oldest] = known;
      if (known.size > knownMax && oldest !== undefined) known.delete(oldest);
      return found;
    },
  };
}
