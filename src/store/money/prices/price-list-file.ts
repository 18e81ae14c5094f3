// Moose's built-in price list: list-prices.json, written by scripts/seed-prices.ts and never by hand.

import { readFileSync } from 'node:fs';
import { ownFile } from '../../../stdx/files/own-files.ts';

/** In dollars per million tokens, as decimal numbers, as the provider lists them. */
export interface ListedStep {
  aboveInputTokens: number;
  input: string;
  cacheRead: string;
  cacheWrite: string;
  cacheWrite1h: string;
  output: string;
}

export interface ListedPrice {
  /** Null if the price is older than the list. */
  from: string | null;
  steps: ListedStep[];
}

export interface ListedModel {
  provider: string;
  /** The full names of the models with this price, never prefixes. */
  names: string[];
  contextTokens: number | null;
  /** Sorted by `from`. */
  prices: ListedPrice[];
}

export interface PriceListFile {
  /** A name that changes whenever the content does. */
  edition: string;
  library: string;
  listedAt: string;
  models: ListedModel[];
  /** The models that the library has and the list does not, with the reason. */
  leftOut: Record<string, string>;
}

let read: PriceListFile | null = null;

export function priceListFile(): PriceListFile {
  read ??= JSON.parse(readFileSync(ownFile('store/money/prices/list-prices.json'), 'utf8')) as PriceListFile;
  return read;
}
