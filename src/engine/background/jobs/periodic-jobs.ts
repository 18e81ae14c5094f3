// Runs periodic jobs, each in one process at a time, and slow ones once per period regardless of the number of
// processes. A job that fails does not affect the others and runs again next time. One clock for all of them asks in one
// statement which ones have something to do; only these take their lock.
import type { Logger } from 'pino';
import type { MooseError } from '../../../domain/failure.ts';
import { failuresIn } from '../../../stdx/async/several-failures.ts';
import { rest, startWakeLoop, type WakeLoop } from '../../../stdx/async/wake-loop.ts';
import type { AskedJob, Due } from '../../../store/work/runs/due-jobs.ts';
import { toMooseError } from '../../errors/to-moose-error.ts';

export interface PeriodicJob {
  /** Also the name of its lock: one process per database runs the job at a time. */
  name: string;
  everyMs: number;
  /** A slow job that is rung does not wait for its turn, but runs at most this often. */
  rungEveryMs?: number;
  /** Only this process has the job, so it needs no lock. */
  isOwn?: true;
  /**
   * Whether the job would find something to do, in SQL; it may say yes too often, and never no too often. Absent: it runs
   * in each period.
   */
  due?: Due;
  /** May be stopped at any moment, and starts again the next time. */
  run(signal: AbortSignal): Promise<void>;
}

/** Quicker jobs are cheap, and some are rung: they run in each process. */
const turnsFromMs = 10_000;
/** Another process may have just taken the turn that this one was waiting for. */
const turnWaitMsMin = 1_000;
/** Jobs run on a tick, so that many are asked about together, and quicker ones on whole seconds. */
const tickMs = 5_000;
const secondMs = 1_000;
/** So that a job of ten seconds runs with each tenth tick, and not with each eleventh. */
const turnSlackMs = 500;
/** Jobs that are due at one moment begin one after the other, and none waits longer than this for the one before. */
const asideMs = 200;
const tickMsMax = 10_000;
/** The answer takes a few milliseconds. */
const askMsMax = 15_000;
/** The name under which people are told if the question does not end. */
const askName = 'ask for due jobs';

export interface PeriodicJobsDeps {
  jobs: readonly PeriodicJob[];
  /** False if another process runs this job now. */
  tryLock(name: string): Promise<boolean>;
  unlock(name: string): Promise<void>;
  /** Takes this process's turn at a job of all processes. Returns 0 then, otherwise the time until a turn is due. */
  takeTurn(turn: { job: string; everyMs: number; isFirst: boolean }, signal: AbortSignal): Promise<number>;
  /**
   * Asks which of the jobs with these names are due. Returns the time until each is due, 0 if it is now; a job without
   * work is not in it.
   */
  dueOf(
    jobs: readonly AskedJob[],
  ): (names: readonly string[], signal: AbortSignal) => Promise<Map<string, number>>;
  /** How long an answer of `dueOf` may take. */
  askMsMax?: number;
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

/** A job in this process. */
interface Kept {
  readonly job: PeriodicJob;
  nextAtMs: number;
  isFirst: boolean;
  /** It does not wait for its own turn, until it has run. */
  isRung: boolean;
  /** It runs as soon as it can. */
  isCalled: boolean;
  /** It runs, or the database is being asked about it. */
  isBusy: boolean;
  /** It failed when it was last tried, or has not been tried yet: then an alert may be open, also of an earlier process. */
  mayFail: boolean;
}

export function startPeriodicJobs(deps: PeriodicJobsDeps): PeriodicJobs {
  const clock = new Clock(deps);
  return { ring: (name) => clock.ring(name), close: () => clock.close() };
}

class Clock implements PeriodicJobs {
  readonly #deps: PeriodicJobsDeps;
  readonly #jobs: Map<string, Kept>;
  readonly #ask: ReturnType<PeriodicJobsDeps['dueOf']>;
  readonly #stop = new AbortController();
  readonly #underWay = new Set<Promise<void>>();
  readonly #loop: WakeLoop;
  #wakesAtMs = 0;
  /** A question has not been answered in time. */
  #isHanging = false;

  constructor(deps: PeriodicJobsDeps) {
    this.#deps = deps;
    const state = {
      nextAtMs: 0,
      isFirst: true,
      isRung: false,
      isCalled: false,
      isBusy: false,
      mayFail: true,
    };
    this.#jobs = new Map(deps.jobs.map((job) => [job.name, { job, ...state }]));
    this.#ask = deps.dueOf(
      deps.jobs.filter(isAsked).map((job) => {
        const { name, everyMs, due } = job;
        return { name, due, turnMs: hasTurns(job) ? everyMs - turnSlackMs : null };
      }),
    );
    this.#loop = startWakeLoop(async () => this.#tick(), this.#stop.signal);
  }

  ring(name: string): void {
    const kept = this.#jobs.get(name);
    if (!kept) return;
    kept.isRung = true;
    kept.isCalled = true;
    if (!kept.isBusy) this.#loop.ring();
  }

  async close(): Promise<void> {
    this.#stop.abort(new DOMException('Moose is stopping', 'AbortError'));
    await this.#loop.ended;
    await Promise.all(this.#underWay);
  }

  /** Begins what is due, and does not wait for it. Returns the time until the next tick. */
  #tick(): number {
    const nowMs = performance.now();
    const idle = Array.from(this.#jobs.values()).filter(({ isBusy }) => !isBusy);
    const due = Map.groupBy(
      idle.filter(({ isCalled, nextAtMs }) => isCalled || nextAtMs <= nowMs),
      wayOf,
    );
    for (const kept of due.get('at once') ?? []) this.#begin([kept], () => this.#run(kept));
    const [unasked = [], asked = []] = [due.get('in turn'), due.get('if it has work')];
    if (unasked.length > 0) this.#begin(unasked, () => this.#runInTurn(unasked));
    if (asked.length > 0) this.#begin(asked, () => this.#runDue(asked));
    const next = idle.filter(({ isBusy }) => !isBusy).map(({ nextAtMs }) => nextAtMs);
    this.#wakesAtMs = Math.min(nowMs + tickMsMax, ...next);
    return this.#wakesAtMs - nowMs;
  }

  #begin(jobs: readonly Kept[], act: () => Promise<void>): void {
    for (const kept of jobs) kept.isBusy = true;
    const ended = act().finally(() => this.#underWay.delete(ended));
    this.#underWay.add(ended);
  }

  async #runDue(asked: readonly Kept[]): Promise<void> {
    const waits = await this.#waitsOf(asked);
    const due: Kept[] = [];
    for (const kept of asked) {
      const waitMs = waits.get(kept.job.name);
      if (waitMs === 0 || kept.isCalled) due.push(kept);
      else this.#end(kept, waitMs === undefined ? kept.job.everyMs : turnWait(waitMs));
    }
    await this.#runInTurn(due);
  }

  /** If the statement fails, each job is asked about alone: what is wrong with one of them does not hold up the others. */
  async #waitsOf(asked: readonly Kept[]): Promise<Map<string, number>> {
    const { signal } = this.#stop;
    if (this.#isHanging) return dueNow(asked);
    const ended = this.#deps.watch?.begin(askName);
    try {
      const waits = await this.#askInTime(asked.map(({ job }) => job.name));
      ended?.('done');
      if (waits === null) return dueNow(asked);
      for (const kept of asked) if (!waits.has(kept.job.name)) this.#foundNothing(kept);
      return waits;
    } catch (cause) {
      ended?.('stopped');
      if (signal.aborted) return new Map();
      const [only, ...more] = asked;
      if (only && more.length === 0) this.#unknown(only, cause);
      // It may have work: the job itself says what is wrong.
      if (more.length === 0) return dueNow(asked);
      this.#deps.logger.warn(
        { err: cause },
        'could not ask about due jobs together; asking about each alone',
      );
      const alone: [string, number][] = [];
      for (const kept of asked) alone.push(...(await this.#waitsOf([kept])));
      return new Map(alone);
    }
  }

  /** Null if there is no answer in time, as while a person keeps a table locked: then nothing is asked until there is one. */
  async #askInTime(names: readonly string[]): Promise<Map<string, number> | null> {
    const asking = this.#ask(names, this.#stop.signal);
    const over = new AbortController();
    const late = rest(this.#deps.askMsMax ?? askMsMax, over.signal).then(() => null);
    const waits = await Promise.race([asking, late]).finally(() => over.abort());
    if (waits !== null || this.#stop.signal.aborted) return waits;
    this.#deps.logger.warn({ jobs: names.length }, 'no answer about due jobs: all of them run');
    this.#isHanging = true;
    const settled = () => {
      this.#isHanging = false;
    };
    void asking.then(settled, settled);
    return null;
  }

  /** Counts as a success, as if it had run: what was wrong is over. */
  #foundNothing(kept: Kept): void {
    if (kept.mayFail && !kept.job.isOwn) this.#deps.watch?.begin(kept.job.name)('done');
    kept.mayFail = false;
  }

  #unknown(kept: Kept, cause: unknown): void {
    const { name, isOwn } = kept.job;
    kept.mayFail = true;
    if (!isOwn) this.#deps.watch?.begin(name)(toMooseError(cause, 'jobs', name));
    report(this.#deps, name, cause);
  }

  /** Many at once would need as many connections to the database. */
  async #runInTurn(jobs: readonly Kept[]): Promise<void> {
    const runs: Promise<void>[] = [];
    for (const kept of jobs) {
      const over = new AbortController();
      runs.push(this.#run(kept).finally(() => over.abort()));
      await rest(asideMs, over.signal);
    }
    await Promise.all(runs);
  }

  async #run(kept: Kept): Promise<void> {
    kept.isCalled = false;
    const waitMs = await doOnce(this.#deps, kept, this.#stop.signal);
    kept.isFirst = false;
    this.#end(kept, waitMs);
  }

  #end(kept: Kept, waitMs: number): void {
    kept.isBusy = false;
    kept.nextAtMs = nextTick(performance.now(), waitMs);
    if (kept.isCalled || kept.nextAtMs < this.#wakesAtMs) this.#loop.ring();
  }
}

const dueNow = (asked: readonly Kept[]) => new Map(asked.map(({ job }) => [job.name, 0]));
const hasTurns = ({ isOwn, everyMs }: PeriodicJob) => !isOwn && everyMs >= turnsFromMs;
const isAsked = (job: PeriodicJob) => job.due !== undefined || hasTurns(job);
const turnWait = (waitMs: number) => Math.max(Math.ceil(waitMs / secondMs) * secondMs, turnWaitMsMin);
const floorTo = (atMs: number, stepMs: number) => Math.floor(atMs / stepMs) * stepMs;

/** Not later than asked for, and at least a second from now if the wait is longer than that. */
function nextTick(nowMs: number, waitMs: number): number {
  if (waitMs < tickMs) return floorTo(nowMs + waitMs, Math.min(secondMs, waitMs));
  const onTickMs = floorTo(nowMs + waitMs, tickMs);
  // A job that has just ended when the tick comes gets onto it in its second period.
  return onTickMs - nowMs >= secondMs ? onTickMs : onTickMs + tickMs - 2 * secondMs;
}

function wayOf({ job, isFirst, isRung }: Kept): 'at once' | 'in turn' | 'if it has work' {
  if (isRung || (job.isOwn && !job.due)) return 'at once';
  // A process that has just started takes each turn.
  return isAsked(job) && !(isFirst && hasTurns(job)) ? 'if it has work' : 'in turn';
}

/** Returns the time until the next try. */
async function doOnce(deps: PeriodicJobsDeps, kept: Kept, signal: AbortSignal): Promise<number> {
  const { tryLock, unlock, takeTurn, watch } = deps;
  const { job, isFirst, isRung } = kept;
  const { name, everyMs } = job;
  const lock = `job:${name}`;
  if (signal.aborted) return everyMs;
  try {
    if (job.isOwn) {
      kept.isRung = false;
      await job.run(signal);
      return everyMs;
    }
    if (!(await tryLock(lock))) return everyMs;
    try {
      const turnMs = (isRung ? Math.min(everyMs, job.rungEveryMs ?? everyMs) : everyMs) - turnSlackMs;
      const waitMs = hasTurns(job) ? await takeTurn({ job: name, everyMs: turnMs, isFirst }, signal) : 0;
      if (waitMs > 0) return turnWait(waitMs);
      // Before the job, so that a ring while it runs counts.
      kept.isRung = false;
      await runWatched(job, watch, signal);
      kept.mayFail = false;
    } finally {
      await unlock(lock);
    }
  } catch (cause) {
    if (signal.aborted) return everyMs;
    kept.mayFail = true;
    report(deps, name, cause);
  }
  return everyMs;
}

function report({ logger, onFailure }: PeriodicJobsDeps, name: string, cause: unknown): void {
  for (const failure of failuresIn(cause)) {
    const error = toMooseError(failure, 'jobs', name);
    logger.warn({ err: error, job: name }, 'a periodic job failed; it runs again next time');
    onFailure(name, error);
  }
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
