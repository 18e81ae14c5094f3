// How long a gateway lives: as long as a Moose is attached, a call is under way, or an agent on this machine may call.
import { sleep } from '../stdx/sleep.ts';

export interface Needs {
  /** Mooses that hold a connection to it. */
  attached(): number;
  callsUnderWay(): number;
  /** Keys of sessions that have not ended; rejects where the database is away. */
  liveKeys(): Promise<number>;
}

const lookEveryMs = 250;
/** Who was killed may come back in a moment. */
const lingerMs = 2_000;
/** Without a database nobody can say whether an agent still needs it; for longer, none can be served either. */
const databaseAwayMsMax = 60_000;

export async function isNeeded(
  { attached, callsUnderWay, liveKeys }: Needs,
  othersMin = 0,
): Promise<boolean> {
  return attached() > othersMin || callsUnderWay() > 0 || (await liveKeys()) > 0;
}

/** Resolves when nobody needs it any more, or the signal is aborted. */
export async function untilUnneeded(needs: Needs, signal: AbortSignal): Promise<void> {
  let neededAtMs = performance.now();
  let knownAtMs = performance.now();
  while (!signal.aborted) {
    await sleep(lookEveryMs, signal).catch(() => undefined);
    const nowMs = performance.now();
    try {
      if (await isNeeded(needs)) neededAtMs = nowMs;
      knownAtMs = nowMs;
    } catch {
      // Asked again: the limit is on how long nobody can say.
      if (nowMs - knownAtMs > databaseAwayMsMax) return;
    }
    if (knownAtMs - neededAtMs > lingerMs) return;
  }
}
