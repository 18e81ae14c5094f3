// Whether a branch already contains a change: as a commit, or squashed or rebased, so that a merge would change nothing.
import { isAncestor, treeOf } from '../read/revision.ts';
import type { GitCall } from '../run/run-git.ts';
import { mergedTree } from './merged-tree.ts';

export async function isMergedInto(
  repositoryPath: string,
  { headSha, tip, signal }: { headSha: string; tip: string; signal?: AbortSignal | undefined },
): Promise<boolean> {
  const call: GitCall = { signal };
  if (await isAncestor(repositoryPath, headSha, tip, call)) return true;
  const { tree, isClean } = await mergedTree(repositoryPath, { ours: tip, theirs: headSha }, call);
  return isClean && tree === (await treeOf(repositoryPath, tip, call));
}
