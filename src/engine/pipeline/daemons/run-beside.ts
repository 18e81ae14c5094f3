// One supervised session that runs beside the others of its worktree until it is released.
import { utimes } from 'node:fs/promises';
import type { SessionEnd } from '../../../domain/session.ts';
import { filePath } from '../../../sessions/session-files.ts';
import { hasErrorCode } from '../../../stdx/system-error.ts';
import type { SessionRow } from '../../../store/work/session-rows.ts';
import type { Work } from '../../run/work.ts';
import { type Supervised, supervise } from '../supervise.ts';

export interface Beside {
  /** Once it runs and is watched; also rejects if it ends before, or cannot start. */
  started: Promise<SessionRow>;
  /** How it ended; rejects if Moose stops before, and leaves it running for the next one. */
  ended: Promise<{ session: SessionRow; end: SessionEnd }>;
  hasEnded(): boolean;
  /** Stops it with proof, after it has started. */
  release(): Promise<void>;
}

/** No step takes this long; the step ends it. */
const wallClockMs = 24 * 3_600_000;

export function runBeside(
  work: Work,
  asked: Omit<Supervised, 'purpose' | 'wallClockMs' | 'silenceMs' | 'watch'> & { wallClockMs?: number },
): Beside {
  let isReleased = false;
  let isOver = false;
  const begun = Promise.withResolvers<SessionRow>();
  const ended = supervise(work, {
    wallClockMs,
    ...asked,
    purpose: 'service',
    silenceMs: Number.POSITIVE_INFINITY,
    watch: (session) => {
      begun.resolve(session);
      return { verdict: () => (isReleased ? 'released' : null), close: async () => undefined };
    },
  }).finally(() => {
    isOver = true;
  });
  // Whoever waits for one of the two sees the failure; neither is ever nobody's.
  ended.then(({ session }) => begun.resolve(session), begun.reject);
  void Promise.allSettled([begun.promise]);
  return {
    started: begun.promise,
    ended,
    hasEnded: () => isOver,
    release: async () => {
      isReleased = true;
      const session = await begun.promise;
      if (!isOver) await wake(session);
      await ended;
    },
  };
}

/** Its watcher looks at once when a file of the session changes, and else only from time to time. */
async function wake({ directory }: SessionRow): Promise<void> {
  const now = new Date();
  await utimes(filePath(directory, 'stdout'), now, now).catch((cause: unknown) => {
    if (!hasErrorCode(cause, 'ENOENT', 'EPERM')) throw cause;
  });
}
