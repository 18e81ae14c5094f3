// OpenAI's usage, in its two spellings: what was read from a cache or written to one is a part of the input, and what was
// thought is a part of the output.
import { noUsage, type TokenUsage } from '../../domain/model-call.ts';
import { countIn, type JsonObject, objectIn } from './json-value.ts';

/** @returns null where the provider did not say both how much was read and how much was written. */
export function openaiUsage(usage: JsonObject): TokenUsage | null {
  const input = countIn(usage, 'input_tokens') ?? countIn(usage, 'prompt_tokens');
  const output = countIn(usage, 'output_tokens') ?? countIn(usage, 'completion_tokens');
  if (input === null || output === null) return null;
  const read = cachedIn(usage);
  const written = writtenIn(usage);
  return {
    ...noUsage,
    inputTokens: Math.max(0, input - read - written),
    cacheReadTokens: read,
    cacheWriteTokens: written,
    // Some that speak this protocol leave hidden reasoning out of the output, and have it in the total alone.
    outputTokens: Math.max(output, (countIn(usage, 'total_tokens') ?? 0) - input),
  };
}

function detailsOf(usage: JsonObject): JsonObject | null {
  return objectIn(usage, 'input_tokens_details') ?? objectIn(usage, 'prompt_tokens_details');
}

/** OpenAI's name for it, DeepSeek's, Moonshot's, and that of proxies before Anthropic. */
function cachedIn(usage: JsonObject): number {
  return (
    countIn(detailsOf(usage), 'cached_tokens') ??
    countIn(usage, 'prompt_cache_hit_tokens') ??
    countIn(usage, 'cached_tokens') ??
    countIn(usage, 'cache_read_input_tokens') ??
    0
  );
}

function writtenIn(usage: JsonObject): number {
  return (
    countIn(detailsOf(usage), 'cache_write_tokens') ?? countIn(usage, 'cache_creation_input_tokens') ?? 0
  );
}

/** What is counted apart from the tokens, or at another rate. */
export function usageSurprise(usage: JsonObject): string | null {
  const details = detailsOf(usage);
  const outputDetails =
    objectIn(usage, 'output_tokens_details') ?? objectIn(usage, 'completion_tokens_details');
  const longKept = objectIn(details, 'cache_write_tokens_details');
  const counted: readonly [JsonObject | null, string][] = [
    [details, 'audio_tokens'],
    [outputDetails, 'audio_tokens'],
    [details, 'orchestration_input_tokens'],
    [outputDetails, 'orchestration_output_tokens'],
    [longKept, 'ttl_12h_tokens'],
    [usage, 'num_sources_used'],
    [usage, 'num_search_queries'],
  ];
  const found = counted.find(([where, name]) => (countIn(where, name) ?? 0) > 0);
  return found === undefined ? null : found[1];
}
