// Which failures of git are met by starting the same git again, how often, and after how long (R-REC-1). They are this
// machine's: a remote that cannot be reached is for the caller, whose retries are counted and reported.

import type { MooseError } from '../domain/failure.ts';
import { type Backoff, defaultBackoff } from '../resilience/backoff.ts';
import type { MetFault, OnFault } from '../resilience/met-faults.ts';

export interface Repetition {
  /** The first start is among them. */
  attemptsMax: number;
  backoff: Backoff;
  /** Git may have done its work, or a part of it, before it failed. */
  mayBeDone: boolean;
}

/** About five seconds: another git's work on an index or a reference takes less. */
const whileLocked: Repetition = {
  attemptsMax: 12,
  backoff: { baseMs: 50, multiplier: 1.6, maxMs: 800 },
  mayBeDone: false,
};
/** One attempt more than usual: git costs nothing but time, and little of that. */
const cheap = { attemptsMax: 4, backoff: defaultBackoff };

const repetitions: Readonly<Record<string, Repetition>> = {
  GIT_LOCKED: whileLocked,
  GIT_NOT_STARTED: { ...cheap, mayBeDone: false },
  GIT_STARVED: { ...cheap, mayBeDone: true },
  GIT_KILLED: { ...cheap, mayBeDone: true },
};

/** Null: this failure is for the caller. */
export function repetitionFor(failure: MooseError): Repetition | null {
  return repetitions[failure.code] ?? null;
}

/**
 * Those that change nothing, and those that end where the first one would have: a push names what it expects on the
 * remote, and is content with what it wants to put there.
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

/** `operation`: as in an error, `git` and the subcommand. */
export function isTwiceOnce(operation: string): boolean {
  const [, subcommand = '', action = ''] = operation.split(' ');
  return twiceIsOnce.has(subcommand) || twiceIsOnce.has(`${subcommand} ${action}`);
}

const listeners = new Set<OnFault>();

/** From now on, and until the function that comes back is called; every git of this process is meant. */
export function onGitFault(listener: OnFault): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}

export const tellGitFault: OnFault = (failure): MetFault => {
  const told = [...listeners].map((listener) => listener(failure));
  return { resolved: (...end) => told.forEach((fault) => void fault.resolved(...end)) };
};
