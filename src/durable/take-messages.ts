// Takes messages from the queue, as long as there is room for the legs that they begin, and carries out those legs.
import { EventEmitter } from 'node:events';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { RunId } from '../domain/ids.ts';
import { sleep } from '../stdx/async/sleep.ts';
import { type Leg, legTask } from './enqueue-run.ts';
import { queueOptions, run, warningsOf } from './graphile-worker.ts';
import type { Slots } from './slots.ts';

/** Without a bell, which also rings for a delayed leg that has become due. */
const lookEveryMs = 5_000;
/**
 * How many of the places are hands: as many messages are decided about at the same time, so that after a restart runs are
 * taken up together, and one whose repository is far away keeps nobody waiting.
 */
const handsShare = 0.5;
/** Messages of one look for which there was no room return to the queue after this time. */
const tooManyMs = 100;
/** Hands that only wait for room stop then. */
const stopMs = 100;
const restartDelayMs = 1_000;
/** Longer than it takes to ask a remote that does not answer, several times. */
const decideMsMax = 5 * 60_000;
/**
 * A runner that cannot record the ends of messages stops, but may never say so: it counts its open records wrong if two of
 * them fail. It gets this time.
 */
const brokenRunnerMs = 2_000;

interface TakeOptions {
  pool: pg.Pool;
  places: Places;
  logger: Logger;
  /** Aborted when this process takes no new work. */
  signal: AbortSignal;
  /**
   * Begins a leg in a reserved place, and resolves when its run is taken up, or need not be; rejects if that could not be
   * decided.
   */
  begin(leg: Leg): Promise<void>;
  /** The queue knows this process by another name now. */
  onName(queueWorker: string): void;
}

/** Takes messages until the signal is aborted, and resolves when none is in its hands. Never rejects. */
export async function takeMessages(options: TakeOptions): Promise<void> {
  const { pool, signal, logger, onName } = options;
  const warn = warningsOf(logger);
  const names: string[] = [];
  const events = new EventEmitter();
  events.on('pool:create', ({ workerPool: { id } }: { workerPool: { id: string } }) => {
    names.push(id);
    onName(id);
  });
  while (!signal.aborted) {
    try {
      // What it had in its hands under another name.
      if (names.length > 0) await pool.query('select moose_queue.force_unlock_workers($1::text[])', [names]);
      names.length = 0;
      await takeOnce(options, events);
    } catch (cause) {
      if (!signal.aborted) warn(`could not take work from the queue; retrying: ${cause}`);
    }
    await sleep(restartDelayMs, signal).catch(() => undefined);
  }
}

/**
 * Ends with the signal, or if the queue could not record the end of a message: then nobody knows its state. Messages that
 * are still in hand then come again, which starts nothing twice.
 */
async function takeOnce(
  { pool, places, logger, signal, begin }: TakeOptions,
  events: EventEmitter,
): Promise<void> {
  const hands = await places.reserveSome(Math.ceil(places.count * handsShare), signal);
  if (hands === 0) return;
  let reserved = hands;
  try {
    const runner = await run({
      ...queueOptions(pool, logger),
      events,
      concurrency: hands,
      noHandleSignals: true,
      parsedCronItems: [],
      preset: {
        worker: {
          pollInterval: lookEveryMs,
          localQueue: { size: hands, ttl: tooManyMs },
          gracefulShutdownAbortTimeout: stopMs,
          // A failure to record an end is told to the runner; otherwise nobody would catch it.
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
        },
      },
      taskList: {
        [legTask]: async (payload, { abortSignal }) => {
          reserved -= 1;
          try {
            await begin(payload as Leg);
          } finally {
            // The next message needs a place too. Until there is one, this message stays in hand.
            if (await places.reserve(abortSignal)) reserved += 1;
          }
        },
      },
    });
    const stop = () => void runner.stop().catch(() => undefined);
    const broken = Promise.withResolvers<void>();
    events.once('pool:fatalError', broken.resolve);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      await Promise.race([runner.promise, broken.promise.then(() => sleep(brokenRunnerMs))]);
    } finally {
      events.off('pool:fatalError', broken.resolve);
      signal.removeEventListener('abort', stop);
    }
  } finally {
    places.free(reserved);
  }
}

/**
 * Carries a run as far as possible now, if it is at this leg and no other process has it. Rejects with the signal's
 * reason, or if the run could not be taken up or ended. `onTaken`: the run is this process's now.
 */
export type Execute = (
  runId: RunId,
  engine: { executorId: string; slots: Slots; leg: number; drains: AbortSignal; onTaken: () => void },
  signal: AbortSignal,
) => Promise<void>;

interface LegsDeps {
  executorId: string;
  execute: Execute;
  slots: Slots;
  places: Places;
  tenure: { current: AbortController };
  /** Aborted when this process takes no new work. */
  drains: AbortSignal;
  stop: AbortSignal;
  decideMsMax?: number;
}

/** The legs that this process works on. */
export class Legs {
  /** By run: an earlier leg may not have returned yet when the next one begins. */
  readonly #legs = new Map<RunId, Set<number>>();
  readonly #deps: LegsDeps;
  size = 0;

  constructor(deps: LegsDeps) {
    this.#deps = deps;
  }

  has(runId: RunId): boolean {
    return this.#legs.has(runId);
  }

  /**
   * Resolves when the run is taken up, or need not be; rejects if that is not decided in time: as long as a leg is
   * here, every later message of it is answered with nothing.
   */
  async begin({ runId, leg }: Leg): Promise<void> {
    const legs = this.#legs.get(runId) ?? new Set();
    // A message that comes twice is answered with nothing.
    if (legs.has(leg)) return this.#deps.places.free();
    this.#legs.set(runId, legs.add(leg));
    this.size += 1;
    const taken = Promise.withResolvers<void>();
    const late = new AbortController();
    let isHere = true;
    const leave = () => {
      clearTimeout(timer);
      if (!isHere) return;
      isHere = false;
      this.size -= 1;
      legs.delete(leg);
      if (legs.size === 0) this.#legs.delete(runId);
      this.#deps.places.free();
    };
    const msMax = this.#deps.decideMsMax ?? decideMsMax;
    const timer = setTimeout(() => {
      const cause = new Error(`The run ${runId} was not taken up within ${Math.round(msMax / 1_000)} s`);
      late.abort(cause);
      leave();
      taken.reject(cause);
    }, msMax);
    timer.unref();
    const onTaken = () => {
      clearTimeout(timer);
      taken.resolve();
    };
    void this.#execute({ runId, leg }, onTaken, late.signal)
      .finally(leave)
      // A run that was taken up stays this process's until the watch returns it.
      .then(taken.resolve, taken.reject);
    await taken.promise;
  }

  #execute({ runId, leg }: Leg, onTaken: () => void, late: AbortSignal): Promise<void> {
    const { executorId, execute, slots, drains, stop, tenure } = this.#deps;
    const signal = AbortSignal.any([stop, tenure.current.signal, late]);
    return execute(runId, { executorId, slots, leg, drains, onTaken }, signal);
  }
}

/**
 * How many runs this process works on at the same time. A hand that waits for a message has a place reserved for what
 * the message begins.
 */
export class Places {
  readonly count: number;
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.count = count;
    this.#free = count;
  }

  /** Waits for a place; false if the signal was aborted first. */
  async reserve(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    if (this.#free > 0) {
      this.#free -= 1;
      return true;
    }
    return await new Promise<boolean>((resolve) => {
      const settle = (isMine: boolean) => {
        signal.removeEventListener('abort', giveUp);
        resolve(isMine);
      };
      const take = () => settle(true);
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        settle(false);
      };
      this.#waiting.push(take);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  /** Waits for a place, and takes up to `countMax` if they are free; 0 if the signal was aborted first. */
  async reserveSome(countMax: number, signal: AbortSignal): Promise<number> {
    if (!(await this.reserve(signal))) return 0;
    const more = Math.min(countMax - 1, this.#free);
    this.#free -= more;
    return 1 + more;
  }

  free(count = 1): void {
    for (let n = 0; n < count; n++) {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    }
  }
}
