// OpenAI's usage, in its two spellings: cache reads and writes are part of the input, and thinking is part of the
// output.
import { noUsage, type TokenUsage } from '../../domain/model-call.ts';
import { Charge } from './charge.ts';
import { countIn, type JsonObject, memberOf, objectIn } from './json-value.ts';
import { SaidCounts } from './said-counts.ts';

type Counted = 'input' | 'output' | 'total' | 'read' | 'written';

/** Each row starts with OpenAI's name, followed by DeepSeek's, Moonshot's, and that of proxies for Anthropic. */
const readNames = ['prompt_cache_hit_tokens', 'cached_tokens', 'cache_read_input_tokens'] as const;

export class OpenaiCounts {
  readonly #counts = new SaidCounts<Counted>();
  readonly #charge = new Charge();

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
    const details = detailsOf(usage);
    counts.take(details, ['read', 'written'], { read: 'cached_tokens', written: 'cache_write_tokens' });
    if (isSaid(details, 'cached_tokens')) return;
    const other = readNames.find((name) => isSaid(usage, name));
    if (other !== undefined) counts.take(usage, ['read'], { read: other });
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
      // Some servers omit hidden reasoning from the output and include it only in the total.
      outputTokens: Math.max(output, (counts.most('total') ?? 0) - input),
    };
  }
}

function isSaid(value: unknown, name: string): boolean {
  return (memberOf(value, name) ?? null) !== null;
}

function detailsOf(usage: JsonObject): unknown {
  return memberOf(usage, 'input_tokens_details') ?? memberOf(usage, 'prompt_tokens_details');
}

/** Tokens that are counted apart from the others, or charged at another rate. */
export function usageSurprise(usage: JsonObject): string | null {
  const details = objectIn({ details: detailsOf(usage) }, 'details');
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
