// Refuses a submodule's pointer to a commit that nobody else can get (R-REPO-3): the submodule's own repository must have
// it. Moose never pushes there. The commits that an agent made in it are kept first.

import { mkdtemp } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { removeTree } from '../../stdx/files/remove-tree.ts';
import { submodulesOf } from '../read/submodules.ts';
import type { TreeChange } from '../read/tree-diff.ts';
import { preservedRef } from '../refs/preserve.ts';
import { runRemoteGit } from '../remote/remote-failure.ts';
import { submoduleAddress } from '../remote/submodule-address.ts';
import type { GitCall } from '../run/git-call.ts';
import { readIfThere } from '../run/is-there.ts';
import { glanceAt } from '../run/read-now.ts';
import { runGit } from '../run/run-git.ts';
import { keepCommitsOf } from '../sessions/keep-commits-of.ts';
import { readStatus } from '../worktree/status.ts';
import { workInUnfilled } from '../worktree/unfilled-submodules.ts';
import { worktreeGitDir } from '../worktree/worktree-list.ts';
import type { ForbiddenChange } from './change-guard.ts';
import { forbiddenAs } from './forbidden-files.ts';
import { shownPath } from './scratch-index.ts';

export interface PointerRequest {
  repositoryPath: string;
  worktreePath: string;
  expectedParent: string;
  preserveAs?: string;
  remoteAddress?: string | null;
}

const submoduleMode = '160000';
const lookTimeoutMs = 60_000;

/** @throws FORBIDDEN_CHANGE */
export async function refuseUnpublished(
  request: PointerRequest,
  changes: readonly TreeChange[],
  call: GitCall,
): Promise<void> {
  const moved = changes.filter(({ newMode }) => newMode === submoduleMode);
  const refused: ForbiddenChange[] = [];
  for (const { path, newSha } of moved) {
    if (await isPublished(request, path, newSha, call)) continue;
    const kept = await keepInner(request, path, call);
    const where = kept ? `; the commits that were made there are kept under ${kept}` : '';
    const reason = `it points to commit ${newSha.slice(0, 12)} of a submodule, which its own repository does not have${where}`;
    refused.push({ path, reason });
  }
  forbiddenAs(
    refused,
    "Moose does not push to a submodule's repository: make that change there first, or leave the submodule as it is.",
  );
}

/**
 * Changed files inside a submodule are in no commit of the project: the checks would judge what nobody else gets. What a
 * build adds there does not count, nor what a setup has put into one that is not filled.
 * @throws FORBIDDEN_CHANGE
 */
export async function refuseChangedInside(
  worktreePath: string,
  submodules: readonly string[],
  call: GitCall,
): Promise<void> {
  const refused: ForbiddenChange[] = [];
  for (const path of submodules) {
    const inner = join(worktreePath, path);
    if (glanceAt(inner)?.isDirectory() !== true || glanceAt(join(inner, '.git')) === null) continue;
    const changed = await firstChanged(inner, call);
    if (changed === undefined) continue;
    if (changed === null) refused.push({ path, reason: 'its repository cannot be read' });
    else refused.push({ path: `${path}/${changed}`, reason: `it is inside of the submodule ${path}` });
  }
  for (const path of (await workInUnfilled(worktreePath, submodules)).changed)
    refused.push({ path: shownPath(path), reason: 'it is inside of a submodule that is not filled' });
  forbiddenAs(
    refused,
    'Moose commits nothing in a submodule: revert the changes there, or make them in its own repository.',
  );
}

/** Null if an agent has made the repository unreadable. */
async function firstChanged(inner: string, call: GitCall): Promise<string | null | undefined> {
  try {
    const { changes } = await readStatus(inner, { untracked: 'no', ignoreSubmodules: 'all' }, call);
    return changes[0]?.path;
  } catch (cause) {
    call.signal?.throwIfAborted();
    if (!isMooseError(cause) || cause.category === 'transient') throw cause;
    return null;
  }
}

/** Asks the repository that the base names for the submodule, not one that the change names. */
async function isPublished(
  request: PointerRequest,
  path: string,
  sha: string,
  call: GitCall,
): Promise<boolean> {
  const url = await addressOf(request, path, call);
  if (url === null) return false;
  const scratch = await mkdtemp(join(await worktreeGitDir(request.worktreePath, call), '.moose-look-'));
  try {
    const format = `--object-format=${sha.length === 64 ? 'sha256' : 'sha1'}`;
    await runGit(scratch, ['init', '--quiet', '--bare', '--template=', format, '.'], call);
    const asked = ['fetch', '--quiet', '--depth=1', '--no-tags', '--no-write-fetch-head', '--', url, sha];
    await runRemoteGit(scratch, asked, url, { signal: call.signal, timeoutMs: lookTimeoutMs });
    return true;
  } catch (cause) {
    call.signal?.throwIfAborted();
    // Also if the repository cannot be reached: what is not proven is not published.
    if (!isMooseError(cause)) throw cause;
    return false;
  } finally {
    await removeTree(scratch);
  }
}

async function addressOf(
  { expectedParent, ...home }: PointerRequest,
  path: string,
  call: GitCall,
): Promise<string | null> {
  const named = await submodulesOf(home.repositoryPath, expectedParent, call);
  const given = named.find((each) => each.path === path)?.url;
  return given === undefined ? null : submoduleAddress(home, given, call);
}

/** Returns the ref under which the commits of the submodule are kept; null if there are none of its own. */
async function keepInner(
  { repositoryPath, worktreePath, preserveAs }: PointerRequest,
  path: string,
  call: GitCall,
): Promise<string | null> {
  const gitDir = await innerGitDir(worktreePath, path);
  if (gitDir === null || preserveAs === undefined) return null;
  const draftsIn = await worktreeGitDir(worktreePath, call);
  const { sha } = await keepCommitsOf({ repositoryPath, gitDir, draftsIn, id: preserveAs }, call);
  return sha && preservedRef(preserveAs);
}

/** A folder of the submodule, or one in the repository that sessions see; a link that leads elsewhere is not followed. */
async function innerGitDir(worktreePath: string, path: string): Promise<string | null> {
  const at = join(worktreePath, path, '.git');
  const found = glanceAt(at);
  if (found?.isDirectory()) return at;
  const link = found?.isFile() ? await readIfThere(at) : null;
  if (!link?.startsWith('gitdir: ')) return null;
  const target = resolve(worktreePath, path, link.slice('gitdir: '.length).trimEnd());
  return target.startsWith(join(worktreePath, '.git', 'modules') + sep) ? target : null;
}
