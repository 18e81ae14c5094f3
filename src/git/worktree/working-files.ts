import { rebuildIndex } from '../commit/scratch-index.ts';
import { splitNul } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
import { checkoutTimeoutMs, runGit } from '../run/run-git.ts';
import { readStatus, type StatusScope } from './status.ts';

export interface WorkingFilesCall {
  signal?: AbortSignal | undefined;
}

/** The position of HEAD, and whether anything is staged, changed or new; ignored files do not count. */
export async function standingOf(
  worktreePath: string,
  { signal }: WorkingFilesCall = {},
): Promise<{ headSha: string | null; branch: string | null; isDirty: boolean }> {
  const scope: StatusScope = { untracked: 'normal', ignoreSubmodules: 'dirty' };
  const call: GitCall = { signal, timeoutMs: checkoutTimeoutMs };
  const { headSha, branch, changes } = await readStatus(worktreePath, scope, call);
  return { headSha, branch, isDirty: changes.length > 0 };
}

/** Deletes the files that git ignores, including repositories inside them: no commit would contain them. */
export async function removeIgnored(worktreePath: string, call: WorkingFilesCall = {}): Promise<void> {
  await runGit(worktreePath, ['clean', '--quiet', '-ffdX'], { ...call, timeoutMs: checkoutTimeoutMs });
}

/** Deletes everything that is neither tracked nor ignored, and returns the paths; a folder counts as one path. */
export async function removeUntracked(worktreePath: string, call: WorkingFilesCall = {}): Promise<string[]> {
  const long: GitCall = { ...call, timeoutMs: checkoutTimeoutMs };
  const { changes } = await readStatus(worktreePath, { untracked: 'normal', ignoreSubmodules: 'all' }, long);
  const untracked = changes.filter(({ submodule }) => submodule === null).map(({ path }) => path);
  if (untracked.length > 0) await runGit(worktreePath, ['clean', '--quiet', '-ffd'], long);
  return untracked;
}

/**
 * Restores every tracked file to the commit's version, and returns the paths of files that differed: for checks that
 * rewrite files. Untracked files stay. Overwritten content is lost, so use this only if the work is committed.
 */
export async function restoreTracked(worktreePath: string, call: WorkingFilesCall = {}): Promise<string[]> {
  const long: GitCall = { ...call, timeoutMs: checkoutTimeoutMs };
  // The index comes first: then a file that a check has staged is untracked again and is not deleted below, and a check
  // cannot hide a changed file by editing the index.
  await rebuildIndex(worktreePath, 'HEAD', long);
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
