// Reads the prices in MOOSE_PRICES, which a person gives in addition to the list.

import { nanoUsdPerMillion } from '../../domain/agents/price.ts';
import type { ConfigurationError } from '../../domain/failure.ts';
import type { PriceOfEnv } from '../../store/money/model-prices.ts';
import { appFailures } from '../failure-catalogue.ts';

const rate = '(\\d{1,6}(?:\\.\\d{1,15})?)';
/** `provider/model=IN:OUT[:CACHE_READ[:CACHE_WRITE[:CACHE_WRITE_1H]]][+FEE][@CONTEXT]` */
const form = new RegExp(
  `^([^=\\s/]+/[^=\\s]+)=${rate}:${rate}(?::${rate}(?::${rate}(?::${rate})?)?)?(?:\\+${rate})?(?:@(\\d{1,9}))?$`,
);

/** The highest surcharge of providers for caching input: a quarter of its price for minutes, all of it for an hour. */
const premium = { write: { times: 5n, by: 4n }, write1h: { times: 2n, by: 1n } } as const;

/** @throws ConfigurationError `SETTING_INVALID` */
export function readPrices(text: string): PriceOfEnv[] {
  const given = text
    .split(',')
    .map((one) => one.trim())
    .filter(Boolean)
    .map(givenPrice);
  // If a model is named twice, the last price applies.
  return [...new Map(given.map((price) => [price.name, price])).values()];
}

function givenPrice(text: string): PriceOfEnv {
  const [, name = '', input = '', output = '', cacheRead, cacheWrite, cacheWrite1h, fee, context] =
    form.exec(text) ?? [];
  const contextTokens = context === undefined ? null : Number(context);
  if (name === '' || contextTokens === 0) throw noPrice(text);
  const inputRate = nanoUsdPerMillion(input);
  const writeRate =
    cacheWrite === undefined ? dearer(inputRate, premium.write) : nanoUsdPerMillion(cacheWrite);
  const hourRate = dearer(inputRate, premium.write1h);
  return {
    name,
    contextTokens,
    steps: [
      {
        aboveInputTokens: 0,
        input: inputRate,
        cacheRead: cacheRead === undefined ? inputRate : nanoUsdPerMillion(cacheRead),
        cacheWrite: writeRate,
        cacheWrite1h:
          cacheWrite1h === undefined ? largerOf(hourRate, writeRate) : nanoUsdPerMillion(cacheWrite1h),
        output: nanoUsdPerMillion(output),
        ...(fee !== undefined && { perCall: nanoUsdPerMillion(fee) }),
      },
    ],
  };
}

function dearer(rate: bigint, { times, by }: { times: bigint; by: bigint }): bigint {
  return (rate * times + by - 1n) / by;
}

function largerOf(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function noPrice(text: string): ConfigurationError {
  return appFailures.SETTING_INVALID_PRICES('read', { text });
}
