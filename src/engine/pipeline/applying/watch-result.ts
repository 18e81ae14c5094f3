// Ends the process of an agent that has told how it ended and lives on: its work is done, and nothing is to be waited for
// (R-SES-5, R-SES-6).
import type { SessionEnd } from '../../../domain/machine/session.ts';
import { filePath } from '../../../sessions/session-files.ts';
import { sleep } from '../../../stdx/async/sleep.ts';
import type { Agent } from '../../ports/agent.ts';
import type { Work } from '../../run/work.ts';
import { reportOf } from './report-of.ts';
import { sizeOf, type TurnWatch } from './watch-calls.ts';

const lookEveryMs = 1_000;
/** Output that has not grown is read again after this many times the limit: some agents tell their end in another file. */
const readAgainAfter = 4;

/** `isCalling`: whether it waits for a model. A cut-off turn is none that has ended: a tool may be at work. */
export function watchResult(
  work: Work,
  agent: Agent,
  directory: string,
  isCalling: () => boolean,
): TurnWatch {
  const { exitMsMax } = work.settings;
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, work.signal]);
  let isOver = false;
  const watching = (async () => {
    let seen = -1;
    let quietSince = performance.now();
    let readAt = Number.NEGATIVE_INFINITY;
    while (!isOver) {
      await sleep(Math.min(lookEveryMs, exitMsMax), signal);
      const now = performance.now();
      const size = await outputSize(directory);
      if (size !== seen || isCalling()) {
        seen = size;
        quietSince = now;
        readAt = Number.NEGATIVE_INFINITY;
      } else if (now - quietSince >= exitMsMax && now - readAt >= readAgainAfter * exitMsMax) {
        readAt = now;
        isOver = await hasEnded(agent, directory);
      }
    }
  })();
  const ended = watching.catch((cause: unknown) => {
    if (!signal.aborted)
      work.logger.warn({ err: cause, directory }, 'could not watch for the result of an agent');
  });
  return {
    verdict: () => (isOver ? 'released' : null),
    close: async () => {
      over.abort();
      await ended;
    },
  };
}

async function hasEnded(agent: Agent, directory: string): Promise<boolean> {
  const now = new Date();
  const end: SessionEnd = { exitCode: null, signal: null, reason: null, startedAt: now, endedAt: now };
  const { finalEvent } = await reportOf(agent, { directory }, end);
  return finalEvent !== 'missing' && finalEvent !== 'cut_off';
}

async function outputSize(directory: string): Promise<number> {
  const sizes = await Promise.all(
    (['stdout', 'stderr'] as const).map((name) => sizeOf(filePath(directory, name))),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
