// Takes up a folder as a worktree that has no entry: it has lost it, or an earlier version of Moose registered it in the
// project's repository.

import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { ConfigurationError } from '../../domain/failure.ts';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { isSha } from '../read/revision.ts';
import { keepCommit } from '../refs/preserve.ts';
import type { GitCall } from '../run/git-call.ts';
import { readIfThere } from '../run/is-there.ts';
import { alternatesIn } from '../sessions/alternates.ts';
import { makeEntry } from './worktree-entry.ts';
import { registeredEntry } from './worktree-list.ts';

export interface Place {
  path: string;
  entry: string;
  /** git's own directory of the project's repository. */
  commonDir: string;
}

/**
 * Makes the entry for a folder that has lost it, or that an earlier version registered in the repository. False if the
 * folder has no files; then it may be replaced. `head`: the content of HEAD.
 */
export async function adoptFolder(place: Place, head: string): Promise<boolean> {
  const { path, entry, commonDir } = place;
  const names = (await stat(path)).isDirectory() ? await readdir(path) : ['a file'];
  if (names.length === 0) return false;
  if (!(await isOurs(place))) throw occupied(path);
  // Its checkout never began: adopting it would make a change that deletes the whole project.
  if (names.length === 1) {
    await removeTree(path);
    return false;
  }
  await makeEntry(entry, { commonDir, head, isReady: true });
  return true;
}

/** Whether its `.git` is the repository that sessions see, or leads to where an earlier version registered it. */
async function isOurs({ path, commonDir }: Place): Promise<boolean> {
  const git = join(path, '.git');
  const borrowed = await readIfThere(join(git, 'objects', 'info', 'alternates'));
  const link = await readIfThere(git);
  const registered = join(commonDir, 'worktrees', basename(path));
  return (
    alternatesIn(borrowed ?? '').includes(join(commonDir, 'objects')) ||
    (link?.startsWith('gitdir: ') === true &&
      resolve(path, link.slice('gitdir: '.length).trimEnd()) === registered)
  );
}

/** Removes the registration that an earlier version made; a commit that only its HEAD had is kept first (R-PIPE-14). */
export async function forgetRegistered(
  repositoryPath: string,
  { path, commonDir }: Pick<Place, 'path' | 'commonDir'>,
  call: GitCall,
): Promise<void> {
  const registered = await registeredEntry(commonDir, path);
  if (registered === null) return;
  const head = (await readIfThere(join(registered, 'HEAD')))?.trim() ?? '';
  if (isSha(head)) await keepCommit(repositoryPath, head, `worktree-${head.slice(0, 12)}`, call);
  await removeTree(registered);
}

function occupied(path: string): ConfigurationError {
  return gitFailures.WORKTREE_OCCUPIED(
    { operation: 'ensure worktree', metadata: { worktreePath: path } },
    { path },
  );
}
