// Delivers critical errors from disk to the database, one at a time; the folder is the queue.
import type { Logger } from 'pino';
import { hasErrorCode } from '../../stdx/system-error.ts';
import type { Database } from '../../store/database.ts';
import { blameFor } from '../errors/blame-for.ts';
import { toMooseError } from '../errors/to-moose-error.ts';
import type { CriticalEntry, CriticalJournal } from './critical-journal.ts';
import { deliverCritical } from './deliver-critical.ts';

/** Errors are kept in memory if the disk refuses them; above this number, the oldest remains only as a line in the log. */
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
      this.#logger.error({ err: cause, id: entry.id }, 'a critical error is kept in memory only');
      const [oldest] = this.#inMemory.keys();
      if (this.#inMemory.size >= keptInMemoryMax && oldest) this.#inMemory.delete(oldest);
      this.#inMemory.set(entry.id, entry);
    }
  }

  /** Resolves when every entry stored before the call is delivered, or cannot be delivered for now. */
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
        this.#logger.warn({ err: cause }, 'could not deliver a critical error; retrying');
        return;
      }
    } while (this.#isAskedAgain);
  }

  async #deliverKept(id: string): Promise<void> {
    let entry: CriticalEntry | undefined;
    try {
      entry = await this.#journal.read(id);
    } catch (cause) {
      // An unreadable entry must not block later ones. If the machine refuses to read it now (permissions, too many
      // files), it may be readable later.
      const isLost = cause instanceof SyntaxError || hasErrorCode(cause, 'EISDIR');
      this.#logger.fatal({ err: cause, id, isLost }, 'cannot read a stored critical error');
      return isLost ? this.#setAside(id) : undefined;
    }
    if (entry) await this.#deliver(entry);
  }

  async #deliver(entry: CriticalEntry): Promise<void> {
    try {
      await this.#database.transaction((query) => deliverCritical(query, entry), this.#signal);
    } catch (cause) {
      const error = toMooseError(cause, 'answers', 'deliver');
      if (this.#signal.aborted || error.category === 'transient' || blameFor(cause) === 'database')
        throw error;
      this.#logger.fatal(
        { err: error, critical: entry.row },
        'the database rejects a critical error; moved aside',
      );
      await this.#setAside(entry.id);
      this.#inMemory.delete(entry.id);
      return;
    }
    this.#inMemory.delete(entry.id);
    await this.#journal.remove(entry.id);
  }

  /** If setting an entry aside fails, it stays in the queue and is tried again. */
  async #setAside(id: string): Promise<void> {
    try {
      await this.#journal.setAside(id);
    } catch (cause) {
      this.#logger.error({ err: cause, id }, 'could not set aside a critical error that cannot be delivered');
    }
  }
}
