// The usage of a Gemini answer: each chunk repeats it, updated; thinking is counted separately from the answer.
import { type CallFailureKind, noUsage, type TokenUsage } from '../../../domain/agents/model-call.ts';
import type { AnswerReader } from '../answers/answer-reader.ts';
import { Charge } from '../answers/charge.ts';
import { OneAnswer } from '../answers/one-answer.ts';
import { errorIn, failureOfError } from '../answers/provider-failure.ts';
import { SaidCounts } from '../answers/said-counts.ts';
import { SaidModels } from '../answers/said-models.ts';
import { ShownText } from '../answers/shown-text.ts';
import { countIn, isObject, listIn, memberOf, objectIn, textIn } from '../json-value.ts';
import { geminiAnswer, geminiUsage } from '../known-members.ts';
import { hasSecond } from '../openai/openai-chat-usage.ts';
import { isNothing, isSome, unlistedCount, unlistedPart } from '../unlisted.ts';
import type { FoldEnd } from '../wire.ts';

const counted = [
  ...['promptTokenCount', 'cachedContentTokenCount', 'toolUsePromptTokenCount'],
  ...['candidatesTokenCount', 'thoughtsTokenCount', 'totalTokenCount'],
] as const;
type Counted = (typeof counted)[number];

export class GeminiUsage implements AnswerReader {
  readonly #counts = new SaidCounts<Counted>();
  readonly #charge = new Charge();
  readonly #models = new SaidModels();
  readonly #one = new OneAnswer();
  readonly #shown = new ShownText();
  #isWhole = false;
  /** True if the usage came with the finish reason or after it, so that it includes the answer. */
  #isUsageLast = false;
  #failure: CallFailureKind | null = null;
  #surprise: string | null = null;
  #unlisted: string | null = null;

  get input(): TokenUsage | null {
    const usage = this.#usage();
    return usage === null ? null : { ...usage, outputTokens: 0 };
  }

  get models(): readonly string[] {
    return this.#models.names;
  }

  event(_name: string | null, data: unknown): void {
    const error = memberOf(data, 'error');
    if (error !== undefined && error !== null) {
      this.#failure = failureOfError(errorIn(data));
      return;
    }
    this.#models.take(textIn(data, 'modelVersion')?.replace(/^models\//, ''));
    const usage = memberOf(data, 'usageMetadata');
    // A chunk may omit numbers that an earlier one has reported.
    this.#counts.take(usage, counted);
    if (isObject(usage)) this.#charge.take(usage);
    const candidates = listIn(data, 'candidates');
    const parts = candidates.flatMap((each) => listIn(objectIn(each, 'content'), 'parts'));
    this.#shown.add(...parts.map((part) => memberOf(part, 'text')));
    const isBlocked = textIn(objectIn(data, 'promptFeedback'), 'blockReason') !== null;
    this.#isWhole ||= isBlocked || candidates.some((each) => textIn(each, 'finishReason') !== null);
    this.#isUsageLast = this.#isWhole && (this.#isUsageLast || saysAnswer(usage));
    const id = textIn(data, 'responseId');
    if (this.#isUsageLast && id !== null) this.#one.take(id);
    this.#surprise ??= hasSecond(candidates) ? 'a second answer' : surpriseIn(usage, candidates);
    this.#unlisted ??=
      unlistedCount(usage, geminiUsage, 'usageMetadata') ?? unlistedPart(data, geminiAnswer, '');
  }

  done(): void {
    // Gemini's streams end with their last chunk.
  }

  document(body: unknown): void {
    this.event(null, body);
  }

  end(): FoldEnd {
    return {
      usage: this.#isUsageLast ? this.#usage() : null,
      isWhole: this.#isWhole && this.#failure === null,
      failure: this.#failure,
      surprise: this.#one.surprise ?? this.#surprise,
      unlisted: this.#charge.unread ?? this.#unlisted ?? undefined,
      shownChars: this.#shown.chars,
      chargedNanoUsd: this.#charge.nanoUsd,
    };
  }

  #usage(): TokenUsage | null {
    const count = (name: Counted) => this.#counts.most(name) ?? 0;
    const prompt = count('promptTokenCount');
    if (prompt === 0 || this.#counts.isUnreadable) return null;
    const input = prompt + count('toolUsePromptTokenCount');
    const read = Math.min(input, count('cachedContentTokenCount'));
    const output = count('candidatesTokenCount') + count('thoughtsTokenCount');
    return {
      ...noUsage,
      inputTokens: input - read,
      cacheReadTokens: read,
      outputTokens: Math.max(output, count('totalTokenCount') - input),
    };
  }
}

function saysAnswer(usage: unknown): boolean {
  return ['candidatesTokenCount', 'totalTokenCount'].some((name) => countIn(usage, name) !== null);
}

/** A word on no list may be a dearer tier. */
function isOtherTier(tier: unknown): boolean {
  const isDefault = typeof tier === 'string' && defaultTier.test(tier);
  return !isNothing(tier) && !isDefault;
}

const defaultTier = /^(?:default|standard|on_demand|provisioned_throughput|\w+_unspecified)$/i;

function surpriseIn(usage: unknown, candidates: readonly unknown[]): string | null {
  const tier = ['serviceTier', 'trafficType'].map((name) => memberOf(usage, name)).find(isOtherTier);
  if (tier !== undefined) return `service_tier: ${typeof tier === 'string' ? tier : '(unreadable)'}`;
  const details = ['promptTokensDetails', 'candidatesTokensDetails', 'responseTokensDetails'];
  const kinds = details
    .flatMap((name) => listIn(usage, name))
    .map((each) => textIn(each, 'modality') ?? 'TEXT');
  if (kinds.includes('AUDIO')) return 'sound';
  const answered = ['candidatesTokensDetails', 'responseTokensDetails']
    .flatMap((name) => listIn(usage, name))
    .filter((each) => isSome(memberOf(each, 'tokenCount')))
    .map((each) => textIn(each, 'modality') ?? 'TEXT');
  const other = answered.find((kind) => kind !== 'TEXT');
  if (other !== undefined) return `an answer of ${other}`;
  if ((countIn(usage, 'toolUsePromptTokenCount') ?? 0) > 0) return 'a tool of the provider';
  const isGrounded = candidates.some((each) => objectIn(each, 'groundingMetadata') !== null);
  return isGrounded ? 'a search of the web' : null;
}
