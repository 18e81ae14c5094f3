// How long a gateway lives: while a Moose is attached, a call is in flight, or an agent on this machine may call.
import { rest } from '../../stdx/async/wake-loop.ts';

export interface Needs {
  /** Number of attached Moose processes. */
  attached(): number;
  calls(): number;
  /** Number of keys of sessions that have not ended; rejects if the database is unavailable. */
  liveKeys(): Promise<number>;
}

export interface Lifetime {
  /** Called when an attached Moose no longer needs the gateway; true if the gateway ends because of that. */
  leave(): Promise<boolean>;
  /** Called when a Moose is no longer attached, whether it left or died. */
  detached(): void;
  /** Resolves when nobody needs the gateway any more, or when the signal is aborted. */
  over(signal: AbortSignal): Promise<void>;
}

const lookEveryMs = 100;
/** As long as a Moose is attached, nothing is looked at. */
const attachedMsMax = 60_000;
/** A killed Moose may restart within this time. */
export const lingerMs = 2_000;
/**
 * Without the database nobody knows whether an agent still needs it; after this time, no call could be served anyway.
 */
const databaseAwayMsMax = 60_000;

export function lifetimeOf(needs: Needs): Lifetime {
  let isLeft = false;
  let bell = new AbortController();
  return {
    detached: () => bell.abort(),
    leave: async () => {
      const isLast = needs.attached() <= 1 && needs.calls() === 0;
      // If the database does not answer, the gateway stays, until the database has been unavailable for too long.
      const isNeeded = !isLast || (await needs.liveKeys().catch(() => 1)) > 0;
      isLeft = !isNeeded;
      if (isLeft) bell.abort();
      return isLeft;
    },
    over: async (signal) => {
      let neededAtMs = performance.now();
      let knownAtMs = performance.now();
      while (!isLeft && !signal.aborted) {
        bell = new AbortController();
        const wasAttached = needs.attached() > 0;
        await rest(wasAttached ? attachedMsMax : lookEveryMs, AbortSignal.any([signal, bell.signal]));
        const nowMs = performance.now();
        // Both waits begin when the last one goes, however long ago the last look was.
        if (wasAttached) neededAtMs = knownAtMs = nowMs;
        const known = await isNeeded(needs);
        if (known !== null) knownAtMs = nowMs;
        if (known) neededAtMs = nowMs;
        if (known === false && nowMs - neededAtMs > lingerMs) return;
        if (nowMs - knownAtMs > databaseAwayMsMax) return;
      }
    },
  };
}

/** Null if unknown. */
async function isNeeded({ attached, calls, liveKeys }: Needs): Promise<boolean | null> {
  if (attached() > 0) return true;
  try {
    // A call in flight will also have to wait for the database.
    return (await liveKeys()) > 0 || calls() > 0;
  } catch {
    // The database is unavailable; ask again.
    return null;
  }
}
