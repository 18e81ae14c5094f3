// Which parts of a repository a program needs in one of its worktrees (R-SEC-5): it may read all of git's own
// directory, and write what a commit on its branch writes (see `session-refs.ts`). It cannot write anything that decides which programs git
// runs, nor stored content of others: packed objects (see `guard-objects.ts`), and LFS objects, which are useless
// without an upload.

import { mkdir } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isThere, readIfThere } from './is-there.ts';
import { openSessionRefs } from './session-refs.ts';
import { commonGitDir, findWorktreeEntry, storedWorktreePath } from './worktree-list.ts';

export interface RepositoryPath {
  path: string;
  sight: 'read' | 'write';
  /** What the program sees there; if absent, the path itself. */
  from?: string;
}

/** Inner paths come after outer ones. No path is taken from the worktree's own files, because a program wrote them. */
export async function sessionPathsOf(
  repositoryPath: string,
  { worktreePath, branch, signal }: { worktreePath: string; branch: string; signal?: AbortSignal },
): Promise<RepositoryPath[]> {
  const common = await commonGitDir(repositoryPath, { signal });
  const stored = await storedWorktreePath(worktreePath);
  const entry = await findWorktreeEntry(common, stored);
  const objects = join(common, 'objects');
  const lfs = join(common, 'lfs');
  if (await isThere(lfs)) await mkdir(join(lfs, 'objects'), { recursive: true });
  const folders = ['refs/heads', 'logs/refs/heads'].map((name) => join(common, name, dirname(branch)));
  // If these are absent, the program could create them: alternates let git read another repository.
  for (const path of [join(objects, 'info'), join(objects, 'pack'), ...folders])
    await mkdir(path, { recursive: true });
  const { heads, logs } = await openSessionRefs(repositoryPath, { worktreePath: stored, branch }, { signal });
  return [
    { path: common, sight: 'read' },
    ...(await alternatesOf(objects)).map((path) => ({ path, sight: 'read' as const })),
    { path: objects, sight: 'write' },
    { path: join(objects, 'info'), sight: 'read' },
    { path: join(objects, 'pack'), sight: 'read' },
    ...(entry === null ? [] : [{ path: entry, sight: 'write' as const }]),
    ...((await isThere(lfs)) ? [{ path: lfs, sight: 'write' as const }] : []),
    { path: join(lfs, 'objects'), sight: 'read' },
    ...folders.map((path, at) => ({ path, sight: 'write' as const, from: at === 0 ? heads : logs })),
  ];
}

/** Other places with objects of the repository, such as for a clone with `--shared`. */
async function alternatesOf(objects: string): Promise<string[]> {
  const text = (await readIfThere(join(objects, 'info', 'alternates'))) ?? '';
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return lines.map((line) => (isAbsolute(line) ? line : resolve(objects, line)));
}
