// What a Chat Completions request may contain besides tokens, at OpenAI and at servers that speak its protocol.
import { type Feature, isEmpty, leaveOut, oneOf, refusedFeature } from '../feature.ts';
import { type ToolPolicy, toolName } from '../hosted-tools.ts';
import { memberOf, objectIn } from '../json-value.ts';
import type { Refusal } from '../wire.ts';
import { defaultCache, defaultTier, textAlone } from './openai-words.ts';

const paidBySearch = 'each search is billed separately from tokens';

export const chatFeatures: readonly Feature[] = [
  {
    field: 'n',
    isBounded: oneOf(1),
    otherwise: 'refuse',
    because: 'each additional answer costs as much again',
  },
  {
    field: 'best_of',
    isBounded: oneOf(1),
    otherwise: 'refuse',
    because: 'discarded answers are billed too',
  },
  defaultTier,
  defaultCache,
  ...textAlone,
  {
    field: 'prediction',
    isBounded: () => false,
    otherwise: leaveOut,
    because: 'wrong predictions are billed beyond the output limit',
  },
  { field: 'web_search_options', isBounded: () => false, otherwise: 'refuse', because: paidBySearch },
  { field: 'search_parameters', isBounded: () => false, otherwise: leaveOut, because: paidBySearch },
  { field: 'enable_search', isBounded: oneOf(false), otherwise: leaveOut, because: paidBySearch },
  {
    field: 'plugins',
    isBounded: isEmpty,
    otherwise: 'refuse',
    because: 'what runs at the provider is billed separately from tokens',
  },
  {
    field: 'models',
    isBounded: isEmpty,
    otherwise: leaveOut,
    because: 'another model would answer, at its own price',
  },
];

export const chatTools: ToolPolicy = {
  isClients(tool) {
    const type = memberOf(tool, 'type');
    if (type === undefined || type === null) return objectIn(tool, 'function') !== null;
    return type === 'function' || type === 'custom';
  },
  nameOf: toolName,
};

/** Models that search by themselves and charge per search. */
export function isSearching(model: string): boolean {
  return /-search-(?:preview|api)|:online$/i.test(model);
}

export function refusedSearch(model: string): Refusal {
  return refusedFeature(`the model ${model}`, 'its searches are billed separately from tokens');
}

/**
 * The names of the output limit. OpenAI's reasoning models reject the older name; other servers may not know the newer
 * one and would answer without a limit.
 */
export function limitNamesFor(
  model: string,
  given: readonly LimitName[],
  isOwnHost: boolean,
): readonly LimitName[] {
  const isReasoning = /^(?:openai\/)?(?:gpt-(?:[5-9]|\d\d)|o\d|chatgpt-|codex)/.test(model);
  const byDefault: LimitName = isReasoning ? 'max_completion_tokens' : 'max_tokens';
  if (isOwnHost) return given.length > 0 ? given : [byDefault];
  return [...new Set<LimitName>(['max_tokens', byDefault, ...given])];
}

export const limitNames = ['max_tokens', 'max_completion_tokens'] as const;
type LimitName = (typeof limitNames)[number];
