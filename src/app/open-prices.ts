// Writes the prices that this Moose knows to the database, where every process reads them.
import type { Logger } from 'pino';
import { knownPrices } from '../models/prices.ts';
import type { Database } from '../store/database.ts';
import { stateGiven, stateList } from '../store/money/model-prices.ts';
import { PriceBook } from '../store/money/price-book.ts';
import type { Config } from './config/config.ts';

/** Writes the prices that are set here. Prices that are not set here may be set on the machine that does the work. */
export async function openPrices(database: Database, config: Config, logger: Logger): Promise<PriceBook> {
  await database.run((query) => stateList(query, knownPrices()));
  if (config.prices.length > 0) await stateAll(database, config, logger, false);
  const book = new PriceBook(database, {
    onFailure: (cause) =>
      logger.warn({ err: cause }, 'could not reload the prices; keeping the current ones'),
  });
  await book.read();
  return book;
}

/** A worker knows all configured prices, so models without one return to the list price. */
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
    logger.info(
      { model: name, version },
      steps ? 'price set by MOOSE_PRICES' : 'price reset to the list price',
    );
}
