// The cause of an agent's failure according to the gateway, which saw the real answers; the agent's own report is only
// a hint.
import { failureOfAgent } from '../../domain/agent-failure.ts';
import type { MooseError } from '../../domain/failure.ts';
import type { SessionCalls } from '../../store/work/session-calls.ts';

/** Null if the gateway saw nothing that explains the failure: the last call succeeded, or there was none. */
export function verdictOfLedger(
  agent: string,
  provider: string,
  { lastFailure, stoppedReason }: SessionCalls,
  said: string,
): MooseError | null {
  const named = { agent, title: agent, circuit: `provider:${provider}`, metadata: { provider } };
  if (stoppedReason !== null) return failureOfAgent({ ...named, kind: 'braked', said: stoppedReason });
  if (lastFailure === null) return null;
  const { kind, status, retryAfterMs } = lastFailure;
  return failureOfAgent({ ...named, kind, status, retryAfterMs, said });
}
