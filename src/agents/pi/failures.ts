// Classifies a failed run of pi by its last message: it has no field for the status.

import type { AgentFailureKind } from '../../domain/agents/agent-failure.ts';
import { kindOfFailedCall, type WordsOfFailure } from '../call-words.ts';
import { isJsonObject, type JsonEvent, parseJsonLine } from '../json-lines.ts';
import { turnEnd } from '../turn-end.ts';

export interface PiFailure {
  kind: AgentFailureKind;
  status: number | null;
  /** The text of pi's own message. */
  said: string;
}

/** pi's own messages, if the connection or the answer failed. */
export const piWords: readonly WordsOfFailure[] = [
  // Messages of the provider's library, before any answer arrived.
  { kind: 'unreachable', says: /^(?:Connection error\.?|fetch failed)$/, sample: 'Connection error.' },
  {
    kind: 'malformed',
    says: /in JSON at position|Incomplete JSON segment/,
    sample: 'Unterminated string in JSON at position 28 (line 1 column 29)',
  },
  {
    kind: 'refused',
    says: /^The model refused to complete the request$|^Provider (?:stopped with|finish_reason): (?:sensitive|content_filter|SAFETY|PROHIBITED_CONTENT|BLOCKLIST|SPII)$/,
    sample: 'Provider finish_reason: content_filter',
  },
];

/** Null if the message ends a run successfully. */
export function failureOf({ stopReason, rawStopReason, errorMessage }: JsonEvent): PiFailure | null {
  const said = typeof errorMessage === 'string' ? errorMessage : '';
  const none = { status: null, said };
  const end = stopReason === 'error' ? null : turnEnd(stopReason);
  if (end === 'finished') return null;
  if (end !== null) return { kind: end, ...none };
  // If the provider states its own reason, only the stop reason shows that it was a refusal.
  if (rawStopReason === 'refusal') return { kind: 'refused', ...none };
  const own = piWords.find(({ says }) => says.test(said));
  if (own) return { kind: own.kind, ...none };
  const status = statusIn(said);
  return { kind: kindOfFailedCall(status, said) ?? 'failed', status, said };
}

/** `400 {…}` from Anthropic, `400: {…}` from OpenAI, and the body of Gemini's own error. */
function statusIn(said: string): number | null {
  const leading = /^(\d{3})(?::? |$)/.exec(said)?.[1];
  if (leading !== undefined) return Number(leading);
  const error = parseJsonLine(said)?.error;
  return isJsonObject(error) && typeof error.code === 'number' ? error.code : null;
}
