// Refuses a submodule's pointer to a commit that nobody else can get (R-REPO-3): the submodule's own repository must have
// it. Moose never pushes there. The commits that an agent made in it are kept first.

import { mkdtemp } from 'node:fs/promises';
import { join, posix, resolve, sep } from 'node:path';
import { isMooseError } from '../domain/failure.ts';
import { removeTree } from '../stdx/remove-tree.ts';
import type { ForbiddenChange } from './change-guard.ts';
import { forbiddenAs } from './forbidden-files.ts';
import { readIfThere } from './is-there.ts';
import { keepCommitsOf } from './keep-commits-of.ts';
import { preservedRef } from './preserve.ts';
import { glanceAt } from './read-now.ts';
import { runRemoteGit } from './remote-failure.ts';
import { assertRemoteUrl } from './remote-url.ts';
import { findRemote } from './repository.ts';
import { type GitCall, runGit } from './run-git.ts';
import type { TreeChange } from './tree-diff.ts';
import { worktreeGitDir } from './worktree-list.ts';

export interface PointerRequest {
  repositoryPath: string;
  worktreePath: string;
  expectedParent: string;
  preserveAs?: string;
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
  { repositoryPath, expectedParent }: PointerRequest,
  path: string,
  call: GitCall,
): Promise<string | null> {
  const asked = ['config', '-z', '--blob', `${expectedParent}:.gitmodules`, '--get-regexp', '^submodule\\.'];
  const { stdout } = await runGit(repositoryPath, asked, { ...call, okExitCodes: [1, 128] });
  const entries = new Map(
    stdout
      .split('\0')
      .filter((entry) => entry.includes('\n'))
      .map((entry) => [entry.slice(0, entry.indexOf('\n')), entry.slice(entry.indexOf('\n') + 1)] as const),
  );
  const key = [...entries].find(([name, value]) => name.endsWith('.path') && value === path)?.[0];
  const given = key === undefined ? undefined : entries.get(`${key.slice(0, -'.path'.length)}.url`);
  if (given === undefined) return null;
  const url = /^\.\.?\//.test(given) ? await besideProject(repositoryPath, given, call) : given;
  if (url === null) return null;
  try {
    assertRemoteUrl(url);
    return url;
  } catch (error) {
    if (!isMooseError(error)) throw error;
    return null;
  }
}

/** A relative address is relative to the project's own remote, or to its place on this machine. */
async function besideProject(path: string, given: string, call: GitCall): Promise<string | null> {
  const base = (await findRemote(path, call))?.url ?? path;
  const [, host = '', rest = base] = /^([a-z+]+:\/\/[^/]*|[^/:]+:)(.*)$/i.exec(base) ?? [];
  return host + posix.join(rest, given);
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
