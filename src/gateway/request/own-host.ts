// Whether a request goes to the company that designed its protocol, which has its own tariffs and knows the newest
// members; any other address may be run by anybody.
import type { CloudAccess } from '../../domain/agents/cloud.ts';
import type { WireName } from '../../domain/agents/model-call.ts';
import { dearerPrice, type ModelPrice } from '../../domain/agents/price.ts';
import { hasRegions } from '../wire/maker-models.ts';
import { hostRuleOf } from './host-rules.ts';

const hosts: Readonly<Record<WireName, RegExp>> = {
  'anthropic-messages': /^api\.anthropic\.com$/,
  'openai-chat': /^(?:[a-z]+\.)?api\.openai\.com$/,
  'openai-responses': /^(?:[a-z]+\.)?api\.openai\.com$/,
  gemini: /^generativelanguage\.googleapis\.com$/,
};

export function isOwnHost(wire: WireName, baseUrl: string): boolean {
  return URL.canParse(baseUrl) && hosts[wire].test(new URL(baseUrl).hostname);
}

/** False if the server may let a model think beyond the limit on its answer; the maker of Gemini documents both. */
export function isThinkingLimited(wire: WireName, baseUrl: string): boolean {
  return (wire !== 'gemini' && isOwnHost(wire, baseUrl)) || hostRuleOf(baseUrl).isThinkingWithin;
}

export const regionalTenths = 11n;
/** Of the dearest regions that any host documents: Amazon's for governments. */
export const regionalTenthsMax = 12n;

/**
 * Regional processing costs ten percent more, Amazon's regions for governments twenty; the price list has the default
 * price. In Bedrock's other regions, the model's ID names its regions and has a price of its own.
 */
export function priceAt(
  { baseUrl, cloud }: { baseUrl: string; cloud?: CloudAccess | undefined },
  price: ModelPrice,
): ModelPrice {
  const tenths = tenthsAt(baseUrl, cloud);
  return tenths === undefined ? price : dearerPrice(price, tenths);
}

/**
 * Behind another address than Anthropic's, a setting of its customer may decide in which region a model works: it shows in
 * the answer, so the price of the region is held before.
 */
export function heldPriceAt(
  { baseUrl, cloud }: { baseUrl: string; cloud?: CloudAccess | undefined },
  { wire, model, price }: { wire: WireName; model: string; price: ModelPrice },
): ModelPrice {
  const mayBeRegional = wire === 'anthropic-messages' && cloud === undefined && hasRegions(model);
  const isSet = isOwnHost(wire, baseUrl) || tenthsAt(baseUrl, cloud) !== undefined;
  return mayBeRegional && !isSet ? dearerPrice(price, regionalTenthsMax) : price;
}

function tenthsAt(baseUrl: string, cloud: CloudAccess | undefined): bigint | undefined {
  if (cloud === undefined) return hostRuleOf(baseUrl).priceTenths;
  if (cloud.name === 'bedrock') return cloud.region.startsWith('us-gov-') ? regionalTenthsMax : undefined;
  return cloud.location === 'global' ? undefined : regionalTenths;
}
