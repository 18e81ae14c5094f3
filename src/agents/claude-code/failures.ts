// Classifies a failed run of Claude Code by its final event.

import type { AgentFailureKind } from '../../domain/agents/agent-failure.ts';
import { kindOfFailedCall } from '../call-words.ts';
import type { FinalEvent } from './stream.ts';

interface ClaudeFailureRow {
  kind: AgentFailureKind;
  fits: (final: FinalEvent) => boolean;
}

/** The first matching row decides, before the call's status: the message is more precise than the status. */
const table: ClaudeFailureRow[] = [
  { kind: 'refused', fits: ({ isRefusal }) => isRefusal },
  { kind: 'budget_exceeded', fits: ({ terminalReason }) => terminalReason === 'budget_exhausted' },
  { kind: 'turn_limit', fits: ({ terminalReason }) => terminalReason === 'max_turns' },
  { kind: 'context_too_long', fits: ({ terminalReason }) => terminalReason === 'prompt_too_long' },
  { kind: 'usage_limit', fits: ({ isUsedUp }) => isUsedUp },
  { kind: 'quota', fits: ({ errorWord }) => errorWord === 'billing_error' },
  { kind: 'output_limit', fits: ({ errorWord }) => errorWord === 'max_output_tokens' },
];

/** Null for a success. */
export function failureKind(final: FinalEvent): AgentFailureKind | null {
  const said = table.find((row) => row.fits(final))?.kind;
  if (said) return said;
  if (!final.isError) return brokenOff(final);
  const { apiErrorStatus, errorWord, terminalReason, text } = final;
  if (apiErrorStatus !== null) return kindOfFailedCall(apiErrorStatus, text) ?? 'failed';
  if (errorWord === 'authentication_failed') return 'authentication';
  // Without a status, the connection broke, or the answer was not in the provider's protocol.
  if (terminalReason === 'api_error') return kindOfFailedCall(null, text) ?? 'provider_down';
  return 'failed';
}

/** Its last answer wanted to go on, or did not come to its end: a final event without an error does not finish the work. */
function brokenOff({ turnEnd, terminalReason }: FinalEvent): AgentFailureKind | null {
  if (turnEnd !== null && turnEnd !== 'finished') return turnEnd;
  return terminalReason === null || terminalReason === 'completed' ? null : 'cut_off';
}
