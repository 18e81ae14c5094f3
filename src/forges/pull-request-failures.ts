// Why an operation on a pull request failed, as errors that the engine knows; the same for all kinds of forge.
import { PermanentError, TransientError } from '../domain/failure.ts';
import { boundedLine } from './host-failures.ts';

interface OnHost {
  readonly host: string;
}

export function notFound(number: number, operation: string): PermanentError {
  return new PermanentError({
    code: 'PULL_REQUEST_NOT_FOUND',
    component: 'forge',
    operation,
    message: `There is no pull request ${number}.`,
    advice: 'Run `moose ls` to see which work orders have one.',
  });
}

export function notOpen(
  { number, state }: { number: number; state: string },
  operation: 'merge' | 'close',
): PermanentError {
  return new PermanentError({
    code: 'PULL_REQUEST_NOT_OPEN',
    component: 'forge',
    operation,
    message: `Pull request ${number} is ${state}: it cannot be ${operation === 'merge' ? 'merged' : 'closed'}.`,
    advice:
      state === 'merged'
        ? 'Revert the merge with a new commit: `git revert -m 1`.'
        : 'Open it again with `moose retry ID --from creating_pr`.',
  });
}

export function headMoved(
  { number, headSha }: { number: number; headSha: string },
  expectedHeadSha: string,
): PermanentError {
  return new PermanentError({
    code: 'PULL_REQUEST_HEAD_MOVED',
    component: 'forge',
    operation: 'merge',
    message: `Pull request ${number} has a newer commit than the one to merge.`,
    advice: 'Look at its newest commit, then merge again.',
    metadata: { expected: expectedHeadSha, found: headSha },
  });
}

export function inConflict({ host }: OnHost, number: number, baseBranch: string): PermanentError {
  return new PermanentError({
    code: 'MERGE_CONFLICT',
    component: 'forge',
    operation: 'merge',
    message: `Pull request ${number} conflicts with ${baseBranch}.`,
    advice: `Rebase its branch on ${baseBranch}, push it, then merge again.`,
    metadata: { host },
  });
}

/** The base branch has moved on, and the forge only merges branches that contain its newest commit. */
const saysBehind = /\bout[- ]of[- ]date\b|\bbehind\b|\bneed rebase\b|\bup[- ]to[- ]date\b/i;

export function notMergeable({ host }: OnHost, number: number, said: string): PermanentError {
  const reason = boundedLine(said).replace(/\.$/, '') || 'it gave no reason';
  return new PermanentError({
    code: 'PULL_REQUEST_NOT_MERGEABLE',
    component: 'forge',
    operation: 'merge',
    message: `${host} refused to merge pull request ${number}: ${reason}.`,
    advice: 'Resolve what the forge names (a conflict, a check, a review), then merge again.',
    metadata: { host, isBehind: saysBehind.test(said) },
  });
}

export function stillComputing({ host }: OnHost, number: number): TransientError {
  return new TransientError({
    code: 'PULL_REQUEST_UNDECIDED',
    component: 'forge',
    operation: 'merge',
    retryAfterMs: 30_000,
    message: `${host} has not computed yet whether pull request ${number} can be merged.`,
    advice: 'Wait a minute, then merge it again.',
    metadata: { host },
  });
}

export function withoutChange(
  { host }: OnHost,
  { headBranch, baseBranch }: { headBranch: string; baseBranch: string },
): PermanentError {
  return new PermanentError({
    code: 'PULL_REQUEST_EMPTY',
    component: 'forge',
    operation: 'open',
    message: `On ${host}, ${headBranch} has no commit that is not in ${baseBranch}.`,
    advice: 'The change may be in the base branch already: compare the two branches.',
    metadata: { host },
  });
}

export function notListed({ host }: OnHost, headBranch: string): TransientError {
  return new TransientError({
    code: 'PULL_REQUEST_NOT_AS_WRITTEN',
    component: 'forge',
    operation: 'open',
    message: `${host} says that ${headBranch} has a pull request, but does not list it yet.`,
    advice: 'Retry it: `moose retry ID --from creating_pr`.',
    metadata: { host },
  });
}
