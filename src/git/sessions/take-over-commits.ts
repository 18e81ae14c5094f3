// Takes over the commits that a person made in a worktree, in the repository that sessions see there.

import { join } from 'node:path';
import { rebuildIndex } from '../commit/scratch-index.ts';
import { hasCommit, isAncestor, isSha } from '../read/revision.ts';
import { moveRef } from '../refs/move-ref.ts';
import type { GitCall } from '../run/git-call.ts';
import { readIfThere } from '../run/is-there.ts';
import { putFile } from '../run/put-file.ts';
import { readNow } from '../run/read-now.ts';
import { branchSha } from '../worktree/head-state.ts';
import { entryOf } from '../worktree/worktree-entry.ts';
import { storedWorktreePath } from '../worktree/worktree-list.ts';
import { importCommits } from './keep-commits-of.ts';

const shaBytesMax = 80;
/** In the entry: where the branch was in the sessions' repository when their last one ended. */
const leftMark = 'session-left';

const branchFile = (path: string, branch: string) => join(path, '.git', 'refs', 'heads', branch);

/** Call this when a session has ended: what is committed there later is a person's. */
export async function noteSessionsCommits(worktreePath: string, branch: string): Promise<void> {
  const path = await storedWorktreePath(worktreePath);
  const entry = await entryOf(path);
  const left = readNow(branchFile(path, branch), shaBytesMax)?.trimEnd() ?? '';
  if (entry !== null && isSha(left)) await putFile(join(entry, leftMark), left);
}

/** Moves the branch of the project to where it is there, if nothing is lost. Nothing may run in the worktree. */
export async function takeOverCommits(
  { repositoryPath, worktreePath, branch }: { repositoryPath: string; worktreePath: string; branch: string },
  call: GitCall,
): Promise<void> {
  const path = await storedWorktreePath(worktreePath);
  const entry = await entryOf(path);
  if (entry === null) return;
  const gitDir = join(path, '.git');
  const left = readNow(branchFile(path, branch), shaBytesMax)?.trimEnd() ?? '';
  // An agent's commit, which Moose may have refused.
  if (left === (await readIfThere(join(entry, leftMark)))) return;
  const from = await branchSha(repositoryPath, branch, call);
  if (!isSha(left) || from === null || left === from) return;
  if (!(await hasCommit(repositoryPath, left, call))) {
    const taken = await importCommits({ repositoryPath, gitDir, draftsIn: entry }, [left], call);
    if (taken.length === 0) return;
  }
  if (!(await isAncestor(repositoryPath, from, left, call))) return;
  const ref = `refs/heads/${branch}`;
  await moveRef(repositoryPath, { ref, from, to: left, because: 'moose: fixed by hand' }, call);
  await rebuildIndex(path, 'HEAD', call);
}
