// The usage of a Responses answer: only the last event has it, whether completed, incomplete or failed.
import type { CallFailureKind } from '../../domain/model-call.ts';
import type { AnswerReader } from './answer-reader.ts';
import { listIn, memberOf, objectIn, textIn } from './json-value.ts';
import { OpenaiCounts, usageSurprise } from './openai-usage.ts';
import { tierSurprise } from './openai-words.ts';
import { errorIn, failureOfError } from './provider-failure.ts';
import { SaidModels } from './said-models.ts';
import type { FoldEnd } from './wire.ts';

const lastEvents = new Set([
  'response.completed',
  'response.incomplete',
  'response.failed',
  'response.cancelled',
]);
/** Statuses with which the usage is not final. */
const goesOn = new Set(['in_progress', 'queued']);
/** Items that a provider tool leaves in an answer. Client tools only appear as requests: the client runs them. */
const hostedItems = /^(?:web_search|file_search|code_interpreter|image_generation|mcp)_call$|^compaction$/;

export class ResponsesUsage implements AnswerReader {
  readonly #counts = new OpenaiCounts();
  readonly #models = new SaidModels();
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
    else if (type !== null && lastEvents.has(type)) this.document(objectIn(data, 'response'));
    else if (type === 'response.output_item.done') this.#look(objectIn(data, 'item'));
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
      surprise: this.#surprise,
      chargedNanoUsd,
    };
  }

  #look(item: unknown): void {
    const type = textIn(item, 'type') ?? '';
    if (hostedItems.test(type)) this.#surprise ??= `an item of type ${type}`;
    const environment = textIn(objectIn(item, 'environment'), 'type');
    if (memberOf(item, 'type') === 'shell_call' && environment !== null && environment !== 'local') {
      this.#surprise ??= `a shell in ${environment}`;
    }
  }
}
