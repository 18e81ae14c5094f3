// OpenAI's usage, in its two spellings: cache reads and writes are part of the input, and thinking is part of the
// output.
import { noUsage, type TokenUsage } from '../../../domain/agents/model-call.ts';
import { Charge, isForeign } from '../answers/charge.ts';
import { SaidCounts } from '../answers/said-counts.ts';
import { isObject, type JsonObject, memberOf, objectIn } from '../json-value.ts';
import { openaiUsage } from '../known-members.ts';
import { isSome, unlistedCount } from '../unlisted.ts';

type Counted = 'input' | 'output' | 'total' | 'read' | 'written' | 'reasoning';

/** Each row starts with OpenAI's name, followed by DeepSeek's, Moonshot's, and that of proxies for Anthropic. */
const readNames = ['prompt_cache_hit_tokens', 'cached_tokens', 'cache_read_input_tokens'] as const;

export class OpenaiCounts {
  readonly #counts = new SaidCounts<Counted>();
  readonly #charge = new Charge();
  #unlisted: string | null = null;

  take(usage: JsonObject): void {
    const counts = this.#counts;
    for (const name of ['input_tokens', 'prompt_tokens']) counts.take(usage, ['input'], { input: name });
    for (const name of ['output_tokens', 'completion_tokens'])
      counts.take(usage, ['output'], { output: name });
    counts.take(usage, ['total', 'written'], {
      total: 'total_tokens',
      written: 'cache_creation_input_tokens',
    });
    this.#charge.take(usage);
    this.#unlisted ??= isForeign(usage) ? 'usage.currency' : unlistedCount(usage, openaiUsage, 'usage');
    for (const each of [usage, outputDetailsOf(usage)])
      for (const name of reasoningNames) counts.take(each, ['reasoning'], { reasoning: name });
    const details = detailsOf(usage);
    counts.take(details, ['read', 'written'], { read: 'cached_tokens', written: 'cache_write_tokens' });
    if (isSaid(details, 'cached_tokens')) return;
    const other = readNames.find((name) => isSaid(usage, name));
    if (other !== undefined) counts.take(usage, ['read'], { read: other });
  }

  /** As in `FoldEnd`. */
  get unlisted(): string | null {
    return this.#charge.unread ?? this.#unlisted;
  }

  /** Undefined if the provider did not say it. */
  get chargedNanoUsd(): bigint | undefined {
    return this.#charge.nanoUsd;
  }

  /** Null if the provider did not report both reads and writes as numbers. */
  get usage(): TokenUsage | null {
    const counts = this.#counts;
    const [input, output] = [counts.most('input'), counts.most('output')];
    if (input === null || output === null || counts.isUnreadable) return null;
    const [read, written] = [counts.most('read') ?? 0, counts.most('written') ?? 0];
    return {
      ...noUsage,
      // As Anthropic itself, some proxies for it do not count what was read and written as part of the input.
      inputTokens: read + written > input ? input : input - read - written,
      cacheReadTokens: read,
      cacheWriteTokens: written,
      // Some servers omit hidden reasoning from the output and include it only in the total, or nowhere.
      outputTokens: Math.max(
        withReasoning(output, counts.most('reasoning')),
        (counts.most('total') ?? 0) - input,
      ),
    };
  }
}

const reasoningNames = ['reasoning_tokens', 'thinking_tokens'] as const;

/** More reasoning than output is not part of the output. */
export function withReasoning(output: number, reasoning: number | null): number {
  return reasoning !== null && reasoning > output ? output + reasoning : output;
}

function isSaid(value: unknown, name: string): boolean {
  return (memberOf(value, name) ?? null) !== null;
}

function detailsOf(usage: JsonObject): unknown {
  return memberOf(usage, 'input_tokens_details') ?? memberOf(usage, 'prompt_tokens_details');
}

function outputDetailsOf(usage: JsonObject): unknown {
  const details = memberOf(usage, 'output_tokens_details') ?? memberOf(usage, 'completion_tokens_details');
  return isObject(details) ? details : undefined;
}

/** Tokens that are counted apart from the others, or charged at another rate. */
export function usageSurprise(usage: JsonObject): string | null {
  const details = objectIn({ details: detailsOf(usage) }, 'details');
  const outputDetails = objectIn({ details: outputDetailsOf(usage) }, 'details');
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
  const found = counted.find(([where, name]) => isSome(memberOf(where, name)));
  return found === undefined ? null : found[1];
}
