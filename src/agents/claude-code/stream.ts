// Collects from Claude Code's stream-json what a report needs; it makes no judgement.

import { nanoUsdOf } from '../cost.ts';
import { isJsonObject, type JsonEvent, readJsonLines } from '../json-lines.ts';
import type { TurnEnd } from '../turn-end.ts';
import { TurnSoFar } from '../turn-so-far.ts';

export interface ClaudeStream {
  /** The final event; null if Claude Code never reported how it ended, or began another turn after that. */
  final: FinalEvent | null;
  /** Number of answers received from the model, not counting Claude Code's own retries. */
  modelCalls: number;
  /** The words of its last message. */
  said: string;
  spent: Spent;
}

export interface FinalEvent {
  /** A `subtype` of `success` is not believed: failed calls have it too. */
  isError: boolean;
  apiErrorStatus: number | null;
  /** `completed`, `api_error`, `budget_exhausted`, `max_turns`, `prompt_too_long`, … */
  terminalReason: string | null;
  /** Claude Code's name for a failed call: `rate_limit`, `billing_error`, `max_output_tokens`, … */
  errorWord: string | null;
  /** How its turn ended, from the stop reason of its last answer; null if there is none. */
  turnEnd: TurnEnd | null;
  /** True if the model refused because of its provider's rules. */
  isRefusal: boolean;
  /** When the used-up subscription can be used again, in seconds since the epoch; null if it is not used up. */
  resetsAtSeconds: number | null;
  isUsedUp: boolean;
  text: string;
}

export interface Spent {
  costNanoUsd: bigint | null;
  /** Input tokens, cached or not. */
  inputTokens: number | null;
  outputTokens: number | null;
}

/** Maximum number of distinct answers kept for counting; a run within its limits never reaches it. */
const answersMax = 100_000;

export async function readStream(stdoutPath: string): Promise<ClaudeStream> {
  const answers = new Map<string, JsonEvent>();
  let errorWord: string | null = null;
  let isRefusal = false;
  let resetsAtSeconds: number | null = null;
  let final: JsonEvent | null = null;
  let isOver = false;
  const turn = new TurnSoFar();
  for await (const event of readJsonLines(stdoutPath)) {
    turn.see(event);
    if (event.type === 'result') final = event;
    // What arrives in the background may begin another turn, with a final event of its own.
    isOver = event.type === 'result' || (isOver && event.type !== 'assistant');
    if (event.type === 'rate_limit_event') resetsAtSeconds = resetIn(event.rate_limit_info);
    if (event.type === 'system' && event.subtype === 'model_refusal_no_fallback') isRefusal = true;
    if (event.type !== 'assistant' || !isJsonObject(event.message)) continue;
    const { id, model, stop_reason: stopReason, usage } = event.message;
    const isSynthetic = model === '<synthetic>';
    // A failed call is reported as a message that it made up; the last message counts, because it may have recovered.
    errorWord = isSynthetic && typeof event.error === 'string' ? event.error : null;
    isRefusal = stopReason === 'refusal' || (isRefusal && isSynthetic);
    if (!isSynthetic && typeof id === 'string' && (answers.has(id) || answers.size < answersMax))
      answers.set(id, isJsonObject(usage) ? usage : {});
  }
  return {
    final:
      final === null || !isOver
        ? null
        : readFinal(final, { errorWord, isRefusal, resetsAtSeconds, turnEnd: turn.endBy(final) }),
    modelCalls: answers.size,
    said: turn.said,
    spent: final === null ? readSpentSoFar(answers) : readSpent(final),
  };
}

/** Null while the provider still allows calls. */
function resetIn(info: unknown): number | null {
  if (!isJsonObject(info) || info.status !== 'rejected') return null;
  return typeof info.resetsAt === 'number' && info.resetsAt > 0 ? info.resetsAt : null;
}

function readFinal(
  event: JsonEvent,
  seen: Pick<FinalEvent, 'errorWord' | 'isRefusal' | 'resetsAtSeconds' | 'turnEnd'>,
): FinalEvent {
  const errors = Array.isArray(event.errors) ? event.errors.filter((error) => typeof error === 'string') : [];
  return {
    // Anything but a clear `false` is an error; earlier versions say only by `error_max_turns` that one is.
    isError: event.is_error !== false || String(event.subtype).startsWith('error'),
    apiErrorStatus: typeof event.api_error_status === 'number' ? event.api_error_status : null,
    terminalReason:
      typeof event.terminal_reason === 'string' ? event.terminal_reason : ofEarlierVersions(event.subtype),
    ...seen,
    isUsedUp: event.api_error === 'usage_limit_reached',
    text: typeof event.result === 'string' ? event.result : errors.join(' '),
  };
}

function ofEarlierVersions(subtype: unknown): string | null {
  return subtype === 'error_max_turns' ? 'max_turns' : null;
}

/** The usage of a program that was stopped before it reported a total. */
function readSpentSoFar(answers: ReadonlyMap<string, JsonEvent>): Spent {
  const all = [...answers.values()];
  if (all.length === 0) return { costNanoUsd: null, inputTokens: null, outputTokens: null };
  return {
    costNanoUsd: null,
    inputTokens: sum(all.flatMap(inputOf)),
    outputTokens: sum(all.map((usage) => usage.output_tokens)),
  };
}

const inputOf = (usage: JsonEvent) => [
  usage.input_tokens,
  usage.cache_read_input_tokens,
  usage.cache_creation_input_tokens,
];

/** `total_cost_usd` covers a resumed conversation from its start; this run's own cost is reported by model. */
function readSpent(event: JsonEvent | null): Spent {
  const models = isJsonObject(event?.model_usage_since_last_result)
    ? Object.values(event.model_usage_since_last_result).filter(isJsonObject)
    : null;
  if (models === null) {
    const usage = isJsonObject(event?.usage) ? event.usage : {};
    return {
      costNanoUsd: nanoUsdOf(event?.total_cost_usd),
      inputTokens: sum(inputOf(usage)),
      outputTokens: sum([usage.output_tokens]),
    };
  }
  const costs = models.map(({ costUSD }) => nanoUsdOf(costUSD));
  return {
    costNanoUsd: costs.includes(null)
      ? null
      : costs.reduce<bigint>((total, cost) => total + (cost ?? 0n), 0n),
    inputTokens: sum(
      models.flatMap((model) => [
        model.inputTokens,
        model.cacheReadInputTokens,
        model.cacheCreationInputTokens,
      ]),
    ),
    outputTokens: sum(models.map((model) => model.outputTokens)),
  };
}

/** Null when none of the values is a count. */
function sum(values: unknown[]): number | null {
  const counts = values.filter((value) => Number.isSafeInteger(value)).map(Number);
  return counts.length === 0 && values.length > 0 ? null : counts.reduce((total, count) => total + count, 0);
}
