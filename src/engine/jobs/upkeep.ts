// Runs periodic jobs, each in one process at a time: a job that fails does not affect the others and runs again next
// time.
import type { Logger } from 'pino';
import { sleep } from '../../stdx/sleep.ts';
import { toMooseError } from '../errors/to-moose-error.ts';

export interface UpkeepJob {
  /** Also the name of its lock: one process per database runs the job at a time. */
  name: string;
  everyMs: number;
  /** May be stopped at any moment, and starts again the next time. */
  run(signal: AbortSignal): Promise<void>;
}

export interface UpkeepDeps {
  jobs: readonly UpkeepJob[];
  /** False if another process runs this job now. */
  tryLock(name: string): Promise<boolean>;
  unlock(name: string): Promise<void>;
  logger: Logger;
  /** Called for each failure of a job; must not throw. */
  onFailure(job: string, error: ReturnType<typeof toMooseError>): void;
}

export interface Upkeep {
  /** Runs a job immediately; if it is running, directly afterwards. */
  ring(name: string): void;
  close(): Promise<void>;
}

export function startUpkeep(deps: UpkeepDeps): Upkeep {
  const stop = new AbortController();
  const bells = new Map<string, AbortController>();
  const loops = deps.jobs.map((job) => keepDoing(deps, job, bells, stop.signal));
  return {
    ring: (name) => bells.get(name)?.abort(),
    close: async () => {
      stop.abort(new DOMException('Moose is stopping', 'AbortError'));
      await Promise.all(loops);
    },
  };
}

async function keepDoing(
  deps: UpkeepDeps,
  job: UpkeepJob,
  bells: Map<string, AbortController>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    // Registered before the job runs, so that a signal meanwhile is not lost.
    const bell = new AbortController();
    bells.set(job.name, bell);
    await doOnce(deps, job, signal);
    await sleep(job.everyMs, AbortSignal.any([signal, bell.signal])).catch(() => undefined);
  }
}

async function doOnce(
  { tryLock, unlock, logger, onFailure }: UpkeepDeps,
  job: UpkeepJob,
  signal: AbortSignal,
) {
  const lock = `upkeep:${job.name}`;
  try {
    if (!(await tryLock(lock))) return;
    try {
      await job.run(signal);
    } finally {
      await unlock(lock);
    }
  } catch (cause) {
    if (signal.aborted) return;
    const error = toMooseError(cause, 'upkeep', job.name);
    logger.warn({ err: error, job: job.name }, 'upkeep failed; it runs again next time');
    onFailure(job.name, error);
  }
}
