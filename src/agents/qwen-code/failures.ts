// Classifies a failed run of Qwen Code by the message of its final event: it has no field for the status.

import { type CallFailure, kindOfFailedCall, type WordsOfFailure } from '../call-words.ts';
import { isJsonObject, parseJsonLine } from '../json-lines.ts';

/** Qwen Code's own messages. */
export const qwenCodeWords: readonly WordsOfFailure[] = [
  {
    kind: 'repetition',
    says: /^Loop detection halted/,
    sample:
      'Loop detection halted the run (consecutive_identical_tool_calls: the model repeated the same tool call with identical arguments).',
  },
  { kind: 'turn_limit', says: /max(?:imum)? session turns/i, sample: 'Reached max session turns' },
  {
    kind: 'context_too_long',
    says: /request-body limit \(HTTP 413\)/,
    sample:
      '[API Error: Model request exceeds the endpoint request-body limit (HTTP 413) and there is no earlier conversation history to compress.',
  },
  {
    kind: 'malformed',
    says: /non-SSE response|Model stream ended with empty|Incomplete JSON segment/,
    sample: '[API Error: Streaming request received a non-SSE response (HTTP 200, Content-Type: text/html).',
  },
  { kind: 'unreachable', says: /^\[API Error: Connection error/, sample: '[API Error: Connection error.]' },
];

/** `[API Error: 401 …]`, or the body of Gemini's own error. */
const callError = /^\[API Error:(?: (\d{3})\b)?/;

export function kindOfQwenCodeError(said: string): CallFailure {
  const own = qwenCodeWords.find(({ says }) => says.test(said));
  if (own) return { kind: own.kind, status: null };
  const call = callError.exec(said);
  const status = call?.[1] === undefined ? statusInBody(said) : Number(call[1]);
  const kind = kindOfFailedCall(status, said);
  return { kind: kind ?? (call === null ? 'failed' : 'provider_down'), status };
}

function statusInBody(said: string): number | null {
  const body = /^\[API Error: (\{.*\})\]/s.exec(said)?.[1];
  const error = body === undefined ? null : parseJsonLine(body)?.error;
  return isJsonObject(error) && typeof error.code === 'number' ? error.code : null;
}
