import type { ModelPrice } from '../engine/ports/model.ts';

// What a token costs, in nano-dollars, by `provider/model` and nothing looser: a name that is not here has no price,
// and what has no price is not called. The seed of the versioned table in the database (R-BUD-9).

export type PriceList = Readonly<Record<string, ModelPrice>>;

/** Dollars per million tokens, in decimal notation, as every provider lists them. Rounds up to the nano-dollar. */
export function priceFromUsdPerMillion(inputUsd: string, outputUsd: string): ModelPrice {
  return {
    inputNanoUsdPerToken: nanoUsdPerToken(inputUsd),
    outputNanoUsdPerToken: nanoUsdPerToken(outputUsd),
  };
}

/** A dollar per million tokens is a thousand nano-dollars per token: three decimals of the price are whole ones. */
const wholeDecimals = 3;

function nanoUsdPerToken(usdPerMillion: string): bigint {
  const [, whole = '', decimals = ''] = /^(\d{1,9})(?:\.(\d{1,12}))?$/.exec(usdPerMillion) ?? [];
  if (whole === '') {
    throw new RangeError(`A price is a decimal number of dollars, not ${JSON.stringify(usdPerMillion)}`);
  }
  const nano = BigInt(whole + decimals.slice(0, wholeDecimals).padEnd(wholeDecimals, '0'));
  const isExact = /^0*$/.test(decimals.slice(wholeDecimals));
  return isExact ? nano : nano + 1n;
}

/**
 * List prices from `@pydantic/genai-prices` 0.1.8 (2026-09-23), standard tier, without cache discounts. Where the price rises with
 * the size of the prompt, the highest step stands here: an estimate may be too high, never too low.
 */
const listPrices: PriceList = {
  'anthropic/claude-fable-5-1': priceFromUsdPerMillion('10', '50'),
  'anthropic/claude-opus-5-5': priceFromUsdPerMillion('4', '20'),
  'anthropic/claude-opus-5': priceFromUsdPerMillion('5', '25'),
  'anthropic/claude-opus-4-5': priceFromUsdPerMillion('5', '25'),
  'anthropic/claude-sonnet-5': priceFromUsdPerMillion('2', '10'),
  'anthropic/claude-sonnet-4-6': priceFromUsdPerMillion('3', '15'),
  'anthropic/claude-sonnet-4-5': priceFromUsdPerMillion('6', '22.5'),
  'anthropic/claude-haiku-4-5': priceFromUsdPerMillion('1', '5'),
  'openai/gpt-5.5': priceFromUsdPerMillion('10', '45'),
  'openai/gpt-5.1': priceFromUsdPerMillion('1.25', '10'),
  'openai/gpt-5': priceFromUsdPerMillion('1.25', '10'),
  'openai/gpt-5-mini': priceFromUsdPerMillion('0.25', '2'),
  'openai/gpt-4.1': priceFromUsdPerMillion('2', '8'),
};

/** The scripted models, weakest first. Nobody is paid; the prices let a newcomer watch the budget at work (R-BASE-5). */
export const scriptedModels = {
  light: 'scripted/light',
  standard: 'scripted/standard',
  strong: 'scripted/strong',
} as const;

const scriptedPrices: PriceList = {
  [scriptedModels.light]: priceFromUsdPerMillion('1', '5'),
  [scriptedModels.standard]: priceFromUsdPerMillion('2', '10'),
  [scriptedModels.strong]: priceFromUsdPerMillion('5', '25'),
};

export const defaultPrices: PriceList = { ...listPrices, ...scriptedPrices };
