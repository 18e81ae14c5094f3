// What a failed run of Claude Code was, by its own final event.

import type { AgentFailureKind } from '../../domain/agent-failure.ts';
import { kindOfFailedCall } from '../call-words.ts';
import type { FinalEvent } from './stream.ts';

interface ClaudeFailureRow {
  kind: AgentFailureKind;
  fits: (final: FinalEvent) => boolean;
}

/** The first row that fits decides, before the status of the call does: what was said before how it was sent. */
const table: ClaudeFailureRow[] = [
  { kind: 'refused', fits: ({ isRefusal }) => isRefusal },
  { kind: 'budget_exceeded', fits: ({ terminalReason }) => terminalReason === 'budget_exhausted' },
  { kind: 'turn_limit', fits: ({ terminalReason }) => terminalReason === 'max_turns' },
  { kind: 'context_too_long', fits: ({ terminalReason }) => terminalReason === 'prompt_too_long' },
  { kind: 'quota', fits: ({ errorWord }) => errorWord === 'billing_error' },
  { kind: 'output_limit', fits: ({ errorWord }) => errorWord === 'max_output_tokens' },
];

export function failureKind(final: FinalEvent): AgentFailureKind {
  const said = table.find((row) => row.fits(final))?.kind;
  if (said) return said;
  const { apiErrorStatus, errorWord, terminalReason, text } = final;
  if (apiErrorStatus !== null) return kindOfFailedCall(apiErrorStatus, text) ?? 'failed';
  if (errorWord === 'authentication_failed') return 'authentication';
  // No status at all: the connection broke, or what came was not the provider's protocol.
  if (terminalReason === 'api_error') return kindOfFailedCall(null, text) ?? 'provider_down';
  return 'failed';
}
