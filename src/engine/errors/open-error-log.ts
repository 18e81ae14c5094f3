// The error log with a journal on disk: an error waits there until it is a row in the database; the next process
// delivers the journal of a dead one.
import { appendFileSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import { isMooseError, type MooseError } from '../../domain/failure.ts';
import { newId } from '../../domain/ids.ts';
import { type Clock, systemClock } from '../../stdx/clock.ts';
import { sleep } from '../../stdx/sleep.ts';
import type { Database } from '../../store/database.ts';
import { outsideOfWork } from './current-work.ts';
import { deliverEntries } from './deliver-entries.ts';
import type { ErrorEntry } from './error-entry.ts';
import type { ErrorContext, ErrorLog, RecordedError } from './error-log.ts';
import { errorRow } from './error-row.ts';
import { adoptJournals, type Journal, openJournal } from './journal.ts';
import { machineNow } from './machine-now.ts';
import { toMooseError } from './to-moose-error.ts';

export interface ErrorLogOptions {
  database: Database;
  /** Contains `errors/`, with the journals and the rows that the database rejected. */
  dataDirectory: string;
  logger: Logger;
  clock?: Clock;
  /** A batch is sent when it has this many entries, … */
  rowsMax?: number;
  /** … or when its first entry has waited this long. */
  delayMs?: number;
}

const rowsMaxDefault = 100;
const delayMsDefault = 50;
/** How long `close` tries to deliver; the rest stays in the journal. */
const closeMsMax = 2_000;
/** How often to look for journals of processes that have died. */
const adoptEveryMs = 60_000;
/** Maximum size of the file with rejected rows; later ones are only in the log. */
const refusedBytesMax = 64 * 1024 * 1024;
/** The delay before retrying a journal that could not be read. */
const againMs = 1_000;
/** Maximum number of entries kept in memory while the disk rejects them. */
const spareMax = 1_000;

export function openErrorLog(options: ErrorLogOptions): ErrorLog {
  return new JournalledErrorLog(options);
}

class JournalledErrorLog implements ErrorLog {
  readonly #database: Database;
  readonly #logger: Logger;
  readonly #clock: Clock;
  readonly #directory: string;
  readonly #rowsMax: number;
  readonly #delayMs: number;
  readonly #journal: Journal | null;
  readonly #stop = new AbortController();
  readonly #adoption: NodeJS.Timeout;
  #spare: string[] = [];
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #adopting: Promise<void>;
  #delivering: Promise<void> | undefined;

  constructor({ database, dataDirectory, logger, clock, rowsMax, delayMs }: ErrorLogOptions) {
    this.#database = database;
    this.#logger = logger;
    this.#clock = clock ?? systemClock;
    this.#directory = join(dataDirectory, 'errors');
    this.#rowsMax = rowsMax ?? rowsMaxDefault;
    this.#delayMs = delayMs ?? delayMsDefault;
    this.#journal = this.#open();
    this.#adopting = this.#adopt();
    this.#adoption = setInterval(() => {
      this.#adopting = this.#adopting.then(() => this.#adopt());
    }, adoptEveryMs).unref();
  }

  get waiting(): number {
    return (this.#journal?.waiting ?? 0) + this.#spare.length;
  }

  record(error: MooseError, context: ErrorContext = {}): RecordedError {
    const at = this.#clock.now();
    const id = newId<string>(at);
    this.#keep({ error: rowOf(error, context, { id, at, machine: machineNow() }) });
    let isResolved = false;
    return {
      id,
      resolved: (isRecovered, retryCount) => {
        if (isResolved) return;
        isResolved = true;
        const resolvedAt = this.#clock.now().toISOString();
        this.#keep({ resolution: { id, isRecovered, retryCount: retryCount ?? null, at: resolvedAt } });
      },
    };
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
      mkdirSync(dirname(this.#directory), { recursive: true, mode: 0o711 });
      return openJournal(this.#directory);
    } catch (cause) {
      const error = toMooseError(cause, 'errors', 'open');
      this.#logger.error({ err: error }, 'errors are kept in memory only: cannot write their journal');
      return null;
    }
  }

  #keep(entry: ErrorEntry): void {
    const line = JSON.stringify(entry);
    if (this.#journal?.append(line) !== true) this.#keepInMemory(line);
    if (this.waiting >= this.#rowsMax) void this.#deliver();
    else this.#timer ??= setTimeout(() => void this.#deliver(), this.#delayMs).unref();
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
        'errors are lost: could not write them to disk or to the database',
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
        const batch = await this.#journal?.oldest(this.#rowsMax);
        const spare = this.#spare.slice(0, this.#rowsMax);
        await this.#bring([...(batch?.lines ?? []), ...spare]);
        batch?.taken();
        this.#spare = this.#spare.slice(spare.length);
      }
    } catch (cause) {
      if (this.#stop.signal.aborted) return;
      this.#logger.error(
        { err: toMooseError(cause, 'errors', 'deliver') },
        'errors are delayed: cannot read their journal',
      );
      await sleep(againMs, this.#stop.signal).catch(() => undefined);
    }
  }

  async #adopt(): Promise<void> {
    try {
      await adoptJournals(this.#directory, this.#rowsMax, {
        take: (lines) => this.#bring(lines),
        signal: this.#stop.signal,
        onFailure: (path, cause) => this.#notAdopted(path, cause),
      });
    } catch (cause) {
      if (!this.#stop.signal.aborted) this.#notAdopted(this.#directory, cause);
    }
  }

  #notAdopted(path: string, cause: unknown): void {
    const err = toMooseError(cause, 'errors', 'adopt');
    this.#logger.error({ err, path }, 'kept the journal of a dead process');
  }

  #bring(lines: readonly string[]): Promise<void> {
    const refuse = (line: string, because: unknown) => this.#refuse(line, because);
    return deliverEntries({ database: this.#database, refuse, signal: this.#stop.signal }, lines);
  }

  #refuse(line: string, because: unknown): void {
    const path = join(this.#directory, 'refused.jsonl');
    const err = toMooseError(because, 'errors', 'deliver');
    try {
      const { size } = statSync(path, { throwIfNoEntry: false }) ?? { size: 0 };
      if (size < refusedBytesMax) appendFileSync(path, `${line}\n`, { mode: 0o600 });
      this.#logger.error({ err, path }, 'the database rejects an error row; it is kept in a file');
    } catch (cause) {
      this.#logger.error({ err, cause, line }, 'neither the database nor the disk accepts an error row');
    }
  }
}

/** If reading the error's own fields throws, that failure is recorded instead. */
function rowOf(error: MooseError, context: ErrorContext, made: Parameters<typeof errorRow>[2]) {
  try {
    return errorRow(isMooseError(error) ? error : toMooseError(error, 'errors', 'record'), context, made);
  } catch (cause) {
    return errorRow(toMooseError(cause, 'errors', 'record'), context, made);
  }
}
