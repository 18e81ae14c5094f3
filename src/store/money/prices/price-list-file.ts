// Moose's built-in price list: list-prices.json, written by scripts/seed-prices.ts and never by hand.

import { readFileSync } from 'node:fs';
import { ownFile } from '../../../stdx/own-files.ts';

/** Dollars per million tokens, in decimals, as the provider lists them. */
export interface ListedStep {
  aboveInputTokens: number;
  input: string;
  cacheRead: string;
  cacheWrite: string;
  cacheWrite1h: string;
  output: string;
}

export interface ListedPrice {
  /** Null: since before the list was made. */
  from: string | null;
  steps: ListedStep[];
}

export interface ListedModel {
  provider: string;
  /** Each by its full name, never by a prefix. */
  names: string[];
  contextTokens: number | null;
  /** By `from`. */
  prices: ListedPrice[];
}

export interface PriceListFile {
  /** Changes with the content. */
  edition: string;
  library: string;
  listedAt: string;
  models: ListedModel[];
  /** What the library has and the list does not, with the reason. */
  leftOut: Record<string, string>;
}

let read: PriceListFile | null = null;

export function priceListFile(): PriceListFile {
  read ??= JSON.parse(readFileSync(ownFile('store/money/prices/list-prices.json'), 'utf8')) as PriceListFile;
  return read;
}
