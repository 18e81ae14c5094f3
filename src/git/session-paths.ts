// Which parts of a repository a program needs in one of its worktrees (R-SEC-5): it may read all of git's own
// directory, and write what a commit on its branch writes. It cannot write anything that decides which programs git
// runs, nor stored content of others: packed objects (see `guard-objects.ts`), and LFS objects, which are useless
// without an upload.

import { mkdir, readdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isThere, readIfThere } from './is-there.ts';
import { commonGitDir, findWorktreeEntry, storedWorktreePath } from './worktree-list.ts';

export interface RepositoryPath {
  path: string;
  sight: 'read' | 'write';
}

/** How many branches of other work orders are protected from changes; there are few at a time. */
const siblingsMax = 500;

/** Inner paths come after outer ones. No path is taken from the worktree's own files, because a program wrote them. */
export async function sessionPathsOf(
  repositoryPath: string,
  { worktreePath, branch, signal }: { worktreePath: string; branch: string; signal?: AbortSignal },
): Promise<RepositoryPath[]> {
  const common = await commonGitDir(repositoryPath, { signal });
  const entry = await findWorktreeEntry(common, await storedWorktreePath(worktreePath));
  const objects = join(common, 'objects');
  const lfs = join(common, 'lfs');
  if (await isThere(lfs)) await mkdir(join(lfs, 'objects'), { recursive: true });
  const folders = ['refs/heads', 'logs/refs/heads'].map((name) => join(common, name, dirname(branch)));
  // If these are absent, the program could create them: alternates let git read another repository.
  for (const path of [join(objects, 'info'), join(objects, 'pack'), ...folders])
    await mkdir(path, { recursive: true });
  const siblings = (await Promise.all(folders.map((folder) => othersIn(folder, branch)))).flat();
  return [
    { path: common, sight: 'read' },
    ...(await alternatesOf(objects)).map((path) => ({ path, sight: 'read' as const })),
    { path: objects, sight: 'write' },
    { path: join(objects, 'info'), sight: 'read' },
    { path: join(objects, 'pack'), sight: 'read' },
    ...(entry === null ? [] : [{ path: entry, sight: 'write' as const }]),
    ...((await isThere(lfs)) ? [{ path: lfs, sight: 'write' as const }] : []),
    { path: join(lfs, 'objects'), sight: 'read' },
    ...folders.map((path) => ({ path, sight: 'write' as const })),
    ...siblings.map((path) => ({ path, sight: 'read' as const })),
  ];
}

async function othersIn(folder: string, branch: string): Promise<string[]> {
  const own = branch.split('/').at(-1);
  const names = await readdir(folder);
  return names
    .filter((name) => name !== own && !name.endsWith('.lock'))
    .slice(0, siblingsMax)
    .map((name) => join(folder, name));
}

/** Other places with objects of the repository, such as for a clone with `--shared`. */
async function alternatesOf(objects: string): Promise<string[]> {
  const text = (await readIfThere(join(objects, 'info', 'alternates'))) ?? '';
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => (isAbsolute(line) ? line : resolve(objects, line)));
}
