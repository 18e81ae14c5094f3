// The usage of a Responses answer: only the last event has it, whether completed, incomplete or failed.
import type { CallFailureKind } from '../../../domain/agents/model-call.ts';
import type { AnswerReader } from '../answers/answer-reader.ts';
import { OneAnswer } from '../answers/one-answer.ts';
import { errorIn, failureOfError } from '../answers/provider-failure.ts';
import { SaidModels } from '../answers/said-models.ts';
import { ShownText } from '../answers/shown-text.ts';
import { type JsonObject, listIn, memberOf, objectIn, textIn } from '../json-value.ts';
import { responsesItems } from '../known-members.ts';
import type { FoldEnd } from '../wire.ts';
import { OpenaiCounts, usageSurprise } from './openai-usage.ts';
import { tierSurprise } from './openai-words.ts';

const lastEvents = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
]);
/** The type of the item in `response.web_search_call.completed` or `response.function_call_arguments.delta`. */
const ofItem = /^response\.((?:[a-z]+_)*?call)(?:_[a-z_]+)?\./;
/** Statuses with which the usage is not final. */
const goesOn = new Set(['in_progress', 'queued']);

export class ResponsesUsage implements AnswerReader {
  readonly #counts = new OpenaiCounts();
  readonly #models = new SaidModels();
  readonly #one = new OneAnswer();
  readonly #shown = new ShownText();
  #isWhole = false;
  #failure: CallFailureKind | null = null;
  #surprise: string | null = null;

  /** Null until the end of the answer, which reports the usage. */
  get input(): null {
    return null;
  }

  get models(): readonly string[] {
    return this.#models.names;
  }

  event(name: string | null, data: unknown): void {
    const type = textIn(data, 'type') ?? name;
    this.#models.take(memberOf(memberOf(data, 'response'), 'model'));
    if (type === 'error') this.#failure = failureOfError(objectIn(data, 'error') ?? data);
    else if (type !== null && lastEvents.has(type)) this.#last(objectIn(data, 'response'));
    else if (type?.startsWith('response.output_item.')) this.#look(objectIn(data, 'item'));
    else {
      this.#lookAtItem(ofItem.exec(type ?? '')?.[1] ?? '');
      if (type?.endsWith('.delta')) this.#shown.add(memberOf(data, 'delta'));
    }
  }

  done(): void {
    // Some servers end these streams with the marker of Chat Completions; the last event has already said everything.
  }

  document(response: unknown): void {
    this.#models.take(memberOf(response, 'model'));
    const error = errorIn(response);
    if (error !== null) this.#failure = failureOfError(error);
    const usage = objectIn(response, 'usage');
    const status = textIn(response, 'status');
    this.#isWhole = status === null ? usage !== null : !goesOn.has(status);
    this.#surprise ??= tierSurprise(response);
    for (const item of listIn(response, 'output')) this.#look(item);
    this.#shown.take(...listIn(response, 'output').flatMap(textsOf));
    if (usage === null) return;
    this.#counts.take(usage);
    this.#surprise ??= usageSurprise(usage);
  }

  end(): FoldEnd {
    const usage = this.#isWhole ? this.#counts.usage : null;
    const { chargedNanoUsd } = this.#counts;
    return {
      usage,
      isWhole: this.#isWhole,
      failure: this.#failure,
      surprise: this.#one.surprise ?? this.#surprise,
      unlisted: this.#counts.unlisted ?? undefined,
      shownChars: this.#shown.chars,
      chargedNanoUsd,
    };
  }

  #last(response: JsonObject | null): void {
    this.#one.take(textIn(response, 'id'));
    this.document(response);
  }

  /** A tool of the provider leaves an item of its own. */
  #lookAtItem(type: string): void {
    if (type !== '' && !responsesItems.has(type)) this.#surprise ??= `an item of type ${type}`;
  }

  #look(item: unknown): void {
    this.#lookAtItem(textIn(item, 'type') ?? '');
    const environment = textIn(objectIn(item, 'environment'), 'type');
    if (memberOf(item, 'type') === 'shell_call' && environment !== null && environment !== 'local') {
      this.#surprise ??= `a shell in ${environment}`;
    }
  }
}

function textsOf(item: unknown): unknown[] {
  const parts = listIn(item, 'content').map((part) => memberOf(part, 'text'));
  return [...parts, memberOf(item, 'arguments'), memberOf(item, 'input')];
}
