// Removes a worktree after everything that only it has is kept (R-PIPE-14). Each step can be interrupted and repeated.

import { readdir, rename, rmdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ConfigurationError } from '../domain/failure.ts';
import { removeTree } from '../stdx/remove-tree.ts';
import { clearAfterSession } from './clear-strange-files.ts';
import { withFileFailures } from './file-failure.ts';
import { isThere } from './is-there.ts';
import { keepWorktree, preservedRef } from './preserve.ts';
import { inTurn } from './repository-turn.ts';
import { checkoutTimeoutMs, type GitCall } from './run-git.ts';
import { removeSessionRefs } from './session-refs.ts';
import { entryMark, forgetEntry, isUnfinished, restoreGitFile } from './worktree-entry.ts';
import { commonGitDir, findWorktreeEntry, storedWorktreePath } from './worktree-list.ts';

export interface WorktreeRemoval {
  repositoryPath: string;
  worktreePath: string;
  /** The name in the reference `refs/moose/preserved/<preserveAs>`. */
  preserveAs: string;
  signal?: AbortSignal | undefined;
}

/** A missing worktree counts as removed. `preservedSha`: the kept commit; null if nothing had to be kept. */
export async function removeWorktree(removal: WorktreeRemoval): Promise<{ preservedSha: string | null }> {
  preservedRef(removal.preserveAs);
  return withFileFailures('remove worktree', removal.signal, async () => {
    try {
      return await removeOnce(removal);
    } catch (cause) {
      if (await isThere(removal.worktreePath)) throw cause;
      // Another removal was faster, such as one by a process that has lost the work and has not noticed it yet.
      return removeOnce(removal);
    }
  });
}

async function removeOnce(removal: WorktreeRemoval): Promise<{ preservedSha: string | null }> {
  const { repositoryPath, worktreePath, preserveAs, signal } = removal;
  const call: GitCall = { signal, timeoutMs: checkoutTimeoutMs };
  const path = await storedWorktreePath(worktreePath);
  const doomed = join(dirname(path), `.${basename(path)}.removing`);
  // The folder is left over from a removal that was interrupted after everything had been preserved.
  await removeTree(doomed);
  await clearAfterSession(repositoryPath, { worktreePath, signal });
  const commonDir = await commonGitDir(repositoryPath, call);
  const entry = await findWorktreeEntry(commonDir, path);
  if (entry === null) {
    await removeIfEmpty(path);
    return { preservedSha: null };
  }
  if (!(await isThere(path))) {
    const preservedSha = await inTurn(commonDir, signal, () =>
      forgetEntry(repositoryPath, entry, preserveAs, call),
    );
    return { preservedSha };
  }
  const mark = await entryMark(entry);
  const preservedSha = await keepAll(removal, path, entry, call);
  // Otherwise a process that has taken over the work has put a new worktree here, in which an agent may be at work.
  if ((await entryMark(entry)) !== mark) return { preservedSha };
  await rename(path, doomed);
  await removeTree(doomed);
  await inTurn(commonDir, signal, async () => {
    // Otherwise a new worktree has taken the path, and with it the entry's name.
    if (!(await isThere(path))) await removeTree(entry);
  });
  await removeSessionRefs(path);
  return { preservedSha };
}

async function keepAll(
  removal: WorktreeRemoval,
  path: string,
  entry: string,
  call: GitCall,
): Promise<string | null> {
  // The folder is part of an interrupted checkout, so no caller has ever used it.
  if (await isUnfinished(entry)) return null;
  await restoreGitFile(path, entry);
  return keepWorktree(removal.repositoryPath, path, removal.preserveAs, call);
}

async function removeIfEmpty(path: string): Promise<void> {
  if (!(await isThere(path))) return;
  if ((await readdir(path)).length === 0) return rmdir(path);
  throw new ConfigurationError({
    code: 'WORKTREE_OCCUPIED',
    message: `${path} is not a worktree of this repository, so its files may exist nowhere else`,
    advice: 'Check it and delete it by hand.',
    component: 'git',
    operation: 'remove worktree',
    metadata: { worktreePath: path },
  });
}
