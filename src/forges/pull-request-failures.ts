// Why an operation on a pull request failed, as errors that the engine knows; the same for all kinds of forge.

import type { PermanentError, TransientError } from '../domain/failure.ts';
import { forgeFailures } from './failure-catalogue.ts';
import { boundedLine } from './host-failures.ts';

interface OnHost {
  readonly host: string;
}

export function notFound(number: number, operation: string): PermanentError {
  return forgeFailures.PULL_REQUEST_NOT_FOUND(operation, { number });
}

export function notOpen(
  { number, state }: { number: number; state: string },
  operation: 'merge' | 'close',
): PermanentError {
  return state === 'merged'
    ? forgeFailures.PULL_REQUEST_NOT_OPEN(operation, {
        number,
        state,
        done: operation === 'merge' ? 'merged' : 'closed',
      })
    : forgeFailures.PULL_REQUEST_NOT_OPEN_CLOSED(operation, {
        number,
        state,
        done: operation === 'merge' ? 'merged' : 'closed',
      });
}

export function headMoved(
  { number, headSha }: { number: number; headSha: string },
  expectedHeadSha: string,
): PermanentError {
  return forgeFailures.PULL_REQUEST_HEAD_MOVED(
    { operation: 'merge', metadata: { expected: expectedHeadSha, found: headSha } },
    { number },
  );
}

export function inConflict({ host }: OnHost, number: number, baseBranch: string): PermanentError {
  return forgeFailures.MERGE_CONFLICT({ operation: 'merge', metadata: { host } }, { number, baseBranch });
}

/** The base branch has moved on, and the forge only merges branches that contain its newest commit. */
const saysBehind = /\bout[- ]of[- ]date\b|\bbehind\b|\bneed rebase\b|\bup[- ]to[- ]date\b/i;

export function notMergeable({ host }: OnHost, number: number, said: string): PermanentError {
  const reason = boundedLine(said).replace(/\.$/, '') || 'it gave no reason';
  return forgeFailures.PULL_REQUEST_NOT_MERGEABLE(
    { operation: 'merge', metadata: { host, isBehind: saysBehind.test(said) } },
    { host, number, reason },
  );
}

export function stillComputing({ host }: OnHost, number: number): TransientError {
  return forgeFailures.PULL_REQUEST_UNDECIDED(
    { operation: 'merge', retryAfterMs: 30_000, metadata: { host } },
    { host, number },
  );
}

export function withoutChange(
  { host }: OnHost,
  { headBranch, baseBranch }: { headBranch: string; baseBranch: string },
): PermanentError {
  return forgeFailures.PULL_REQUEST_EMPTY(
    { operation: 'open', metadata: { host } },
    { host, headBranch, baseBranch },
  );
}

export function notListed({ host }: OnHost, headBranch: string): TransientError {
  return forgeFailures.PULL_REQUEST_NOT_AS_WRITTEN(
    { operation: 'open', metadata: { host } },
    { host, headBranch },
  );
}
