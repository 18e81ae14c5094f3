// Limits how many requests of one caller are answered at the same time: they share the connections to the database with
// everybody else, and with the work itself. The others of the same caller wait, first come, first served.
import { limited } from './rate-limit.ts';

export interface Turns {
  /** @throws `RATE_LIMITED` if too many of this caller wait already, or the reason of `signal` */
  run<T>(who: string, work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

interface Own {
  atOnce: number;
  /** In the order in which they came; calling one gives it the turn. */
  waiting: Set<() => void>;
}

const retryAfterMs = 1_000;

export function createTurns({ atOnceMax, waitingMax }: { atOnceMax: number; waitingMax: number }): Turns {
  const callers = new Map<string, Own>();
  return {
    async run(who, work, signal) {
      const own = callers.get(who) ?? { atOnce: 0, waiting: new Set() };
      callers.set(who, own);
      if (own.atOnce < atOnceMax) own.atOnce += 1;
      else if (own.waiting.size < waitingMax) await turnOf(own, signal);
      else throw limited(retryAfterMs);
      try {
        return await work();
      } finally {
        const [next] = own.waiting;
        if (next) next();
        else own.atOnce -= 1;
        if (own.atOnce === 0) callers.delete(who);
      }
    },
  };
}

function turnOf({ waiting }: Own, signal: AbortSignal): Promise<void> {
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
