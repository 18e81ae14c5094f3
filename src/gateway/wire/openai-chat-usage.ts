// The usage of a Chat Completions answer: in a stream it comes after the finish reason, in its own chunk.
import type { CallFailureKind, TokenUsage } from '../../domain/model-call.ts';
import type { AnswerReader } from './answer-reader.ts';
import { listIn, memberOf, objectIn, textIn } from './json-value.ts';
import { OpenaiCounts, usageSurprise } from './openai-usage.ts';
import { tierSurprise } from './openai-words.ts';
import { errorIn, failureOfError } from './provider-failure.ts';
import { SaidModels } from './said-models.ts';
import type { FoldEnd } from './wire.ts';

export class ChatUsage implements AnswerReader {
  readonly #counts = new OpenaiCounts();
  readonly #models = new SaidModels();
  #hasFinished = false;
  #isDone = false;
  #isUsageLast = false;
  #failure: CallFailureKind | null = null;
  #surprise: string | null = null;

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
    const usage = objectIn(data, 'usage') ?? objectIn(objectIn(data, 'x_groq'), 'usage');
    if (usage !== null) {
      // Some servers report the usage in each chunk, updated each time.
      this.#counts.take(usage);
      this.#isUsageLast = this.#hasFinished;
      this.#surprise ??= usageSurprise(usage);
    }
    this.#surprise ??= tierSurprise(data) ?? searchedIn(data);
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
      surprise: this.#surprise,
      chargedNanoUsd: this.#counts.chargedNanoUsd,
    };
  }
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
