// Removes a worktree after everything that only it has is kept (R-PIPE-14). Each step can be interrupted and repeated.

import { chmod, mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { moveDurably } from '../../stdx/files/durable-files.ts';
import { renamePassing } from '../../stdx/files/passing-files.ts';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { preservedRef } from '../refs/preserve.ts';
import { withFileFailures } from '../run/file-failure.ts';
import type { GitCall } from '../run/git-call.ts';
import { isThere, readIfThere } from '../run/is-there.ts';
import { checkoutTimeoutMs } from '../run/run-git.ts';
import { adoptFolder, forgetRegistered } from './adopt-folder.ts';
import { keepWorktree } from './keep-worktree.ts';
import { orOpened } from './open-tree.ts';
import { entryMark, entryOf, entryPathOf, removeDrafts, takingOf } from './worktree-entry.ts';
import { commonGitDir, registeredEntry, storedWorktreePath } from './worktree-list.ts';

export interface WorktreeRemoval {
  repositoryPath: string;
  worktreePath: string;
  /** The name in the reference `refs/moose/preserved/<preserveAs>`. */
  preserveAs: string;
  signal?: AbortSignal | undefined;
}

export interface RemovedWorktree {
  /** The kept commit; null if nothing had to be kept. */
  preservedSha: string | null;
  /** Where the folder is now, if it has what git cannot store: repositories in it, or names that git refuses. */
  setAside: string | null;
}

/** A missing worktree counts as removed. Whatever is in it, nothing is lost. */
export async function removeWorktree(removal: WorktreeRemoval): Promise<RemovedWorktree> {
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

/** A branch that no repository has: HEAD of a worktree whose branch is not known. */
const noBranch = 'ref: refs/heads/moose/unknown';

const nothing: RemovedWorktree = { preservedSha: null, setAside: null };

async function removeOnce(removal: WorktreeRemoval): Promise<RemovedWorktree> {
  const { repositoryPath, worktreePath, signal } = removal;
  const call: GitCall = { signal, timeoutMs: checkoutTimeoutMs };
  const path = await storedWorktreePath(worktreePath);
  const entry = entryPathOf(path);
  const doomed = join(dirname(path), `.${basename(path)}.removing`);
  // The folder is left over from a removal that was interrupted after everything had been preserved.
  await removeTree(doomed);
  for (const made of [path, entry]) await removeDrafts(made);
  const commonDir = await commonGitDir(repositoryPath, call);
  if (!(await isThere(path))) {
    await forgetRegistered(repositoryPath, { path, commonDir }, call);
    await removeTree(entry);
    return nothing;
  }
  if ((await entryOf(path)) === null) {
    const registered = await registeredEntry(commonDir, path);
    const head = registered === null ? null : (await readIfThere(join(registered, 'HEAD')))?.trimEnd();
    if (!(await adoptFolder({ path, entry, commonDir }, head || noBranch))) {
      await removeTree(path);
      return nothing;
    }
    await forgetRegistered(repositoryPath, { path, commonDir }, call);
  }
  const [ready, mark] = [await entryMark(entry), await takingOf(entry)];
  // Without a mark, its checkout never ended, so no caller has ever used it.
  const kept = mark === null ? { sha: null, isAll: true } : await keep(removal, path, call);
  // Otherwise a process that has taken over the work has put a new worktree here, or a retry has taken this one up: an
  // agent may be at work in it.
  if ((await takingOf(entry)) !== mark) return { preservedSha: kept.sha, setAside: null };
  // A folder that is moved to another one must be writable itself.
  await chmod(path, 0o700);
  const setAside = kept.isAll ? null : await putAside(path);
  if (setAside === null) await renamePassing(path, doomed);
  if ((await takingOf(entry)) === mark) await removeTree(entry);
  else if (setAside === null && (await entryMark(entry)) === ready && !(await isThere(path))) {
    // It was taken up in the moment before it was renamed.
    await renamePassing(doomed, path);
    return { preservedSha: kept.sha, setAside: null };
  }
  if (setAside === null) await removeTree(doomed);
  return { preservedSha: kept.sha, setAside };
}

async function keep({ repositoryPath, preserveAs }: WorktreeRemoval, path: string, call: GitCall) {
  try {
    return await orOpened(path, () => keepWorktree(repositoryPath, path, preserveAs, call));
  } catch (error) {
    // A part of it belongs to somebody else.
    if (hasErrorCode(error, 'EACCES')) return { sha: null, isAll: false };
    throw error;
  }
}

/**
 * Moves it into the folder `set-aside` of the data directory, where a person can look at it. Nothing there is deleted by
 * itself. If worktrees are on a file system of their own, it stays on that: in a folder `.set-aside` beside them.
 */
async function putAside(path: string): Promise<string> {
  // The name ends with the time, as those of everything in that folder.
  const stamp = new Date()
    .toISOString()
    .replace(/[^0-9]/g, '')
    .slice(0, 17);
  const name = `worktree-${basename(path)}-${stamp}`;
  try {
    return await moveInto(join(dirname(dirname(path)), 'set-aside'), path, name);
  } catch (error) {
    if (!hasErrorCode(error, 'EXDEV')) throw error;
    return moveInto(join(dirname(path), '.set-aside'), path, name);
  }
}

async function moveInto(folder: string, path: string, name: string): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await moveDurably(path, join(folder, name));
  return join(folder, name);
}
