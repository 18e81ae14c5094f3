// Entries that wait on disk until the database has them; the next process delivers the entries of a dead one.
import { mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { sleep } from '../../stdx/async/sleep.ts';
import { appendPassingNow } from '../../stdx/files/passing-files.ts';
import { outsideOfWork } from './current-work.ts';
import { type Delivery, deliverLines } from './deliver-lines.ts';
import { adoptJournals, type Journal, openJournal } from './journal.ts';
import { toMooseError } from './to-moose-error.ts';

export interface DeliveryQueueOptions<Entry> extends Pick<Delivery<Entry>, 'read' | 'write'> {
  /** Holds the journals, and the entries that the database rejected. */
  directory: string;
  /** The entries' name in the log, in the plural. */
  what: string;
  logger: Logger;
  /** A batch is sent when it has this many entries, … */
  batchMax: number;
  /** … or when this long has passed since the last batch; an entry after a quiet time is sent at once. */
  everyMs: number;
}

export interface DeliveryQueue {
  /** Never throws and never waits: the line is on disk when this returns, and survives the death of the process. */
  keep(line: string): void;
  /** Resolves when everything kept so far also survives a power failure, if the disk allows it. */
  synced(): Promise<void>;
  /** Resolves when everything kept so far is in the database; waits for the database without a limit. */
  flush(): Promise<void>;
  /** Delivers what can be delivered now; the rest stays in the journal for the next process. */
  close(): Promise<void>;
  /** Number of entries that are not yet in the database. */
  readonly waiting: number;
}

/** How long `close` tries to deliver; the rest stays in the journal. */
const closeMsMax = 2_000;
/** How often to look for journals of processes that have died. */
const adoptEveryMs = 60_000;
/** Maximum size of the file with rejected entries; later ones are only in the log. */
const refusedBytesMax = 64 * 1024 * 1024;
/** The delay before retrying a journal that could not be read. */
const againMs = 1_000;
/** Maximum number of entries kept in memory while the disk rejects them. */
const spareMax = 1_000;

export function openDeliveryQueue<Entry>(options: DeliveryQueueOptions<Entry>): DeliveryQueue {
  return new JournalledQueue(options);
}

class JournalledQueue<Entry> implements DeliveryQueue {
  readonly #options: DeliveryQueueOptions<Entry>;
  readonly #logger: Logger;
  readonly #journal: Journal | null;
  readonly #stop = new AbortController();
  readonly #adoption: NodeJS.Timeout;
  #spare: string[] = [];
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #sentAtMs = -Infinity;
  #adopting: Promise<void>;
  #delivering: Promise<void> | undefined;

  constructor(options: DeliveryQueueOptions<Entry>) {
    this.#options = options;
    this.#logger = options.logger;
    this.#journal = this.#open();
    this.#adopting = this.#adopt();
    this.#adoption = setInterval(() => {
      this.#adopting = this.#adopting.then(() => this.#adopt());
    }, adoptEveryMs).unref();
  }

  get waiting(): number {
    return (this.#journal?.waiting ?? 0) + this.#spare.length;
  }

  keep(line: string): void {
    if (this.#journal?.append(line) !== true) this.#keepInMemory(line);
    if (this.waiting >= this.#options.batchMax) void this.#deliver();
    else this.#timer ??= setTimeout(() => void this.#deliver(), this.#pauseMs()).unref();
  }

  #pauseMs(): number {
    return Math.max(this.#sentAtMs + this.#options.everyMs - performance.now(), 0);
  }

  async synced(): Promise<void> {
    try {
      await this.#journal?.sync();
    } catch (cause) {
      const err = toMooseError(cause, 'errors', 'sync');
      this.#logger.error({ err }, `${this.#options.what} may not survive a power failure`);
    }
  }

  async flush(): Promise<void> {
    await this.#adopting;
    while (this.waiting > 0 && !this.#stop.signal.aborted) await this.#deliver();
  }

  async close(): Promise<void> {
    clearInterval(this.#adoption);
    clearTimeout(this.#timer);
    const giveUp = setTimeout(() => this.#stop.abort(new DOMException('Closing', 'AbortError')), closeMsMax);
    await this.flush();
    clearTimeout(giveUp);
    this.#stop.abort(new DOMException('Closed', 'AbortError'));
    this.#journal?.close();
  }

  #open(): Journal | null {
    try {
      // Other users may enter the directory but not list it: the embedded database is inside it and may run as another
      // user.
      mkdirSync(dirname(this.#options.directory), { recursive: true, mode: 0o711 });
      return openJournal(this.#options.directory);
    } catch (cause) {
      const error = toMooseError(cause, 'errors', 'open');
      this.#logger.error(
        { err: error },
        `${this.#options.what} are kept in memory only: cannot write their journal`,
      );
      return null;
    }
  }

  #keepInMemory(line: string): void {
    if (this.#spare.length < spareMax) {
      this.#spare.push(line);
      return;
    }
    this.#lost += 1;
    if (this.#lost === 1 || this.#lost % spareMax === 0)
      this.#logger.error(
        { lost: this.#lost },
        `${this.#options.what} are lost: could not write them to disk or to the database`,
      );
  }

  /** Delivers one batch after the other; callers meanwhile wait for the delivery that is running. Never rejects. */
  #deliver(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    // A delivery serves all work, whoever triggered it: its failures belong to no work order.
    this.#delivering ??= outsideOfWork(() => this.#deliverWaiting()).finally(() => {
      this.#delivering = undefined;
    });
    return this.#delivering;
  }

  async #deliverWaiting(): Promise<void> {
    try {
      while (this.waiting > 0) {
        this.#sentAtMs = performance.now();
        const batch = await this.#journal?.oldest(this.#options.batchMax);
        const spare = this.#spare.slice(0, this.#options.batchMax);
        await this.#bring([...(batch?.lines ?? []), ...spare]);
        batch?.taken();
        this.#spare = this.#spare.slice(spare.length);
      }
    } catch (cause) {
      if (this.#stop.signal.aborted) return;
      this.#logger.error(
        { err: toMooseError(cause, 'errors', 'deliver') },
        `${this.#options.what} are delayed: cannot read their journal`,
      );
      await sleep(againMs, this.#stop.signal).catch(() => undefined);
    }
  }

  async #adopt(): Promise<void> {
    try {
      await adoptJournals(this.#options.directory, this.#options.batchMax, {
        take: (lines) => this.#bring(lines),
        signal: this.#stop.signal,
        onFailure: (path, cause) => this.#notAdopted(path, cause),
      });
    } catch (cause) {
      if (!this.#stop.signal.aborted) this.#notAdopted(this.#options.directory, cause);
    }
  }

  #notAdopted(path: string, cause: unknown): void {
    const err = toMooseError(cause, 'errors', 'adopt');
    this.#logger.error({ err, path }, 'kept the journal of a dead process');
  }

  #bring(lines: readonly string[]): Promise<void> {
    const refuse = (line: string, because: unknown) => this.#refuse(line, because);
    const { read, write } = this.#options;
    return deliverLines({ read, write, refuse, signal: this.#stop.signal }, lines);
  }

  #refuse(line: string, because: unknown): void {
    const path = join(this.#options.directory, 'refused.jsonl');
    const err = toMooseError(because, 'errors', 'deliver');
    try {
      const { size } = statSync(path, { throwIfNoEntry: false }) ?? { size: 0 };
      if (size < refusedBytesMax) appendPassingNow(path, `${line}\n`, { mode: 0o600 });
      this.#logger.error(
        { err, path },
        `the database rejects one of the ${this.#options.what}; it is kept in a file`,
      );
    } catch (cause) {
      this.#logger.error(
        { err, cause, line },
        `neither the database nor the disk accepts one of the ${this.#options.what}`,
      );
    }
  }
}
