import type { ModelRequest, ModelUsage } from '../engine/ports/model.ts';

// What a call cost in tokens. A provider that does not report usage never counts as free: the most that the call can
// have cost is used.

/** Tokens that a message costs in addition to its text. */
const framingTokens = 64;

/** No tokenizer makes more tokens than a text has bytes. */
export function usageBound(
  request: Pick<ModelRequest<unknown>, 'system' | 'prompt' | 'outputTokensMax'>,
): ModelUsage {
  return {
    inputTokens: Buffer.byteLength(request.system) + Buffer.byteLength(request.prompt) + framingTokens,
    outputTokens: request.outputTokensMax,
  };
}

/** The reported usage; a missing or impossible number is replaced by the bound's. */
export function plausibleUsage(
  reported: { inputTokens: number | undefined; outputTokens: number | undefined },
  bound: ModelUsage,
  text: string,
): ModelUsage {
  return {
    inputTokens: isCount(reported.inputTokens, 1) ? reported.inputTokens : bound.inputTokens,
    outputTokens: isCount(reported.outputTokens, text === '' ? 0 : 1)
      ? reported.outputTokens
      : bound.outputTokens,
  };
}

/** The usage in a body whose other parts could not be read; null if the body has none. */
export function usageInBody(body: Record<string, unknown>): ModelUsage | null {
  const usage = body.usage;
  if (typeof usage !== 'object' || usage === null) {
    return null;
  }
  const count = (name: string): number => {
    const value = (usage as Record<string, unknown>)[name];
    return typeof value === 'number' && isCount(value, 0) ? value : 0;
  };
  const inputTokens =
    count('prompt_tokens') +
    count('input_tokens') +
    count('cache_creation_input_tokens') +
    count('cache_read_input_tokens');
  return inputTokens === 0
    ? null
    : { inputTokens, outputTokens: count('completion_tokens') + count('output_tokens') };
}

function isCount(value: number | undefined, min: number): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= min;
}
