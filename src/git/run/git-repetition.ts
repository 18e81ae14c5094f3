// Which git failures are retried by starting git again, how often, and after how long (R-REC-1). These are only
// failures of this machine. For an unreachable remote the caller decides, because its retries are counted and reported.

import type { MooseError } from '../../domain/failure.ts';
import { type Backoff, defaultBackoff } from '../../resilience/backoff.ts';
import type { MetFault, OnFault } from '../../resilience/met-faults.ts';

export interface Repetition {
  /** The number of attempts, including the first one. */
  attemptsMax: number;
  backoff: Backoff;
  /** Whether git may have done all or part of its work before it failed. */
  mayBeDone: boolean;
}

/** Retries for about five seconds: another git locks an index or a reference for less than that. */
const whileLocked: Repetition = {
  attemptsMax: 12,
  backoff: { baseMs: 50, multiplier: 1.6, maxMs: 800 },
  mayBeDone: false,
};
/** One attempt more than the default: a git call is cheap. */
const cheap = { attemptsMax: 4, backoff: defaultBackoff };

const repetitions: Readonly<Record<string, Repetition>> = {
  GIT_LOCKED: whileLocked,
  GIT_NOT_STARTED: { ...cheap, mayBeDone: false },
  OUT_OF_PROCESSES: { ...cheap, mayBeDone: true },
  TOO_MANY_FILES: { ...cheap, mayBeDone: true },
  GIT_KILLED: { ...cheap, mayBeDone: true },
};

/** Null: git is not retried here; the caller decides. */
export function repetitionFor(failure: MooseError): Repetition | null {
  return repetitions[failure.code] ?? null;
}

/**
 * Operations that may run twice: those that change nothing, and a push, because it names the expected state of the
 * remote and succeeds if the wanted state is there.
 */
const twiceIsOnce = new Set([
  'bundle',
  'cat-file',
  'commit-tree',
  'config',
  'diff-files',
  'diff-tree',
  'fetch',
  'for-each-ref',
  'grep',
  'init',
  'log',
  'ls-files',
  'ls-remote',
  'ls-tree',
  'merge',
  'merge-base',
  'merge-tree',
  'pack-objects',
  'push',
  'read-tree',
  'remote',
  'reset',
  'rev-list',
  'rev-parse',
  'show',
  'status',
  'symbolic-ref',
  'update-index',
  'version',
  'worktree list',
  'write-tree',
]);

/** `operation` is named as in an error: `git` and the subcommand. */
export function isTwiceOnce(operation: string): boolean {
  const [, subcommand = '', action = ''] = operation.split(' ');
  return twiceIsOnce.has(subcommand) || twiceIsOnce.has(`${subcommand} ${action}`);
}

const listeners = new Set<OnFault>();

/** Sets the retries for every git of this process, until the returned function is called. */
export function onGitFault(listener: OnFault): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const reportGitFault: OnFault = (failure): MetFault => {
  const told = [...listeners].map((listener) => listener(failure));
  return { resolved: (...end) => told.forEach((fault) => void fault.resolved(...end)) };
};
