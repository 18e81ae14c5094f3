// Decides which of a worktree's files belong in a commit, and writes them as a tree; the worktree does not change.

import { join } from 'node:path';
import type { GitCall } from '../run/git-call.ts';
import { isThere } from '../run/is-there.ts';
import { withoutDroppings } from './droppings.ts';
import { forbiddenBeforeReading, type GuardRequest, refuse } from './forbidden-files.ts';
import type { PathBytes } from './path-bytes.ts';
import { type ScratchIndex, shownPath, withScratchIndex } from './scratch-index.ts';
import { refuseChangedInside } from './submodule-pointers.ts';

export interface StageRequest extends GuardRequest {
  /** The commit with which files are compared. */
  expectedParent: string;
  /** Relative paths of files or directories to leave out, tracked or not. */
  excludePaths?: readonly string[];
  /** The words of the work order: new files that they name are part of the change, whatever their names look like. */
  named?: string;
}

export interface Staged {
  /** The tree object of everything that belongs in the commit. */
  treeSha: string;
  /** New files that tools drop beside their work, which are not part of it. */
  leftOut: string[];
  /** For questions to git about the index of this tree. */
  indexCall: GitCall;
  /**
   * Makes the index of the tree the worktree's own. Call this while nothing runs in the worktree: git trusts the index,
   * and a program there could mark a changed file as unchanged.
   */
  adoptIndex(): Promise<void>;
}

/** @throws FORBIDDEN_CHANGE */
export async function stageChanges<T>(
  request: StageRequest,
  call: GitCall,
  use: (staged: Staged) => Promise<T>,
): Promise<T> {
  const { worktreePath, expectedParent } = request;
  return withScratchIndex(worktreePath, expectedParent, call, async (index) => {
    const paths = await pathsToStage(request, index, call);
    refuse(await forbiddenBeforeReading(request, [...paths.present, ...paths.deleted]));
    await index.stage(paths);
    const { leftOut } = paths;
    return use({
      treeSha: await index.writeTree(),
      leftOut,
      indexCall: index.call,
      adoptIndex: index.adopt,
    });
  });
}

async function pathsToStage(request: StageRequest, index: ScratchIndex, call: GitCall) {
  const excluded = (request.excludePaths ?? []).map((path) =>
    Buffer.from(path.replace(/\/+$/, '')).toString('latin1'),
  );
  const isIncluded = (path: PathBytes) =>
    !excluded.some((prefix) => path === prefix || path === `${prefix}/` || path.startsWith(`${prefix}/`));
  const { modified, deleted, untracked, nested, submodules } = await index.changes();
  await refuseChangedInside(request.worktreePath, submodules.map(shownPath), call);
  const reason = 'it is a separate git repository';
  refuse(nested.filter(isIncluded).map((path) => ({ path: shownPath(path), reason })));
  const kept = await withoutBuildTrees(request.worktreePath, untracked.filter(isIncluded));
  const sorted = await withoutDroppings(request.worktreePath, kept, request.named ?? '', index.call);
  return {
    present: [...modified.filter(isIncluded), ...sorted.kept],
    deleted: deleted.filter(isIncluded),
    leftOut: sorted.leftOut,
  };
}

/** Leaves out directories that are marked as a cache (CACHEDIR.TAG, bford.info/cachedir), and Maven's `target`. */
async function withoutBuildTrees(
  worktreePath: string,
  untracked: readonly PathBytes[],
): Promise<PathBytes[]> {
  const roots = new Set(
    untracked
      .filter((path) => path.endsWith('/CACHEDIR.TAG'))
      .map((path) => path.slice(0, -'CACHEDIR.TAG'.length)),
  );
  const targets = new Set(untracked.flatMap((path) => /^(?:.*?\/)?target\//.exec(path)?.[0] ?? []));
  for (const target of targets) {
    const project = join(worktreePath, shownPath(target), '..');
    if ((await isThere(join(project, 'pom.xml'))) || (await isThere(join(project, 'Cargo.toml'))))
      roots.add(target);
  }
  if (roots.size === 0) return [...untracked];
  const isInRoot = (path: PathBytes) => {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
      if (roots.has(path.slice(0, at + 1))) return true;
    return false;
  };
  return untracked.filter((path) => !isInRoot(path));
}
