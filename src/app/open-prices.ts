// States what this Moose knows of prices to the database, which is where everybody asks for them.
import type { Logger } from 'pino';
import { knownPrices } from '../models/prices.ts';
import type { Database } from '../store/database.ts';
import { stateGiven, stateList } from '../store/money/model-prices.ts';
import { PriceBook } from '../store/money/price-book.ts';
import type { Config } from './config/config.ts';

/** What is given here is stated; what is not given here may be given where the work is done. */
export async function openPrices(database: Database, config: Config, logger: Logger): Promise<PriceBook> {
  await database.run((query) => stateList(query, knownPrices()));
  if (config.prices.length > 0) await stateAll(database, config, logger, false);
  const book = new PriceBook(database, {
    onFailure: (cause) =>
      logger.warn({ err: cause }, 'the prices could not be read again; those read before hold'),
  });
  await book.read();
  return book;
}

/** Who carries work says all that is given: what is given no more costs again what is listed. */
export async function stateAllPrices(
  database: Database,
  config: Config,
  logger: Logger,
  book: PriceBook,
): Promise<void> {
  await stateAll(database, config, logger, true);
  await book.read();
}

async function stateAll(database: Database, config: Config, logger: Logger, isWhole: boolean): Promise<void> {
  const options = { by: config.actor, isWhole };
  const changed = await database.transaction((query) => stateGiven(query, config.prices, options));
  for (const { name, version, steps } of changed)
    logger.info({ model: name, version }, steps ? 'a price was given' : 'the listed price holds again');
}
