// Brings critical errors from the disk to the database, one at a time; the folder is the queue.
import type { Logger } from 'pino';
import type { Database } from '../../store/database.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import type { CriticalEntry, CriticalJournal } from './critical-journal.ts';
import { deliverCritical } from './deliver-critical.ts';

/** Kept in memory where the disk refuses it; beyond it the oldest is only a line in the log. */
const keptInMemoryMax = 1_000;

export class CriticalDelivery {
  readonly #database: Database;
  readonly #journal: CriticalJournal;
  readonly #logger: Logger;
  readonly #signal: AbortSignal;
  readonly #inMemory = new Map<string, CriticalEntry>();
  #running: Promise<void> | undefined;
  #isAskedAgain = false;

  constructor(database: Database, journal: CriticalJournal, logger: Logger, signal: AbortSignal) {
    this.#database = database;
    this.#journal = journal;
    this.#logger = logger;
    this.#signal = signal;
  }

  async keep(entry: CriticalEntry): Promise<void> {
    try {
      await this.#journal.keep(entry);
    } catch (cause) {
      this.#logger.error({ err: cause, id: entry.id }, 'a critical error is kept in memory alone');
      const [oldest] = this.#inMemory.keys();
      if (this.#inMemory.size >= keptInMemoryMax && oldest) this.#inMemory.delete(oldest);
      this.#inMemory.set(entry.id, entry);
    }
  }

  /** Resolves when what was kept before the call is delivered, or cannot be for now. */
  run(): Promise<void> {
    if (this.#running !== undefined) {
      this.#isAskedAgain = true;
      return this.#running;
    }
    this.#running = this.#untilEmpty().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  async #untilEmpty(): Promise<void> {
    do {
      this.#isAskedAgain = false;
      try {
        for (const entry of [...this.#inMemory.values()]) await this.#deliver(entry);
        for (const id of await this.#journal.waiting()) await this.#deliverKept(id);
      } catch (cause) {
        if (this.#signal.aborted) return;
        this.#logger.warn({ err: cause }, 'a critical error could not be delivered; trying again');
        return;
      }
    } while (this.#isAskedAgain);
  }

  async #deliverKept(id: string): Promise<void> {
    let entry: CriticalEntry | undefined;
    try {
      entry = await this.#journal.read(id);
    } catch (cause) {
      if (!(cause instanceof SyntaxError)) throw cause;
      this.#logger.fatal({ err: cause, id }, 'what was kept of a critical error cannot be read; set aside');
      return this.#journal.setAside(id);
    }
    if (entry) await this.#deliver(entry);
  }

  async #deliver(entry: CriticalEntry): Promise<void> {
    try {
      await this.#database.transaction((query) => deliverCritical(query, entry), this.#signal);
    } catch (cause) {
      const error = toMooseError(cause, 'escalation', 'deliver');
      if (this.#signal.aborted || error.category === 'transient') throw error;
      this.#logger.fatal(
        { err: error, critical: entry.row },
        'the database refuses a critical error; set aside',
      );
      await this.#journal.setAside(entry.id);
      this.#inMemory.delete(entry.id);
      return;
    }
    this.#inMemory.delete(entry.id);
    await this.#journal.remove(entry.id);
  }
}
