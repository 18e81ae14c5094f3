// The prices in memory: read again when they may have changed, and kept while the database is unavailable. That is
// safe: a row never changes, and nothing is spent without the database.

import { dearerOf, type FindPrice, type ModelPrice } from '../../domain/agents/price.ts';
import { isDatedNameOf } from '../../domain/dated-name.ts';
import type { Database } from '../database.ts';
import { type KeptPrice, keptPrices } from './model-prices.ts';
import { modelSubstitutions } from './model-substitutions.ts';
import { inForce } from './prices/in-force.ts';

export interface PriceBookSettings {
  /** The clock that decides which price applies. */
  now?: () => number;
  /** How old the copy may be before it is read again in the background. */
  freshMsMax?: number;
  /** How old it may be before callers wait for a new read. */
  staleMsMax?: number;
  /** Called for a failed background read. */
  onFailure(cause: unknown): void;
}

const defaultFreshMs = 5_000;
/** Prices change a few times a year, and a call should not wait for the table. */
const defaultStaleMs = 60_000;
/** A missing price may have just been added; even with many such questions, the table is rarely read. */
const missingFreshMs = 500;
const readMsMax = 3_000;

export class PriceBook {
  readonly #database: Database;
  readonly #settings: Required<PriceBookSettings>;
  #prices: ReadonlyMap<string, KeptPrice[]> | null = null;
  #dearer: ReadonlyMap<string, string[]> = new Map();
  /** By provider, for one copy of the prices. */
  readonly #dearest = new Map<string, ModelPrice | null>();
  #readAtMs = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | null = null;

  constructor(database: Database, settings: PriceBookSettings) {
    this.#database = database;
    this.#settings = { now: Date.now, freshMsMax: defaultFreshMs, staleMsMax: defaultStaleMs, ...settings };
  }

  /** @throws MooseError if the table cannot be read */
  read(): Promise<void> {
    this.#reading ??= this.#readTable().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  /** The last read copy; an old one is read again in the background. Call `read` first. */
  readonly find: FindPrice = (name) => {
    const found = this.#find(name);
    if (this.#isOlderThan(this.#settings.freshMsMax)) this.read().catch(this.#settings.onFailure);
    return found;
  };

  /**
   * The price, from a copy that is not older than the settings allow. @throws MooseError if the table was never read,
   * and cannot be read now
   */
  async priceOf(name: string): Promise<ModelPrice | null> {
    if (this.#isOlderThan(this.#settings.staleMsMax)) await this.#readAgain();
    const found = this.find(name);
    if (found !== null || !this.#isOlderThan(missingFreshMs)) return found;
    await this.#readAgain();
    return this.#find(name);
  }

  /** The dearer models that have answered for this one, as the last copy has them. */
  readonly dearerFor = (asked: string): readonly string[] => this.#dearer.get(asked) ?? [];

  /**
   * The price of the model that answered. Null if it has none, or if a person has set a price for the model that was
   * asked for, of which this one is a dated version without a price of its own.
   */
  readonly priceOfAnswer = (asked: string, answered: string): ModelPrice | null => {
    const [own, found] = [this.#find(asked), this.#find(answered)];
    const isForBoth = own?.source === 'given' && found?.source !== 'given' && isDatedNameOf(asked, answered);
    return isForBoth ? null : found;
  };

  /** At least the price of each model of the provider of `asked`, as the last copy has them. */
  readonly dearestOf = (asked: string): ModelPrice | null => {
    const provider = asked.slice(0, asked.indexOf('/') + 1);
    const known = this.#dearest.get(provider);
    if (known !== undefined) return known;
    const names = [...(this.#prices?.keys() ?? [])].filter((name) => name.startsWith(provider));
    const prices = names.flatMap((name) => this.#find(name) ?? []);
    const dearest = prices.reduce<ModelPrice | null>(
      (most, price) => (most === null ? price : dearerOf(most, price)),
      null,
    );
    this.#dearest.set(provider, dearest);
    return dearest;
  };

  #find(name: string): (KeptPrice & ModelPrice) | null {
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
    const { kept, dearer } = await this.#database.run(
      async (query) => ({ kept: await keptPrices(query), dearer: await modelSubstitutions(query) }),
      AbortSignal.timeout(readMsMax),
    );
    this.#dearer = dearer;
    this.#dearest.clear();
    this.#prices = Map.groupBy(kept, ({ name }) => name);
    this.#readAtMs = askedAtMs;
  }
}
