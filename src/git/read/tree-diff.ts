import { BoundedMap } from '../../stdx/bounded-map.ts';
import type { PathBytes } from '../commit/path-bytes.ts';
import { shownPath } from '../commit/scratch-index.ts';
import type { GitCall } from '../run/git-call.ts';
import { runGitBytes } from '../run/run-git.ts';
import { isSha, splitNul } from './revision.ts';

export interface TreeChange {
  pathBytes: PathBytes;
  path: string;
  oldMode: string;
  newMode: string;
  /** Zeros if the file is new. */
  oldSha: string;
  newSha: string;
}

/** The number of cached differences: the steps of a work order ask for the same one again. */
const keptMax = 64;
/** Longer ones are not cached. */
const keptChangesMax = 500;
/** By hashes only: what lies between two commits or trees never changes, and is the same in every repository. */
const kept = new BoundedMap<string, readonly TreeChange[]>(keptMax);

/** Otherwise `.gitmodules` of the worktree, which an agent can write, has git overlook to which commit a submodule points. */
export const withSubmodules = ['--ignore-submodules=none'];

/** Every file that differs between two trees; a rename is a deletion and an addition. */
export async function diffTrees(
  path: string,
  from: string,
  to: string,
  call: GitCall,
): Promise<readonly TreeChange[]> {
  const known = kept.get(`${from}..${to}`);
  if (known) return known;
  const changes = await readDiff(path, from, to, call);
  learnDiff(from, to, changes);
  return changes;
}

/** For the answers of `diffTrees` about a commit whose tree has been compared. */
export function learnDiff(from: string, to: string, changes: readonly TreeChange[]): void {
  if (isSha(from) && isSha(to) && changes.length <= keptChangesMax) kept.set(`${from}..${to}`, changes);
}

async function readDiff(path: string, from: string, to: string, call: GitCall): Promise<TreeChange[]> {
  const options = ['-r', '-z', '--no-renames', '--raw', ...withSubmodules];
  const { stdout } = await runGitBytes(path, ['diff-tree', ...options, from, to], call);
  const fields = splitNul(stdout.toString('latin1'));
  const changes: TreeChange[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [oldMode = '', newMode = '', oldSha = '', newSha = ''] = (fields[index] ?? '').slice(1).split(' ');
    const pathBytes = fields[index + 1] ?? '';
    changes.push({ pathBytes, path: shownPath(pathBytes), oldMode, newMode, oldSha, newSha });
  }
  return changes;
}
