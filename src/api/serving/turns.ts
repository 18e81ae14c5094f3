// Limits how many requests are answered at the same time: they share the connections to the database with the work itself.
// A caller gets another turn only while more turns are free than they have, so that one more caller always finds a free
// one, and each of N busy callers gets the same share (dynamic thresholds: Choudhury and Hahne, 1998).
import { limited } from '../request/rate-limit.ts';

export interface Turns {
  /** @throws `RATE_LIMITED` if too many of this caller wait already, or the reason of `signal` */
  run<T>(who: string, work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

export interface TurnLimits {
  /** For all callers. One caller alone gets half of them. */
  atOnceMax: number;
  /** For one caller. */
  waitingMax: number;
}

interface Own {
  atOnce: number;
  /** In the order in which they came; calling one gives it the turn. */
  waiting: Set<() => void>;
}

const retryAfterMs = 1_000;

export function createTurns({ atOnceMax, waitingMax }: TurnLimits): Turns {
  /** In the order in which they got their last turn. */
  const callers = new Map<string, Own>();
  let free = atOnceMax;
  const take = (who: string, own: Own): void => {
    own.atOnce += 1;
    free -= 1;
    callers.delete(who);
    callers.set(who, own);
  };
  /** Gives free turns to those who wait: first to the caller who has the fewest. */
  const giveAway = (): void => {
    for (;;) {
      const fewestFirst = [...callers].sort(([, one], [, other]) => one.atOnce - other.atOnce);
      const [who, own] = fewestFirst.find(([, each]) => each.waiting.size > 0) ?? [];
      if (who === undefined || own === undefined || own.atOnce >= free) return;
      const [next] = own.waiting;
      take(who, own);
      next?.();
    }
  };
  const forgetIdle = (who: string, own: Own): void => {
    // Somebody who gave up may be the last to know, after the caller has come back.
    if (own.atOnce === 0 && own.waiting.size === 0 && callers.get(who) === own) callers.delete(who);
  };
  return {
    async run(who, work, signal) {
      const own = callers.get(who) ?? { atOnce: 0, waiting: new Set() };
      callers.set(who, own);
      if (own.waiting.size === 0 && own.atOnce < free) take(who, own);
      else if (own.waiting.size >= waitingMax) throw limited(retryAfterMs);
      else await turnOf(own, signal).finally(() => forgetIdle(who, own));
      try {
        return await work();
      } finally {
        own.atOnce -= 1;
        free += 1;
        giveAway();
        forgetIdle(who, own);
      }
    },
  };
}

async function turnOf({ waiting }: Own, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const over = (end: () => void) => {
      waiting.delete(begin);
      signal.removeEventListener('abort', stop);
      end();
    };
    const begin = () => over(resolve);
    const stop = () => over(() => reject(signal.reason));
    waiting.add(begin);
    signal.addEventListener('abort', stop, { once: true });
  });
}
