// What each known host documents about its bills. A host that is not listed gets the strictest treatment: thinking may be
// billed beside the answer, and a charge that it states is no certain amount of dollars.

export interface HostRule {
  /** As the documents name it. */
  name: string;
  hosts: RegExp;
  /**
   * True if the host documents that its limit on the answer includes the model's thinking. It then also refuses members
   * that it does not know, such as a budget for it.
   */
  isThinkingWithin: boolean;
  /** Tenths of the listed price, where all or some of a host's deployments cost more than the list says. */
  priceTenths?: bigint;
  /** True if the host bills what it states in dollars, whatever the price of the model is. */
  billsItsCharge?: boolean;
  /** True if a request can name the highest price at which it may be answered. */
  takesPriceCap?: boolean;
}

const within = { isThinkingWithin: true } as const;
const beside = { isThinkingWithin: false } as const;

export const hostRules: readonly HostRule[] = [
  { name: 'Anthropic', hosts: /^api\.anthropic\.com$/, ...within },
  { name: 'OpenAI', hosts: /^api\.openai\.com$/, ...within },
  // Work that stays in a region costs ten percent more.
  { name: 'OpenAI, regional', hosts: /^[a-z]+\.api\.openai\.com$/, ...within, priceTenths: 11n },
  { name: 'Google (Gemini API)', hosts: /^generativelanguage\.googleapis\.com$/, ...beside },
  // A deployment for one region or data zone costs ten percent more, and its address does not say which it is.
  {
    name: 'Azure OpenAI',
    hosts: /^[a-z0-9-]+\.(?:openai|services\.ai|cognitiveservices)\.azure\.com$/,
    ...within,
    priceTenths: 11n,
  },
  { name: 'Groq', hosts: /^api\.groq\.com$/, ...within },
  { name: 'Mistral', hosts: /^api\.mistral\.ai$/, ...within },
  { name: 'Cerebras', hosts: /^api\.cerebras\.ai$/, ...within },
  { name: 'Fireworks', hosts: /^api\.fireworks\.ai$/, ...within },
  { name: 'OpenRouter', hosts: /^openrouter\.ai$/, ...beside, billsItsCharge: true, takesPriceCap: true },
  { name: 'Perplexity', hosts: /^api\.perplexity\.ai$/, ...beside, billsItsCharge: true },
  { name: 'xAI', hosts: /^(?:[a-z0-9-]+\.)?api\.x\.ai$/, ...beside, billsItsCharge: true },
  { name: 'DeepInfra', hosts: /^api\.deepinfra\.com$/, ...beside, billsItsCharge: true },
];

export const unknownHost: HostRule = { name: 'any other host', hosts: /(?:)/, ...beside };

/** By the address, because each call asks for the rule of its provider several times. */
const found = new Map<string, HostRule>();
const foundMax = 1_024;

export function hostRuleOf(baseUrl: string): HostRule {
  const known = found.get(baseUrl);
  if (known !== undefined) return known;
  const host = URL.canParse(baseUrl) ? new URL(baseUrl).hostname : '';
  const rule = hostRules.find(({ hosts }) => hosts.test(host)) ?? unknownHost;
  if (found.size >= foundMax) found.clear();
  found.set(baseUrl, rule);
  return rule;
}
