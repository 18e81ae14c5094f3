// Whether a request goes to the company that designed its protocol, which has its own tariffs and knows the newest
// members; any other address may be run by anybody.
import type { CloudAccess } from '../domain/cloud.ts';
import type { WireName } from '../domain/model-call.ts';
import { dearerPrice, type ModelPrice } from '../domain/price.ts';

const hosts: Readonly<Record<WireName, RegExp>> = {
  'anthropic-messages': /^api\.anthropic\.com$/,
  'openai-chat': /^(?:[a-z]+\.)?api\.openai\.com$/,
  'openai-responses': /^(?:[a-z]+\.)?api\.openai\.com$/,
  gemini: /^generativelanguage\.googleapis\.com$/,
};

export function isOwnHost(wire: WireName, baseUrl: string): boolean {
  return URL.canParse(baseUrl) && hosts[wire].test(new URL(baseUrl).hostname);
}

/**
 * Hosts which document that their limit on the answer includes the model's thinking, and which refuse members that they
 * do not know, such as a budget for it.
 */
const thinkingLimited =
  /^(?:api\.groq\.com|api\.mistral\.ai|api\.cerebras\.ai|api\.fireworks\.ai|generativelanguage\.googleapis\.com|[a-z0-9-]+\.openai\.azure\.com)$/;

export function isThinkingLimited(wire: WireName, baseUrl: string): boolean {
  return (
    isOwnHost(wire, baseUrl) || (URL.canParse(baseUrl) && thinkingLimited.test(new URL(baseUrl).hostname))
  );
}

const regionalTenths = 11n;
const governmentTenths = 12n;

/**
 * Regional processing costs ten percent more, Amazon's regions for governments twenty; the price list has the default
 * price. In Bedrock's other regions, the model's ID names its regions and has a price of its own.
 */
export function priceAt(
  { baseUrl, cloud }: { baseUrl: string; cloud?: CloudAccess | undefined },
  price: ModelPrice,
): ModelPrice {
  if (cloud?.name === 'bedrock')
    return cloud.region.startsWith('us-gov-') ? dearerPrice(price, governmentTenths) : price;
  const isRegional =
    cloud === undefined
      ? URL.canParse(baseUrl) && /^[a-z]+\.api\.openai\.com$/.test(new URL(baseUrl).hostname)
      : cloud.location !== 'global';
  return isRegional ? dearerPrice(price, regionalTenths) : price;
}
