// Classifies a failed run of Gemini CLI: by the provider's own error body if it is passed on, then by the exit code,
// which is the status modulo 256, then by its message.

import { type CallFailure, kindOfFailedCall, type WordsOfFailure } from '../call-words.ts';
import { isJsonObject, parseJsonLine } from '../json-lines.ts';

/** Gemini CLI's own messages. */
export const geminiCliWords: readonly WordsOfFailure[] = [
  // Only a warning: the final event says `success`, and the exit code is 0.
  { kind: 'repetition', says: /^Loop detected/, sample: 'Loop detected, stopping execution' },
  {
    kind: 'turn_limit',
    says: /^Maximum session turns|max session turns/i,
    sample: 'Maximum session turns exceeded',
  },
  {
    kind: 'refused',
    says: /^The model response was blocked due to/,
    sample: 'The model response was blocked due to safety settings.',
  },
  {
    kind: 'output_limit',
    says: /^Model response was truncated/,
    sample:
      'Model response was truncated because it exceeded the token limit. Try using /compress to free up context space.',
  },
  {
    kind: 'malformed',
    says: /^The model returned (?:an empty response|reasoning thoughts but no)|^Invalid stream|Incomplete JSON segment/,
    sample:
      'The model returned an empty response with no text or thoughts. This may be a transient API issue; please try again.',
  },
  {
    kind: 'unreachable',
    says: /fetch failed/,
    sample: '[API Error: exception TypeError: fetch failed sending request]',
  },
];

export function kindOfGeminiCliError(said: string, exitCode: number | null): CallFailure {
  const own = geminiCliWords.find(({ says }) => says.test(said));
  if (own) return { kind: own.kind, status: null };
  const isCall = said.startsWith('[API Error: ');
  const status = isCall ? (statusIn(said) ?? statusOfExit(exitCode)) : null;
  const kind = kindOfFailedCall(status, said);
  return { kind: kind ?? (isCall ? 'provider_down' : 'failed'), status };
}

/** `[API Error: {"error":{"code":400,…}}]`, sometimes followed by a hint. */
function statusIn(said: string): number | null {
  const body = /^\[API Error: (\{.*\})\]/s.exec(said)?.[1];
  const error = body === undefined ? null : parseJsonLine(body)?.error;
  return isJsonObject(error) && typeof error.code === 'number' ? error.code : null;
}

/**
 * The exit code is the status modulo 256: 400 gives 144, and 529 gives 17. Gemini CLI's own codes are 1, 41 to 55, and
 * 130 and above for signals.
 */
const ownExitCodesMax = 60;
const byte = 256;

function statusOfExit(exitCode: number | null): number | null {
  if (exitCode === null) return null;
  const status = exitCode + byte;
  if (status >= 400 && status < 2 * byte) return status;
  const beyond = status + byte;
  const isServerError = exitCode > 1 && beyond < 600 && (exitCode < 41 || exitCode > ownExitCodesMax);
  return isServerError ? beyond : null;
}
