// The prices of the table, at hand: read again when they may have changed, and as they were while the database is away.
// That is safe: a row never changes, and nothing is spent without the database.
import type { FindPrice, ModelPrice } from '../../domain/price.ts';
import type { Database } from '../database.ts';
import { type KeptPrice, keptPrices } from './model-prices.ts';
import { inForce } from './prices/in-force.ts';

export interface PriceBookSettings {
  /** Which price holds goes by this. */
  now?: () => number;
  /** How old what was read may become before it is read again, behind who asks. */
  freshMsMax?: number;
  /** How old before who asks waits for it. */
  staleMsMax?: number;
  /** Told of what could not be read again, where nobody waits for it. */
  onFailure(cause: unknown): void;
}

const freshMsUsual = 5_000;
/** Prices change a few times in a year, and a call should not wait for the table. */
const staleMsUsual = 60_000;
/** A price that is missing may have been given just now; asked again and again, the table is still read seldom. */
const missingFreshMs = 500;
const readMsMax = 3_000;

export class PriceBook {
  readonly #database: Database;
  readonly #settings: Required<PriceBookSettings>;
  #prices: ReadonlyMap<string, KeptPrice[]> | null = null;
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;

  constructor(database: Database, settings: PriceBookSettings) {
    this.#database = database;
    this.#settings = { now: Date.now, freshMsMax: freshMsUsual, staleMsMax: staleMsUsual, ...settings };
  }

  /** @throws MooseError where the table cannot be read. */
  read(): Promise<void> {
    this.#reading ??= this.#readTable().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  /** What was read last; read again behind it when that is old. `read` comes first. */
  readonly find: FindPrice = (name) => {
    const found = this.#find(name);
    if (this.#isOlderThan(this.#settings.freshMsMax)) this.read().catch(this.#settings.onFailure);
    return found;
  };

  /** Not staler than the settings allow. @throws MooseError where the table was never read, and cannot be. */
  async priceOf(name: string): Promise<ModelPrice | null> {
    if (this.#isOlderThan(this.#settings.staleMsMax)) await this.#readAgain();
    const found = this.find(name);
    if (found !== null || !this.#isOlderThan(missingFreshMs)) return found;
    await this.#readAgain();
    return this.#find(name);
  }

  #find(name: string): ModelPrice | null {
    if (this.#prices === null) throw new TypeError('The prices were used before they were loaded');
    return inForce(this.#prices.get(name) ?? [], new Date(this.#settings.now()));
  }

  #isOlderThan(msMax: number): boolean {
    return performance.now() - this.#readAtMs > msMax;
  }

  async #readAgain(): Promise<void> {
    try {
      await this.read();
    } catch (cause) {
      if (this.#prices === null) throw cause;
      this.#settings.onFailure(cause);
    }
  }

  async #readTable(): Promise<void> {
    const askedAtMs = performance.now();
    const kept = await this.#database.run((query) => keptPrices(query), AbortSignal.timeout(readMsMax));
    this.#prices = Map.groupBy(kept, ({ name }) => name);
    this.#readAtMs = askedAtMs;
  }
}
