import { splitNul } from './revision.ts';
import { checkoutTimeoutMs, type GitCall, runGit } from './run-git.ts';

export interface WorkingFilesCall {
  signal?: AbortSignal | undefined;
}

/** What of it counts is said by options of `git status`. */
const trackedAlone = ['--untracked-files=no', '--ignore-submodules=all'];
const untrackedToo = ['--untracked-files=normal', '--ignore-submodules=dirty'];

/** Whether anything in it is staged, changed or new; ignored files do not count. */
export async function hasUncommitted(worktreePath: string, call: WorkingFilesCall = {}): Promise<boolean> {
  return isDirty(worktreePath, { ...call, timeoutMs: checkoutTimeoutMs }, untrackedToo);
}

async function isDirty(worktreePath: string, call: GitCall, scope: readonly string[]): Promise<boolean> {
  const { stdout } = await runGit(
    worktreePath,
    ['status', '--porcelain=v1', '-z', '--no-renames', ...scope],
    call,
  );
  return stdout !== '';
}

/** Files that are neither tracked nor ignored. */
export async function untrackedPaths(worktreePath: string, call: WorkingFilesCall = {}): Promise<string[]> {
  const { stdout } = await runGit(worktreePath, ['ls-files', '-z', '--others', '--exclude-standard'], call);
  return splitNul(stdout);
}

/**
 * Brings every tracked file back to what the commit says, and says which were not: for checks that rewrite files.
 * Files that are not tracked stay. What it overwrites is lost, so it is for worktrees whose work is committed.
 */
export async function restoreTracked(worktreePath: string, call: WorkingFilesCall = {}): Promise<string[]> {
  const long: GitCall = { ...call, timeoutMs: checkoutTimeoutMs };
  if (!(await isDirty(worktreePath, long, trackedAlone))) return [];
  // First the index alone: a file that a check has staged becomes untracked again, and so is not deleted below.
  await runGit(worktreePath, ['reset', '--quiet', '--mixed', '--no-recurse-submodules'], long);
  const { stdout } = await runGit(
    worktreePath,
    ['diff-files', '-z', '--name-only', '--no-ext-diff', '--ignore-submodules=all'],
    long,
  );
  const changed = splitNul(stdout);
  if (changed.length > 0)
    await runGit(worktreePath, ['reset', '--quiet', '--hard', '--no-recurse-submodules'], long);
  return changed;
}
