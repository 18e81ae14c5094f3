import { BoundedMap } from '../../stdx/bounded-map.ts';
import { type PathBytes, shownPath } from '../commit/scratch-index.ts';
import { type GitCall, runGitBytes } from '../run/run-git.ts';
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
/** What lies between two commits never changes. */
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
  const key = [path, from, to].join('\0');
  const known = kept.get(key);
  if (known) return known;
  const changes = await readDiff(path, from, to, call);
  if (isSha(from) && isSha(to) && changes.length <= keptChangesMax) kept.set(key, changes);
  return changes;
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
