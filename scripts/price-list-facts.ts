// Facts about models that the price library does not have, and the reasons for which some of its models are not in
// Moose's list.
import type { ModelInfo, ModelPrice } from '@pydantic/genai-prices';

type LibraryProvider = 'anthropic' | 'openai' | 'google';

/**
 * The library knows models by the beginning of their names, Moose by full names. These are the dated names that
 * providers list and agents use; each is checked against the library's own rule.
 */
const snapshots: Record<LibraryProvider, Record<string, readonly string[]>> = {
  anthropic: {
    'claude-3-haiku': ['claude-3-haiku-20240307'],
    'claude-3-opus-latest': ['claude-3-opus-20240229'],
    'claude-3-5-sonnet': [
      'claude-3-5-sonnet-latest',
      'claude-3-5-sonnet-20240620',
      'claude-3-5-sonnet-20241022',
    ],
    'claude-3-5-haiku-latest': ['claude-3-5-haiku-20241022'],
    'claude-3-7-sonnet-latest': ['claude-3-7-sonnet-20250219'],
    'claude-sonnet-4-0': ['claude-sonnet-4-20250514'],
    'claude-opus-4-1': ['claude-opus-4-1-20250805'],
    'claude-sonnet-4-5': ['claude-sonnet-4-5-20250929'],
    'claude-haiku-4-5': ['claude-haiku-4-5-20251001'],
    'claude-opus-4-5': ['claude-opus-4-5-20251101'],
  },
  openai: { 'gpt-5-nano': ['gpt-5-nano-2025-08-07'] },
  google: {
    'gemini-2.0-flash': ['gemini-2.0-flash-001'],
    'gemini-3.1-flash-lite': ['gemini-3.1-flash-lite-preview'],
    'gemini-3.1-pro-preview': ['gemini-3.1-pro-preview-customtools'],
  },
};

export function snapshotsOf(provider: LibraryProvider, id: string): readonly string[] {
  return snapshots[provider][id] ?? [];
}

/** The library rounds these context sizes. Moose uses them as a limit, so they must not be too small. */
const rounded: Record<LibraryProvider, Record<number, number>> = {
  anthropic: {},
  openai: { 32000: 32_768, 1000000: 1_050_000 },
  google: { 1000000: 1_048_576, 2000000: 2_097_152 },
};

/** Context sizes that the library lacks, from the providers' own pages. */
const contexts: Record<string, number> = {
  'gemini-1.5-pro': 2_097_152,
  'gemini-2.5-pro': 1_048_576,
  'gemini-3-pro-preview': 1_048_576,
  'gemini-3.1-pro-preview': 1_048_576,
};

export function realContext(provider: LibraryProvider, id: string, listed: number | null): number | null {
  const known = provider === 'google' ? contexts[id] : undefined;
  if (known !== undefined) return known;
  return listed === null ? null : (rounded[provider][listed] ?? listed);
}

/** Models that hear, speak, draw or search: that is charged in other units, or costs more than text. */
const notOfText =
  /(?:^|[-:])(?:audio|embedding|ft|image|live|moderation|omni|realtime|search|transcribe|tts|whisper|deep-research)(?:[-:]|$)/;
/** Models whose tokenizer makes up to five tokens of a byte, so that their input could not be bounded. */
const beforeBytes = /^claude-(?:v?[12]\b|instant)/;
const noListOfTheProvider = /OpenRouter|can't find anything/;

/** Why a model is not in the list; null if it is. */
export function leftOutBecause(
  provider: LibraryProvider,
  name: string,
  model: ModelInfo,
  prices: readonly ModelPrice[],
): string | null {
  if (provider === 'google' && !/^gem(ini|ma)-/.test(name)) return 'it is sold by another provider';
  if (provider === 'anthropic' && beforeBytes.test(name))
    return 'it may make more tokens than it is sent bytes';
  if (notOfText.test(name)) return 'it is not for text alone';
  if (noListOfTheProvider.test(model.price_comments ?? '')) return 'its price is not from its provider';
  const hasRates = prices.every((price) => 'input_mtok' in price && 'output_mtok' in price);
  if (!hasRates) return 'it has no price for text in and text out';
  const isOfText = prices.every((price) => !Object.keys(price).some((key) => /^output_\w+_mtok$/.test(key)));
  return isOfText ? null : 'what it answers is not all of one price';
}
