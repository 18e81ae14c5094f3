// What a Chat Completions request may ask for beside tokens, at OpenAI and at those that speak its protocol.
import { type Feature, isEmpty, leaveOut, oneOf } from './feature.ts';
import { type ToolPolicy, toolName } from './hosted-tools.ts';
import { memberOf, textIn } from './json-value.ts';
import { textAlone, usualCache, usualTier } from './openai-words.ts';

const paidBySearch = 'each search is paid for apart from tokens';

export const chatFeatures: readonly Feature[] = [
  {
    field: 'n',
    isBounded: oneOf(1),
    otherwise: 'refuse',
    because: 'every answer beyond the first one costs as much again',
  },
  {
    field: 'best_of',
    isBounded: oneOf(1),
    otherwise: 'refuse',
    because: 'answers that are thrown away are paid for too',
  },
  usualTier,
  usualCache,
  ...textAlone,
  {
    field: 'prediction',
    isBounded: () => false,
    otherwise: leaveOut,
    because: 'what was predicted wrongly is paid for beyond the limit on the output',
  },
  { field: 'web_search_options', isBounded: () => false, otherwise: 'refuse', because: paidBySearch },
  { field: 'search_parameters', isBounded: () => false, otherwise: leaveOut, because: paidBySearch },
  { field: 'enable_search', isBounded: oneOf(false), otherwise: leaveOut, because: paidBySearch },
  {
    field: 'plugins',
    isBounded: isEmpty,
    otherwise: 'refuse',
    because: 'what runs at the provider is paid for apart from tokens',
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
    return type === undefined || type === null || type === 'function' || type === 'custom';
  },
  nameOf: toolName,
};

/** Models that search by themselves, and are paid for by the search. */
export function isSearching(model: string): boolean {
  return /-search-(?:preview|api)|:online$/.test(model);
}

/** @returns the name of the limit that this model honours: those that reason refuse the older one, others ignore the newer one. */
export function outputLimitName(model: string): 'max_tokens' | 'max_completion_tokens' {
  return /^(?:openai\/)?(?:gpt-(?:[5-9]|\d\d)|o\d|chatgpt-|codex)/.test(model)
    ? 'max_completion_tokens'
    : 'max_tokens';
}

/** A part of a message's content that is no text; sound is not even bounded by the model's context. */
export function isSound(part: unknown): boolean {
  return textIn(part, 'type') === 'input_audio';
}
