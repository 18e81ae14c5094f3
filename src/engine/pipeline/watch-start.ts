// Stops an agent that never began: it has neither printed anything nor called a model (R-GO-2).
import { stat } from 'node:fs/promises';
import type { StopReason } from '../../domain/session.ts';
import { filePath } from '../../sessions/session-files.ts';
import { sleep } from '../../stdx/sleep.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import type { Work } from '../run/work.ts';

const lookEveryMs = 1_000;

interface StartWatch {
  verdict(): StopReason | null;
  close(): Promise<void>;
}

/** `directory` is the session's own. After a restart of Moose, the limit starts again. */
export function watchStart(work: Work, directory: string, hasCalled: () => boolean): StartWatch {
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, work.signal]);
  const startedMs = performance.now();
  let verdict: StopReason | null = null;
  const watching = (async () => {
    while (!hasCalled() && !(await hasPrinted(directory))) {
      if (performance.now() - startedMs > work.settings.startMsMax) verdict = 'silent';
      if (verdict !== null) return;
      await sleep(Math.min(lookEveryMs, work.settings.startMsMax), signal);
    }
  })();
  const ended = watching.catch((cause: unknown) => {
    if (!signal.aborted) work.logger.warn({ err: cause, directory }, 'could not watch the start of an agent');
  });
  return {
    verdict: () => verdict,
    close: async () => {
      over.abort();
      await ended;
    },
  };
}

async function hasPrinted(directory: string): Promise<boolean> {
  const sizes = await Promise.all(
    (['stdout', 'stderr'] as const).map((name) => sizeOf(filePath(directory, name))),
  );
  return sizes.some((size) => size > 0);
}

async function sizeOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch (cause) {
    if (!hasErrorCode(cause, 'ENOENT')) throw cause;
    return 0;
  }
}
