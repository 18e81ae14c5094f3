// Classifies a failed run of pi by its last message: it has no field for the status.

import type { AgentFailureKind } from '../../domain/agent-failure.ts';
import { kindOfFailedCall } from '../call-words.ts';
import { isJsonObject, type JsonEvent, parseJsonLine } from '../json-lines.ts';

export interface PiFailure {
  kind: AgentFailureKind;
  status: number | null;
  /** Its own words. */
  said: string;
}

interface PiRow {
  kind: AgentFailureKind;
  says: RegExp;
  /** As the program wrote it: a test reads each. */
  sample: string;
}

/** Its own words, if the connection or the answer failed. */
export const piWords: readonly PiRow[] = [
  // From the provider's library, before any answer came.
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

/** Null for a message that ends a run well. */
export function failureOf({ stopReason, rawStopReason, errorMessage }: JsonEvent): PiFailure | null {
  if (stopReason === 'stop') return null;
  const said = typeof errorMessage === 'string' ? errorMessage : '';
  const none = { status: null, said };
  if (stopReason === 'length') return { kind: 'output_limit', ...none };
  // If the provider gives its own reason, only this shows a refusal.
  if (rawStopReason === 'refusal') return { kind: 'refused', ...none };
  const own = piWords.find(({ says }) => says.test(said));
  if (own) return { kind: own.kind, ...none };
  const status = statusIn(said);
  return { kind: kindOfFailedCall(status, said) ?? 'failed', status, said };
}

/** `400 {…}` from Anthropic, `400: {…}` from OpenAI, and Gemini's own body. */
function statusIn(said: string): number | null {
  const leading = /^(\d{3})(?::? |$)/.exec(said)?.[1];
  if (leading !== undefined) return Number(leading);
  const error = parseJsonLine(said)?.error;
  return isJsonObject(error) && typeof error.code === 'number' ? error.code : null;
}
