// Turns failures of an application into MooseErrors.

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

/** The refusals go back to the Proposer word for word. */
export function refusalFailure(refusals: readonly Refusal[]): MooseError {
  return new PermanentError({
    ...origin,
    code: 'PATCH_REFUSED',
    message: `The proposal cannot be applied, and nothing was changed: ${first(refusals)}.`,
    advice: 'Let the Proposer fix the refused edits with the hints, or correct them by hand.',
    metadata: { agent: 'patch', refusals: refusals.slice(0, refusalsKeptMax) },
  });
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
      message: 'The worktree for the edits does not exist.',
      advice: 'Retry: the worktree is recreated from git.',
    }),
  WORKTREE_MOVED: (rest, said) =>
    new TransientError({
      ...rest,
      code: 'PATCH_WORKTREE_MOVED',
      message: `Something else is writing to the worktree: ${said}`,
      advice: 'Stop whatever else runs there, then retry from a fresh worktree.',
    }),
  PROPOSAL_UNREADABLE: (rest, said) =>
    new PermanentError({
      ...rest,
      code: 'PATCH_PROPOSAL_UNREADABLE',
      message: `The applier could not read its proposal: ${said}`,
      advice: 'Retry from the generating step; report it if it happens again.',
    }),
  WRITE_FAILED: (rest, said) =>
    new ConfigurationError({
      ...rest,
      code: 'PATCH_WRITE_FAILED',
      message: `The edits could not be written: ${said}`,
      advice: 'Check the permissions and the file system of the worktree, then retry.',
    }),
};
