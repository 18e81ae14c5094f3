// Paths at which an agent has left a merge, cherry-pick or rebase in a conflict that has no marks in the file: one side has
// deleted it, or it is not text. Where there are marks, the file itself tells.
import { join } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { splitNul } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
import { glanceAt, readNow } from '../run/read-now.ts';
import { runGit } from '../run/run-git.ts';

const operations = ['MERGE_HEAD', 'CHERRY_PICK_HEAD', 'REVERT_HEAD', 'rebase-merge', 'rebase-apply'];
const textBytesMax = 8 * 1024 ** 2;

/** Reads the repository that sessions see: call this before Moose commits. An index that git cannot read says nothing. */
export async function unfinishedPaths(worktreePath: string, call: GitCall): Promise<string[]> {
  const git = join(worktreePath, '.git');
  if (!operations.some((name) => glanceAt(join(git, name)) !== null)) return [];
  const index = join(git, 'index');
  if (glanceAt(index)?.isFile() !== true) return [];
  const stages = new Map<string, number>();
  try {
    const asked = ['ls-files', '--unmerged', '-z'];
    const { stdout } = await runGit(worktreePath, asked, { ...call, env: { GIT_INDEX_FILE: index } });
    for (const line of splitNul(stdout)) {
      const path = line.slice(line.indexOf('\t') + 1);
      stages.set(path, (stages.get(path) ?? 0) + 1);
    }
  } catch (cause) {
    call.signal?.throwIfAborted();
    if (!isMooseError(cause) || cause.category === 'transient') throw cause;
    return [];
  }
  return [...stages]
    .filter(([path, count]) => count < 3 || isBinary(join(worktreePath, path)))
    .map(([path]) => path);
}

function isBinary(path: string): boolean {
  return readNow(path, textBytesMax)?.includes('\0') ?? true;
}
