// Whether a branch already contains a change: as a commit, or squashed or rebased, so that a merge would change nothing.
import { writeCommit } from '../commit/commit-object.ts';
import { isAncestor, treeOf } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
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

const nobody = {
  GIT_AUTHOR_NAME: 'Moose',
  GIT_AUTHOR_EMAIL: 'moose@localhost',
  GIT_COMMITTER_NAME: 'Moose',
  GIT_COMMITTER_EMAIL: 'moose@localhost',
};

/**
 * Whether a branch that has the commit has nothing of its change any more, because somebody reverted it there: then to revert
 * it again would change nothing. `startSha`: the commit on which the change is based.
 */
export async function isTakenOutOf(
  repositoryPath: string,
  {
    headSha,
    startSha,
    tip,
    signal,
  }: { headSha: string; startSha: string; tip: string; signal?: AbortSignal | undefined },
): Promise<boolean> {
  const call: GitCall = { signal };
  const [start, head, now] = await Promise.all(
    [startSha, headSha, tip].map((sha) => treeOf(repositoryPath, sha, call)),
  );
  if (start === undefined || start === head || !(await isAncestor(repositoryPath, headSha, tip, call)))
    return false;
  const theirs = await writeCommit(
    repositoryPath,
    { tree: start, parents: [headSha], message: 'Revert', identity: nobody },
    call,
  );
  const { tree, isClean } = await mergedTree(repositoryPath, { ours: tip, theirs }, call);
  return isClean && tree === now;
}
