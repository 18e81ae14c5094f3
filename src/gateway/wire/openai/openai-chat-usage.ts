// The usage of a Chat Completions answer: in a stream it comes after the finish reason, in its own chunk.
import type { CallFailureKind, TokenUsage } from '../../../domain/agents/model-call.ts';
import type { AnswerReader } from '../answers/answer-reader.ts';
import { OneAnswer } from '../answers/one-answer.ts';
import { errorIn, failureOfError } from '../answers/provider-failure.ts';
import { SaidModels } from '../answers/said-models.ts';
import { ShownText } from '../answers/shown-text.ts';
import { countIn, listIn, memberOf, objectIn, textIn } from '../json-value.ts';
import { chatAnswer } from '../known-members.ts';
import { unlistedPart } from '../unlisted.ts';
import type { FoldEnd } from '../wire.ts';
import { OpenaiCounts, usageSurprise } from './openai-usage.ts';
import { tierSurprise } from './openai-words.ts';

export class ChatUsage implements AnswerReader {
  readonly #counts = new OpenaiCounts();
  readonly #models = new SaidModels();
  readonly #one = new OneAnswer();
  readonly #shown = new ShownText();
  #hasFinished = false;
  #isDone = false;
  #isUsageLast = false;
  #failure: CallFailureKind | null = null;
  #surprise: string | null = null;
  #unlisted: string | null = null;

  /** Null until the end of the answer, which reports the usage. */
  get input(): TokenUsage | null {
    return null;
  }

  get models(): readonly string[] {
    return this.#models.names;
  }

  event(_name: string | null, data: unknown): void {
    const error = memberOf(data, 'error');
    if (error !== undefined && error !== null) {
      this.#failure = failureOfError(error);
      return;
    }
    this.#models.take(memberOf(data, 'model'));
    this.#hasFinished ||= listIn(data, 'choices').some((choice) => textIn(choice, 'finish_reason') !== null);
    if (hasSecond(listIn(data, 'choices'))) this.#surprise ??= 'a second answer';
    for (const choice of listIn(data, 'choices')) this.#shown.add(...textsOf(choice));
    const usage = objectIn(data, 'usage') ?? objectIn(objectIn(data, 'x_groq'), 'usage');
    if (usage !== null) {
      // Some servers report the usage in each chunk, updated each time.
      this.#counts.take(usage);
      this.#isUsageLast = this.#hasFinished;
      const id = textIn(data, 'id');
      if (this.#hasFinished && id !== null) this.#one.take(id);
      this.#surprise ??= usageSurprise(usage);
    }
    this.#surprise ??= tierSurprise(data) ?? searchedIn(data);
    this.#unlisted ??= unlistedPart(data, chatAnswer, '');
  }

  done(): void {
    this.#isDone = true;
  }

  document(body: unknown): void {
    const isAnswer = Array.isArray(memberOf(body, 'choices'));
    if (isAnswer) this.event(null, body);
    // An answer in one piece has nothing after its usage.
    this.#isUsageLast ||= isAnswer && objectIn(body, 'usage') !== null;
    if (!isAnswer) this.#failure = failureOfError(errorIn(body));
    this.#isDone = isAnswer;
  }

  end(): FoldEnd {
    const isWhole = this.#failure === null && (this.#isDone || this.#isUsageLast);
    return {
      // A usage report before the finish reason is only an interim value.
      usage: this.#isUsageLast ? this.#counts.usage : null,
      isWhole,
      failure: this.#failure,
      surprise: this.#one.surprise ?? this.#surprise,
      unlisted: this.#counts.unlisted ?? this.#unlisted ?? undefined,
      shownChars: this.#shown.chars,
      chargedNanoUsd: this.#counts.chargedNanoUsd,
    };
  }
}

/** Only one answer is asked for, and reserved. */
export function hasSecond(answers: readonly unknown[]): boolean {
  return answers.length > 1 || answers.some((each) => (countIn(each, 'index') ?? 0) > 0);
}

function textsOf(choice: unknown): unknown[] {
  const said = objectIn(choice, 'delta') ?? objectIn(choice, 'message');
  const calls = listIn(said, 'tool_calls').map((call) => memberOf(memberOf(call, 'function'), 'arguments'));
  return [memberOf(said, 'content'), ...calls];
}

/** An answer that cites a web page has searched the web. */
function searchedIn(data: unknown): string | null {
  const messages = listIn(data, 'choices').flatMap((choice) => [
    objectIn(choice, 'message'),
    objectIn(choice, 'delta'),
  ]);
  const annotations = messages.flatMap((message) => listIn(message, 'annotations'));
  return annotations.some((each) => textIn(each, 'type') === 'url_citation') ? 'a search of the web' : null;
}
