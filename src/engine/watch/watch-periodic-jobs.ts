// Tells people about a periodic job that keeps failing or does not end: one alert for each job and machine, until the job
// succeeds there again.

import type { Logger } from 'pino';
import { isMooseError, type MooseError } from '../../domain/failure.ts';
import { asSentence } from '../../domain/text/sentence.ts';
import type { Database } from '../../store/database.ts';
import { type AlertFields, openAlertKeys, resolveAlert } from '../../store/failures/alerts.ts';
import type { JobEnd, JobWatch } from '../background/jobs/periodic-jobs.ts';
import { raiseAndNotify } from '../background/notify/raise-and-notify.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import { watchFindings } from './failure-catalogue.ts';

export interface WatchPeriodicJobsDeps {
  database: Database;
  logger: Logger;
  host: string;
  limits?: PeriodicJobLimits;
}

export interface PeriodicJobLimits {
  /** How long a job may fail with what does not go away by itself. */
  failingMs: number;
  /** How long a job may fail with what usually goes away, such as a forge or a network that is down. */
  troubledMs: number;
  /** How long one run of a job may take. */
  runningMs: number;
}

const minuteMs = 60_000;
const defaultLimits: PeriodicJobLimits = {
  failingMs: 10 * minuteMs,
  troubledMs: 6 * 60 * minuteMs,
  runningMs: 60 * minuteMs,
};
/** A single failure is no pattern, however rarely the job runs. */
const failuresMin = 2;
const prefix = 'job:';

export interface PeriodicJobsWatch extends JobWatch {
  close(): Promise<void>;
}

export function watchPeriodicJobs(deps: WatchPeriodicJobsDeps): PeriodicJobsWatch {
  return new AlertingWatch(deps);
}

interface JobAlert extends Pick<AlertFields, 'code' | 'message'> {
  advice: string;
  /** Whether it is no longer so: it may have waited long for the database. */
  isOver(): boolean;
}

class AlertingWatch implements PeriodicJobsWatch {
  readonly #deps: WatchPeriodicJobsDeps;
  readonly #limits: PeriodicJobLimits;
  readonly #stop = new AbortController();
  readonly #failing = new Map<string, { sinceMs: number; times: number }>();
  /** The keys of alerts that may be open, also of earlier processes; null until they were read. */
  #raised: Set<string> | null = null;
  #turn: Promise<void> = Promise.resolve();

  constructor(deps: WatchPeriodicJobsDeps) {
    this.#deps = deps;
    this.#limits = deps.limits ?? defaultLimits;
  }

  begin(job: string): (end: JobEnd) => void {
    let hasEnded = false;
    const tell = () =>
      this.#raise(job, {
        ...watchFindings.UPKEEP_HANGS({
          job,
          host: this.#deps.host,
          minutes: Math.round(this.#limits.runningMs / minuteMs),
        }),
        isOver: () => hasEnded,
      });
    const timer = setTimeout(tell, this.#limits.runningMs).unref();
    return (end) => {
      hasEnded = true;
      clearTimeout(timer);
      if (end === 'done') this.#succeeded(job);
      else if (end !== 'stopped') this.#failed(job, end);
    };
  }

  async close(): Promise<void> {
    this.#stop.abort(new DOMException('Moose is stopping', 'AbortError'));
    await this.#turn;
  }

  #failed(job: string, error: MooseError): void {
    const { sinceMs, times } = this.#failing.get(job) ?? { sinceMs: performance.now(), times: 0 };
    this.#failing.set(job, { sinceMs, times: times + 1 });
    const limitMs = error.retryable ? this.#limits.troubledMs : this.#limits.failingMs;
    if (times + 1 < failuresMin || performance.now() - sinceMs < limitMs) return;
    this.#raise(job, {
      ...watchFindings.UPKEEP_FAILS({ job, host: this.#deps.host, problem: asSentence(error.message) }),
      advice: error.advice ?? '',
      isOver: () => !this.#failing.has(job),
    });
  }

  #raise(job: string, { code, message, advice, isOver }: JobAlert): void {
    const key = this.#keyOf(job);
    this.#raised?.add(key);
    this.#inTurn(() => {
      // If the open alerts have just been read, this one is not among them.
      this.#raised?.add(key);
      return this.#deps.database.transaction(async (query) => {
        if (isOver()) return;
        const of = { severity: 'high', component: 'jobs', operation: job } as const;
        await raiseAndNotify(query, { key, ...of, code, message }, advice);
      }, this.#stop.signal);
    });
  }

  /** A job that runs every few seconds must not ask the database each time. */
  #succeeded(job: string): void {
    this.#failing.delete(job);
    const key = this.#keyOf(job);
    if (this.#raised !== null && !this.#raised.has(key)) return;
    this.#inTurn(async () => {
      if (!this.#raised?.has(key)) return;
      await this.#deps.database.run((query) => resolveAlert(query, key, 'moose'), this.#stop.signal);
      this.#raised.delete(key);
    });
  }

  #keyOf(job: string): string {
    return `${prefix}${job}@${this.#deps.host}`;
  }

  /** In turn, so that an alert never comes after the success that ends it. */
  #inTurn(act: () => Promise<unknown>): void {
    const { database, logger } = this.#deps;
    const { signal } = this.#stop;
    this.#turn = this.#turn.then(async () => {
      if (signal.aborted) return;
      try {
        this.#raised ??= new Set(await database.run((query) => openAlertKeys(query, prefix), signal));
        await act();
      } catch (cause) {
        if (signal.aborted && !isMooseError(cause)) return;
        logger.warn(
          { err: toMooseError(cause, 'watch', 'jobs') },
          'could not write an alert about the periodic jobs',
        );
      }
    });
  }
}
