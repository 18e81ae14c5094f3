// Runs periodic jobs, each in one process at a time: a job that fails does not affect the others and runs again next
// time.
import type { Logger } from 'pino';
import { startWakeLoop } from '../../stdx/wake-loop.ts';
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
  const loops = new Map(
    deps.jobs.map((job) => {
      const once = async () => {
        await doOnce(deps, job, stop.signal);
        return job.everyMs;
      };
      return [job.name, startWakeLoop(once, stop.signal)];
    }),
  );
  return {
    ring: (name) => loops.get(name)?.ring(),
    close: async () => {
      stop.abort(new DOMException('Moose is stopping', 'AbortError'));
      await Promise.all(Array.from(loops.values(), ({ ended }) => ended));
    },
  };
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
