// What went wrong with an application, as MooseErrors.

import {
  ConfigurationError,
  type MooseError,
  type MooseErrorFields,
  PermanentError,
  TransientError,
} from '../../domain/failure.ts';
import type { Refusal } from './apply-edits.ts';
import type { ApplyProblem } from './apply-proposal.ts';

const origin = { component: 'agents', operation: 'report' } as const;

/** The refusals go back to the Proposer, word for word. */
export function refusalFailure(refusals: readonly Refusal[]): MooseError {
  return new PermanentError({
    ...origin,
    code: 'PATCH_REFUSED',
    message: `The proposal cannot be applied, and nothing was changed: ${describe(refusals)}`,
    advice: 'Let the Proposer mend the refused edits with the hints, or correct them by hand.',
    metadata: { agent: 'patch', refusals: refusals.slice(0, refusalsKeptMax) },
  });
}

const refusalsKeptMax = 200;

export function describe(refusals: readonly Refusal[]): string {
  const [first] = refusals;
  if (first === undefined) return 'an edit was refused without a reason.';
  const more = refusals.length > 1 ? `, and ${refusals.length - 1} more` : '';
  return `${first.path === '' ? 'the proposal' : first.path}: ${first.reason}${more}.`;
}

/** A code that this version does not know reads as WRITE_FAILED. */
export function problemFailure(code: string, message: string): MooseError {
  const make = failureOf[code as ApplyProblem] ?? failureOf.WRITE_FAILED;
  return make({ ...origin, metadata: { agent: 'patch', problem: code, said: message } }, message);
}

type Rest = Pick<MooseErrorFields, 'component' | 'operation' | 'metadata'>;

const failureOf: Record<ApplyProblem, (rest: Rest, said: string) => MooseError> = {
  DISK_FULL: (rest) =>
    new ConfigurationError({
      ...rest,
      code: 'DISK_FULL',
      severity: 'high',
      message: 'The disk with the worktree is full, so the edits could not be written.',
      advice: 'Free space on the disk that holds the worktrees, then retry.',
    }),
  WORKTREE_MISSING: (rest) =>
    new TransientError({
      ...rest,
      code: 'PATCH_WORKTREE_MISSING',
      message: 'The worktree that the edits were to be written into is not there.',
      advice: 'Retry: the worktree is made again from git.',
    }),
  WORKTREE_MOVED: (rest, said) =>
    new TransientError({
      ...rest,
      code: 'PATCH_WORKTREE_MOVED',
      message: `Something else writes into the worktree: ${said}`,
      advice: 'End what else runs there, then retry from a fresh worktree.',
    }),
  PROPOSAL_UNREADABLE: (rest, said) =>
    new PermanentError({
      ...rest,
      code: 'PATCH_PROPOSAL_UNREADABLE',
      message: `The applier could not read its proposal: ${said}`,
      advice: 'Retry from the step that generates; report it if it happens again.',
    }),
  WRITE_FAILED: (rest, said) =>
    new ConfigurationError({
      ...rest,
      code: 'PATCH_WRITE_FAILED',
      message: `The edits could not be written: ${said}`,
      advice: 'Check the permissions and the file system of the worktree, then retry.',
    }),
};
