// What a program needs of the project's repository beside its worktree (R-SEC-5): it may read the objects that its own
// repository borrows, and large files. It sees nothing else of it, and can write nothing there.

import { isAbsolute, join, resolve } from 'node:path';
import type { GitCall } from '../run/git-call.ts';
import { isThere, readIfThere } from '../run/is-there.ts';
import { commonGitDir } from '../worktree/worktree-list.ts';
import { alternatesIn } from './alternates.ts';

export interface RepositoryPath {
  path: string;
  sight: 'read';
}

export async function sessionPathsOf(repositoryPath: string, call: GitCall = {}): Promise<RepositoryPath[]> {
  const common = await commonGitDir(repositoryPath, call);
  const objects = join(common, 'objects');
  const paths = [objects, ...(await alternatesOf(objects)), join(common, 'lfs', 'objects')];
  const there: RepositoryPath[] = [];
  for (const path of paths) if (await isThere(path)) there.push({ path, sight: 'read' });
  return there;
}

/** As deep as git itself follows them. */
const alternatesDepthMax = 5;

/** Other places with objects of the repository, such as for a clone with `--shared`, and those of these places. */
async function alternatesOf(objects: string): Promise<string[]> {
  const found = new Set<string>();
  let level = [objects];
  for (let depth = 0; depth <= alternatesDepthMax && level.length > 0; depth += 1) {
    const next = (await Promise.all(level.map(namedIn))).flat().filter((path) => !found.has(path));
    for (const path of next) found.add(path);
    level = next;
  }
  found.delete(objects);
  return [...found];
}

async function namedIn(objects: string): Promise<string[]> {
  const text = (await readIfThere(join(objects, 'info', 'alternates'))) ?? '';
  return alternatesIn(text).map((path) => (isAbsolute(path) ? path : resolve(objects, path)));
}
