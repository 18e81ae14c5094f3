// Runs periodic jobs, each in one process at a time, and slow ones once per period regardless of the number of
// processes. A job that fails does not affect the others and runs again next time.
import type { Logger } from 'pino';
import type { MooseError } from '../../../domain/failure.ts';
import { failuresIn } from '../../../stdx/async/several-failures.ts';
import { startWakeLoop } from '../../../stdx/async/wake-loop.ts';
import { toMooseError } from '../../errors/to-moose-error.ts';

export interface PeriodicJob {
  /** Also the name of its lock: one process per database runs the job at a time. */
  name: string;
  everyMs: number;
  /** A slow job that is rung does not wait for its turn, but runs at most this often. */
  rungEveryMs?: number;
  /** Only this process has the job, so it needs no lock. */
  isOwn?: true;
  /** May be stopped at any moment, and starts again the next time. */
  run(signal: AbortSignal): Promise<void>;
}

/** Quicker jobs are cheap, and some are rung: they run in each process. */
const turnsFromMs = 10_000;
/** Another process may have just taken the turn that this one was waiting for. */
const turnWaitMsMin = 1_000;

export interface PeriodicJobsDeps {
  jobs: readonly PeriodicJob[];
  /** False if another process runs this job now. */
  tryLock(name: string): Promise<boolean>;
  unlock(name: string): Promise<void>;
  /** Takes this process's turn at a job of all processes. Returns 0 then, otherwise the time until a turn is due. */
  takeTurn(turn: { job: string; everyMs: number; isFirst: boolean }, signal: AbortSignal): Promise<number>;
  logger: Logger;
  /** Called for each failure of a job; must not throw. */
  onFailure(job: string, error: MooseError): void;
  watch?: JobWatch;
}

export interface JobWatch {
  /** Called when a job begins; the result is called at its end. Neither may throw. */
  begin(job: string): (end: JobEnd) => void;
}

export type JobEnd = 'done' | 'stopped' | MooseError;

export interface PeriodicJobs {
  /**
   * Runs a job immediately; if it is running, directly afterwards. A job of ten seconds or more waits for its turn, or
   * as long as its `rungEveryMs` says.
   */
  ring(name: string): void;
  close(): Promise<void>;
}

export function startPeriodicJobs(deps: PeriodicJobsDeps): PeriodicJobs {
  const stop = new AbortController();
  const loops = new Map(
    deps.jobs.map((job) => {
      const asked = { isFirst: true, isRung: false };
      const once = async () => {
        const waitMs = await doOnce(deps, job, asked, stop.signal);
        asked.isFirst = false;
        return waitMs;
      };
      const loop = startWakeLoop(once, stop.signal);
      const ring = () => {
        asked.isRung = true;
        loop.ring();
      };
      return [job.name, { ring, ended: loop.ended }];
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

/** Returns the time until the next try. */
async function doOnce(
  { tryLock, unlock, takeTurn, logger, onFailure, watch }: PeriodicJobsDeps,
  job: PeriodicJob,
  asked: { isFirst: boolean; isRung: boolean },
  signal: AbortSignal,
): Promise<number> {
  const { name, everyMs } = job;
  const { isFirst } = asked;
  const turnMs = asked.isRung ? Math.min(everyMs, job.rungEveryMs ?? everyMs) : everyMs;
  const lock = `job:${name}`;
  try {
    if (job.isOwn) {
      await job.run(signal);
      return everyMs;
    }
    if (!(await tryLock(lock))) return everyMs;
    try {
      const waitMs =
        everyMs < turnsFromMs ? 0 : await takeTurn({ job: name, everyMs: turnMs, isFirst }, signal);
      if (waitMs > 0) return Math.max(waitMs, turnWaitMsMin);
      // Before the job, so that a ring while it runs counts.
      asked.isRung = false;
      await runWatched(job, watch, signal);
    } finally {
      await unlock(lock);
    }
  } catch (cause) {
    if (signal.aborted) return everyMs;
    for (const failure of failuresIn(cause)) {
      const error = toMooseError(failure, 'jobs', name);
      logger.warn({ err: error, job: name }, 'a periodic job failed; it runs again next time');
      onFailure(name, error);
    }
  }
  return everyMs;
}

async function runWatched(job: PeriodicJob, watch: JobWatch | undefined, signal: AbortSignal): Promise<void> {
  const ended = watch?.begin(job.name);
  try {
    await job.run(signal);
    ended?.('done');
  } catch (cause) {
    ended?.(signal.aborted ? 'stopped' : toMooseError(cause, 'jobs', job.name));
    throw cause;
  }
}
