// Whether a request goes to the company that designed its protocol, which has its own tariffs and knows the newest
// members; any other address may be run by anybody.
import type { CloudAccess } from '../domain/cloud.ts';
import type { WireName } from '../domain/model-call.ts';
import { type ModelPrice, type PriceStep, rateNames } from '../domain/price.ts';

const hosts: Readonly<Record<WireName, RegExp>> = {
  'anthropic-messages': /^api\.anthropic\.com$/,
  'openai-chat': /^(?:[a-z]+\.)?api\.openai\.com$/,
  'openai-responses': /^(?:[a-z]+\.)?api\.openai\.com$/,
  gemini: /^generativelanguage\.googleapis\.com$/,
};

export function isOwnHost(wire: WireName, baseUrl: string): boolean {
  return URL.canParse(baseUrl) && hosts[wire].test(new URL(baseUrl).hostname);
}

const regionalTenths = 11n;

/**
 * Regional processing costs ten percent more; the price list has the default price. On Bedrock, the model's ID names its
 * regions and has a price of its own.
 */
export function priceAt(
  { baseUrl, cloud }: { baseUrl: string; cloud?: CloudAccess | undefined },
  price: ModelPrice,
): ModelPrice {
  const isRegional =
    cloud === undefined
      ? URL.canParse(baseUrl) && /^[a-z]+\.api\.openai\.com$/.test(new URL(baseUrl).hostname)
      : cloud.name === 'vertex' && cloud.location !== 'global';
  if (!isRegional) return price;
  const dearer = (step: PriceStep): PriceStep => ({
    ...step,
    ...Object.fromEntries(rateNames.map((name) => [name, (step[name] * regionalTenths + 9n) / 10n])),
  });
  const [first, ...rest] = price.steps;
  return { ...price, version: `${price.version} x1.1`, steps: [dearer(first), ...rest.map(dearer)] };
}
