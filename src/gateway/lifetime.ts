// How long a gateway lives: as long as a Moose is attached, a call is under way, or an agent on this machine may call.
import { sleep } from '../stdx/sleep.ts';

export interface Needs {
  /** Mooses that hold a connection to it. */
  attached(): number;
  calls(): number;
  /** Keys of sessions that have not ended; rejects where the database is away. */
  liveKeys(): Promise<number>;
}

export interface Lifetime {
  /** One that is attached says that it needs the gateway no longer; true where that ends it. */
  leave(): Promise<boolean>;
  /** Resolves when nobody needs it any more, or the signal is aborted. */
  over(signal: AbortSignal): Promise<void>;
}

const lookEveryMs = 100;
/** Who was killed may come back in a moment. */
const lingerMs = 2_000;
/** Without a database nobody can say whether an agent still needs it; for longer, none can be served either. */
const databaseAwayMsMax = 60_000;

export function lifetimeOf(needs: Needs): Lifetime {
  let isLeft = false;
  return {
    leave: async () => {
      const isLast = needs.attached() <= 1 && needs.calls() === 0;
      // Without a word of the database it stays, until it has been away for long.
      const isNeeded = !isLast || (await needs.liveKeys().catch(() => 1)) > 0;
      isLeft = !isNeeded;
      return isLeft;
    },
    over: async (signal) => {
      let neededAtMs = performance.now();
      let knownAtMs = performance.now();
      while (!isLeft && !signal.aborted) {
        await sleep(lookEveryMs, signal).catch(() => undefined);
        const nowMs = performance.now();
        const known = await isNeeded(needs);
        if (known !== null) knownAtMs = nowMs;
        if (known) neededAtMs = nowMs;
        if (known === false && nowMs - neededAtMs > lingerMs) return;
        if (nowMs - knownAtMs > databaseAwayMsMax) return;
      }
    },
  };
}

/** Null: nobody can say. */
async function isNeeded({ attached, calls, liveKeys }: Needs): Promise<boolean | null> {
  if (attached() > 0) return true;
  try {
    // Also a call that is under way waits for the database in the end.
    return (await liveKeys()) > 0 || calls() > 0;
  } catch {
    // The database is away; asked again.
    return null;
  }
}
