// The usage of an Anthropic answer: `message_start` has the input, and `message_delta` has everything again, updated.
import { type CallFailureKind, noUsage, type TokenUsage } from '../../../domain/agents/model-call.ts';
import type { AnswerReader } from '../answers/answer-reader.ts';
import { Charge, isForeign } from '../answers/charge.ts';
import { OneAnswer } from '../answers/one-answer.ts';
import { failureOfError } from '../answers/provider-failure.ts';
import { SaidCounts } from '../answers/said-counts.ts';
import { SaidModels } from '../answers/said-models.ts';
import { ShownText } from '../answers/shown-text.ts';
import { countIn, isObject, type JsonObject, listIn, memberOf, objectIn, textIn } from '../json-value.ts';
import { anthropicBlocks, anthropicUsage } from '../known-members.ts';
import { withReasoning } from '../openai/openai-usage.ts';
import { SealedBlocks } from '../sealed.ts';
import { isNothing, unlistedCount } from '../unlisted.ts';
import type { FoldEnd } from '../wire.ts';

const counted = [
  ...['input_tokens', 'cache_creation_input_tokens', 'cache_read_input_tokens', 'output_tokens'],
  ...['ephemeral_5m_input_tokens', 'ephemeral_1h_input_tokens', 'thinking_tokens', 'reasoning_tokens'],
] as const;
type Counted = (typeof counted)[number];

/** Sealed thoughts are no shorter than what they stand for, and the signature of a thought contains it. */
const shown = ['text', 'thinking', 'partial_json', 'data', 'signature'];

export class AnthropicUsage implements AnswerReader {
  readonly #counts = new SaidCounts<Counted>();
  readonly #charge = new Charge();
  readonly #models = new SaidModels();
  readonly #one = new OneAnswer();
  readonly #shown = new ShownText();
  readonly #sealed = new SealedBlocks();
  #isWhole = false;
  #failure: CallFailureKind | null = null;
  #surprise: string | null = null;
  #unlisted: string | null = null;
  #hasStopped = false;
  /**
   * True once the final usage was reported after the stop; an earlier report is only an interim value, because an
   * answer or an error may still follow.
   */
  #hasLast = false;

  get input(): TokenUsage | null {
    const usage = usageOf(this.#counts);
    return usage === null ? null : { ...usage, outputTokens: 0 };
  }

  get models(): readonly string[] {
    return this.#models.names;
  }

  event(_name: string | null, data: unknown): void {
    const type = textIn(data, 'type');
    this.#takeMetrics(memberOf(data, 'amazon-bedrock-invocationMetrics'));
    if (type === 'message_start') this.#start(objectIn(data, 'message'));
    else if (type === 'message_delta') this.#takeDelta(data);
    else if (type === 'message_stop') this.#isWhole = true;
    else if (type === 'content_block_delta') this.#show(objectIn(data, 'delta'));
    else if (type === 'content_block_start') this.#begin(objectIn(data, 'content_block'));
    else if (type === 'error') this.#failure = failureOfError(memberOf(data, 'error'));
    else if (type === 'message') this.document(data);
  }

  done(): void {
    // Anthropic ends its streams with an event; other servers that speak its protocol may end them with this marker.
  }

  document(body: unknown): void {
    if (textIn(body, 'type') === 'error') {
      this.#failure = failureOfError(memberOf(body, 'error'));
      return;
    }
    this.#take(body, true);
    this.#takeMetrics(memberOf(body, 'amazon-bedrock-invocationMetrics'));
    for (const block of listIn(body, 'content')) this.#begin(block);
    this.#isWhole = this.#hasLast;
  }

  end(): FoldEnd {
    return {
      usage: this.#hasLast ? usageOf(this.#counts) : null,
      isWhole: this.#isWhole && this.#hasLast,
      failure: this.#failure,
      surprise: this.#one.surprise ?? this.#surprise,
      unlisted: this.#charge.unread ?? this.#unlisted ?? undefined,
      shownChars: this.#shown.chars,
      ...(this.#sealed.hashes.length > 0 && { sealed: this.#sealed.hashes }),
      chargedNanoUsd: this.#charge.nanoUsd,
    };
  }

  #begin(block: unknown): void {
    this.#look(block);
    this.#sealed.close();
    this.#show(block);
  }

  #show(piece: unknown): void {
    for (const name of shown) this.#shown.add(memberOf(piece, name));
    this.#sealed.add(piece);
  }

  #start(message: JsonObject | null): void {
    this.#one.take(textIn(message, 'id'));
    this.#take(message, false);
  }

  #takeDelta(data: unknown): void {
    this.#hasStopped ||= textIn(objectIn(data, 'delta'), 'stop_reason') !== null;
    this.#take(data, this.#hasStopped);
  }

  /** What Amazon bills by, in names of its own. */
  #takeMetrics(metrics: unknown): void {
    this.#counts.take(metrics, ['input_tokens', 'output_tokens', 'cache_read_input_tokens'], {
      input_tokens: 'inputTokenCount',
      output_tokens: 'outputTokenCount',
      cache_read_input_tokens: 'cacheReadInputTokenCount',
    });
    this.#counts.take(metrics, ['cache_creation_input_tokens'], {
      cache_creation_input_tokens: 'cacheWriteInputTokenCount',
    });
  }

  /** `isLast`: no more of the answer follows. */
  #take(from: unknown, isLast: boolean): void {
    this.#models.take(memberOf(from, 'model'));
    this.#counts.take(memberOf(from, 'usage'), counted);
    const usage = objectIn(from, 'usage');
    if (usage === null) return;
    this.#counts.take(memberOf(usage, 'cache_creation'), counted);
    this.#counts.take(memberOf(usage, 'output_tokens_details'), ['thinking_tokens', 'reasoning_tokens']);
    // More than one pass is a surprise.
    const [pass] = listIn(usage, 'iterations');
    this.#counts.take(pass, counted);
    this.#counts.take(memberOf(pass, 'cache_creation'), counted);
    this.#unlisted ??= isForeign(usage) ? 'usage.currency' : unlistedCount(usage, anthropicUsage, 'usage');
    this.#hasLast ||= isLast && countIn(usage, 'output_tokens') !== null;
    this.#charge.take(usage);
    this.#surprise ??= surpriseIn(usage);
  }

  #look(block: unknown): void {
    const type = textIn(block, 'type') ?? '';
    if (type !== '' && !anthropicBlocks.has(type)) this.#surprise ??= `a block of type ${type}`;
  }
}

function usageOf(counts: SaidCounts<Counted>): TokenUsage | null {
  const inputTokens = counts.most('input_tokens');
  if (inputTokens === null || counts.isUnreadable) return null;
  const count = (name: Counted) => counts.most(name) ?? 0;
  const hour = count('ephemeral_1h_input_tokens');
  const written = count('cache_creation_input_tokens');
  return {
    ...noUsage,
    inputTokens,
    cacheReadTokens: count('cache_read_input_tokens'),
    cacheWriteTokens: Math.max(written - hour, count('ephemeral_5m_input_tokens')),
    cacheWrite1hTokens: hour,
    outputTokens: withReasoning(
      count('output_tokens'),
      Math.max(count('thinking_tokens'), count('reasoning_tokens')),
    ),
  };
}

const defaultTariffs: Readonly<Record<string, readonly string[]>> = {
  speed: ['standard'],
  service_tier: ['standard'],
  inference_geo: ['global', 'not_available', ''],
};

function surpriseIn(usage: JsonObject): string | null {
  const tariffs = Object.entries(defaultTariffs).flatMap(([name, byDefault]) => {
    const said = memberOf(usage, name) ?? null;
    if (said === null || byDefault.some((each) => each === said)) return [];
    return [`${name}: ${typeof said === 'string' ? said : '(unreadable)'}`];
  });
  if (tariffs.length > 0) return tariffs.join(', ');
  if (!isNothing(memberOf(usage, 'server_tool_use'))) return 'server_tool_use';
  const passes = listIn(usage, 'iterations').filter(isObject);
  const other = passes
    .map((pass) => textIn(pass, 'type'))
    .find((type) => type !== null && type !== 'message');
  if (other !== undefined) return `iterations: ${other}`;
  return passes.length > 1 ? 'iterations: more than one' : null;
}
