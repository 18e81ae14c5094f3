// Turns the outcome of an agent's run into a failure.
import {
  type MooseError,
  type MooseErrorFields,
  PermanentError,
  TransientError,
} from '../../domain/failure.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { SessionEnd } from '../../domain/session.ts';
import type { AgentReport } from '../ports/agent.ts';

/** Uses the agent's own report if it is conclusive, otherwise the combination of all evidence. */
export function agentFailure(
  outcome: Outcome,
  sentence: string,
  report: AgentReport,
  { reason }: SessionEnd,
): MooseError {
  if (outcome === 'failed' && report.failure && reason === null) return report.failure;
  const fields = {
    component: 'agents',
    operation: 'apply',
    message: sentence,
    metadata: { ...report.failure?.metadata },
  } satisfies Partial<MooseErrorFields>;
  if (outcome === 'crashed') {
    return new TransientError({
      ...fields,
      code: 'AGENT_CRASHED',
      advice: 'Retry it: `moose retry ID --from applying`.',
      failureClass: 'unknown',
    });
  }
  if (outcome === 'timed_out') {
    return new TransientError({
      ...fields,
      code: 'AGENT_TIMED_OUT',
      advice:
        'See `moose logs ID`; give it more time with `moose retry ID --time-limit 20m`, or split the work.',
      failureClass: 'timeout',
    });
  }
  const codes = {
    refused: 'AGENT_REFUSED_CHANGE',
    changed_nothing: 'AGENT_CHANGED_NOTHING',
    bypassed: 'AGENT_BYPASSED',
    failed: 'AGENT_FAILED',
    changed: 'AGENT_FAILED',
  };
  return new PermanentError({
    ...fields,
    code: codes[outcome],
    advice: 'Retry it with another model or with instructions: `moose retry ID --note "…"`.',
    // Edits that do not fit the files violate the contract of a proposal; the cause of other failures is unknown.
    failureClass: outcome === 'refused' ? 'contract_violation' : 'unknown',
  });
}
