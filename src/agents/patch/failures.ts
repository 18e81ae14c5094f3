// Turns failures of an application into MooseErrors.

import { agentFailures } from '../../domain/agents/agent-failure-catalogue.ts';
import type { RaisedFacts } from '../../domain/catalogue.ts';
import type { MooseError } from '../../domain/failure.ts';
import type { Refusal } from './apply-edits.ts';
import type { ApplyProblem } from './apply-proposal.ts';

const origin = { operation: 'report' } as const;

/** The refusals go back to the Proposer word for word. */
export function refusalFailure(refusals: readonly Refusal[]): MooseError {
  return agentFailures.PATCH_REFUSED(
    { ...origin, metadata: { agent: 'patch', refusals: refusals.slice(0, refusalsKeptMax) } },
    { refusals: first(refusals) },
  );
}

const refusalsKeptMax = 200;

function first([refusal, ...others]: readonly Refusal[]): string {
  if (refusal === undefined) return 'an edit was refused without a reason';
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return `${refusal.path}: ${refusal.reason}${more}`;
}

/** For a summary; the full text is in the failure's metadata. */
const summaryCharsMax = 4_000;

/** Every refusal with its hint, in one line: the next attempt may have no other information. */
export function describe(refusals: readonly Refusal[]): string {
  if (refusals.length === 0) return 'an edit was refused without a reason.';
  const sentences = refusals.map(
    ({ path, reason, hint }) =>
      `${path}: ${reason}.${hint ? ` ${hint}${/[.!?]$/.test(hint) ? '' : '.'}` : ''}`,
  );
  const text = sentences.join(' ');
  return text.length > summaryCharsMax ? `${text.slice(0, summaryCharsMax)}…` : text;
}

/** A code that this version does not know reads as WRITE_FAILED. */
export function problemFailure(code: string, message: string): MooseError {
  const make = failureOf[code as ApplyProblem] ?? failureOf.WRITE_FAILED;
  return make({ ...origin, metadata: { agent: 'patch', problem: code, said: message } }, message);
}

const failureOf: Record<ApplyProblem, (rest: RaisedFacts, said: string) => MooseError> = {
  DISK_FULL: (rest) => agentFailures.DISK_FULL(rest),
  WORKTREE_MISSING: (rest) => agentFailures.PATCH_WORKTREE_MISSING(rest),
  WORKTREE_MOVED: (rest, said) => agentFailures.PATCH_WORKTREE_MOVED(rest, { said }),
  PROPOSAL_UNREADABLE: (rest, said) => agentFailures.PATCH_PROPOSAL_UNREADABLE(rest, { said }),
  WRITE_FAILED: (rest, said) => agentFailures.PATCH_WRITE_FAILED(rest, { said }),
};
