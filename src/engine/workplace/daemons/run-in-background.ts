// One supervised session that runs next to the other sessions of its worktree until it is released.
import { utimes } from 'node:fs/promises';
import type { SessionEnd } from '../../../domain/machine/session.ts';
import { filePath } from '../../../sessions/session-files.ts';
import { hasErrorCode } from '../../../stdx/system-error.ts';
import type { SessionRow } from '../../../store/work/sessions/session-rows.ts';
import type { Work } from '../../run/work.ts';
import { type Supervised, supervise } from '../sessions/supervise.ts';

export interface Beside {
  /** Resolves once the session runs and is watched; rejects if it ends before that, or cannot start. */
  started: Promise<SessionRow>;
  /** How the session ended; rejects if Moose stops before that, and leaves the session running for the next Moose. */
  ended: Promise<{ session: SessionRow; end: SessionEnd }>;
  hasEnded(): boolean;
  /** Stops the session with proof, once it has started. */
  release(): Promise<void>;
}

/** No step takes this long; the end of the step stops the session. */
const wallClockMs = 24 * 3_600_000;

export function runInBackground(
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
  // A caller that waits for either promise sees the failure, and neither rejection stays unhandled.
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

/**
 * Wakes the session's watcher, which checks immediately when a file of the session changes, and otherwise only now and
 * then.
 */
async function wake({ directory }: SessionRow): Promise<void> {
  const now = new Date();
  await utimes(filePath(directory, 'stdout'), now, now).catch((cause: unknown) => {
    if (!hasErrorCode(cause, 'ENOENT', 'EPERM')) throw cause;
  });
}
