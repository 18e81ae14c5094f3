// Which files of a worktree differ from a commit, to decide about what an agent left there. git starts nothing inside a
// submodule, whose configuration the agent may have written, and ignores the agent's marks in the index (R-SEC-7).

import { shownPath, withScratchIndex } from '../commit/scratch-index.ts';
import { assertSha } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';

/** Paths, except those that git ignores; the path of a separate repository ends with `/`. */
export async function changedSince(worktreePath: string, sha: string, call: GitCall): Promise<string[]> {
  assertSha(sha);
  return withScratchIndex(worktreePath, sha, call, async (index) => {
    const { modified, deleted, untracked, nested } = await index.changes();
    return [...modified, ...deleted, ...untracked, ...nested].map(shownPath);
  });
}
