import { type PathBytes, shownPath } from '../commit/scratch-index.ts';
import { type GitCall, runGitBytes } from '../run/run-git.ts';
import { splitNul } from './revision.ts';

export interface TreeChange {
  pathBytes: PathBytes;
  path: string;
  oldMode: string;
  newMode: string;
  /** Zeros if the file is new. */
  oldSha: string;
  newSha: string;
}

/** Every file that differs between two trees; a rename is a deletion and an addition. */
export async function diffTrees(
  path: string,
  from: string,
  to: string,
  call: GitCall,
): Promise<TreeChange[]> {
  const { stdout } = await runGitBytes(
    path,
    ['diff-tree', '-r', '-z', '--no-renames', '--raw', from, to],
    call,
  );
  const fields = splitNul(stdout.toString('latin1'));
  const changes: TreeChange[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [oldMode = '', newMode = '', oldSha = '', newSha = ''] = (fields[index] ?? '').slice(1).split(' ');
    const pathBytes = fields[index + 1] ?? '';
    changes.push({ pathBytes, path: shownPath(pathBytes), oldMode, newMode, oldSha, newSha });
  }
  return changes;
}
