// Classifies a failed run of Codex by the message of its final event: it has no field for the status.

import { type CallFailure, kindOfFailedCall, type WordsOfFailure } from '../call-words.ts';
import { parseJsonLine } from '../json-lines.ts';

/** Messages that Codex writes instead of the provider's. */
export const codexWords: readonly WordsOfFailure[] = [
  {
    kind: 'provider_down',
    says: /experiencing high demand/,
    sample: 'We’re currently experiencing high demand, which may cause temporary errors.',
  },
  {
    kind: 'context_too_long',
    says: /ran out of room in the model's context window/,
    sample:
      "Codex ran out of room in the model's context window. Start a new thread or clear earlier history before retrying.",
  },
  {
    kind: 'output_limit',
    says: /Incomplete response returned, reason: max_output_tokens/,
    sample: 'stream disconnected before completion: Incomplete response returned, reason: max_output_tokens',
  },
  {
    kind: 'refused',
    says: /Incomplete response returned, reason: content_filter/,
    sample: 'stream disconnected before completion: Incomplete response returned, reason: content_filter',
  },
  {
    kind: 'usage_limit',
    says: /hit your usage limit/i,
    sample:
      "You've hit your usage limit. Upgrade to Pro, visit https://chatgpt.com/codex/settings/usage to purchase more credits or try again at Feb 21st, 2027 9:53 PM.",
  },
  {
    kind: 'quota',
    says: /^Quota exceeded|usage limit/,
    sample: 'Quota exceeded. Check your plan and billing details.',
  },
];

export function kindOfCodexError(message: string): CallFailure {
  const own = codexWords.find(({ says }) => says.test(message));
  if (own) return { kind: own.kind, status: null };
  const status = statusIn(message);
  return { kind: kindOfFailedCall(status, message) ?? 'failed', status };
}

/** For a provider's 400, Codex prints only the body; for all other answers it prints `status NNN`. */
function statusIn(message: string): number | null {
  const named = /\b(?:unexpected|last) status:? (\d{3})\b/.exec(message)?.[1];
  if (named !== undefined) return Number(named);
  return parseJsonLine(message) === null ? null : 400;
}
