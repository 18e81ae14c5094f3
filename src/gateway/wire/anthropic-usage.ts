// The usage of an Anthropic answer: its input stands in `message_start`, and all of it again, grown, in `message_delta`.
import { type CallFailureKind, noUsage, type TokenUsage } from '../../domain/model-call.ts';
import type { AnswerReader } from './answer-reader.ts';
import { countIn, isObject, type JsonObject, listIn, memberOf, objectIn, textIn } from './json-value.ts';
import { failureOfError } from './provider-failure.ts';
import type { FoldEnd } from './wire.ts';

export class AnthropicUsage implements AnswerReader {
  #said: JsonObject = {};
  #isWhole = false;
  #failure: CallFailureKind | null = null;
  #surprise: string | null = null;
  #hasOutput = false;
  /** What it has said of its usage by then is the last of it. */
  #hasStopped = false;

  get input(): TokenUsage | null {
    const usage = usageOf(this.#said);
    return usage === null ? null : { ...usage, outputTokens: 0 };
  }

  event(_name: string | null, data: unknown): void {
    const type = textIn(data, 'type');
    if (type === 'message_start') this.#take(objectIn(data, 'message'), false);
    else if (type === 'message_delta') this.#takeDelta(data);
    else if (type === 'message_stop') this.#isWhole = true;
    else if (type === 'content_block_start') this.#look(objectIn(data, 'content_block'));
    else if (type === 'error') this.#failure = failureOfError(memberOf(data, 'error'));
    else if (type === 'message') this.document(data);
  }

  done(): void {
    // Anthropic ends its streams by an event; what stands before one that speaks its protocol may end them so.
  }

  document(body: unknown): void {
    if (textIn(body, 'type') === 'error') {
      this.#failure = failureOfError(memberOf(body, 'error'));
      return;
    }
    this.#take(body, true);
    for (const block of listIn(body, 'content')) this.#look(block);
    this.#isWhole = this.#hasOutput;
  }

  end(): FoldEnd {
    // What was said in the midst was true then: an error may come long after it.
    const isLast = this.#failure === null || this.#hasStopped || this.#isWhole;
    return {
      usage: this.#hasOutput && isLast ? usageOf(this.#said) : null,
      isWhole: this.#isWhole && this.#hasOutput,
      failure: this.#failure,
      surprise: this.#surprise,
    };
  }

  #takeDelta(data: unknown): void {
    this.#take(data, true);
    this.#hasStopped ||= textIn(objectIn(data, 'delta'), 'stop_reason') !== null;
  }

  /** What is said later counts, and what is not said again stays as it was. */
  #take(from: unknown, isOutput: boolean): void {
    const usage = objectIn(from, 'usage');
    if (usage === null) return;
    const said = Object.entries(usage).filter(([, value]) => value !== null);
    this.#said = { ...this.#said, ...Object.fromEntries(said) };
    this.#hasOutput ||= isOutput && countIn(usage, 'output_tokens') !== null;
    this.#surprise ??= surpriseIn(usage);
  }

  #look(block: unknown): void {
    const type = textIn(block, 'type') ?? '';
    if (/^(?:server_tool_use|mcp_tool_use|compaction)$/.test(type))
      this.#surprise ??= `a block of type ${type}`;
  }
}

function usageOf(said: JsonObject): TokenUsage | null {
  const inputTokens = countIn(said, 'input_tokens');
  if (inputTokens === null) return null;
  const written = countIn(said, 'cache_creation_input_tokens') ?? 0;
  const kinds = objectIn(said, 'cache_creation');
  const hour = countIn(kinds, 'ephemeral_1h_input_tokens') ?? 0;
  return {
    ...noUsage,
    inputTokens,
    cacheReadTokens: countIn(said, 'cache_read_input_tokens') ?? 0,
    cacheWriteTokens: Math.max(written - hour, countIn(kinds, 'ephemeral_5m_input_tokens') ?? 0),
    cacheWrite1hTokens: hour,
    outputTokens: countIn(said, 'output_tokens') ?? 0,
  };
}

function surpriseIn(usage: JsonObject): string | null {
  const speed = textIn(usage, 'speed');
  if (speed !== null && speed !== 'standard') return `speed: ${speed}`;
  const tier = textIn(usage, 'service_tier');
  if (tier !== null && tier !== 'standard') return `service_tier: ${tier}`;
  const place = textIn(usage, 'inference_geo');
  if (place !== null && !['global', 'not_available', ''].includes(place)) return `inference_geo: ${place}`;
  const tools = objectIn(usage, 'server_tool_use');
  if (tools !== null && Object.values(tools).some((count) => typeof count === 'number' && count > 0)) {
    return 'server_tool_use';
  }
  const passes = listIn(usage, 'iterations').filter(isObject);
  const other = passes
    .map((pass) => textIn(pass, 'type'))
    .find((type) => type !== null && type !== 'message');
  if (other !== undefined) return `iterations: ${other}`;
  return passes.length > 1 ? 'iterations: more than one' : null;
}
