// Merges the newest base into a change, with objects only: no working tree, no index, no ref. Conflicting files are
// committed with git's conflict marks, to be resolved in a later commit.
import type { GitPerson } from '../../domain/forge/git-person.ts';
import { writeCommit } from '../commit/commit-object.ts';
import { identityOf, moose } from '../commit/identity.ts';
import { isAncestor, treeOf } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
import { mergedTree } from './merged-tree.ts';

export interface BaseMerge {
  repositoryPath: string;
  headSha: string;
  baseSha: string;
  message: string;
  /** Moose's account on the project's forge; by default the name `Moose`. */
  committer?: GitPerson | undefined;
  signal?: AbortSignal | undefined;
}

export interface MergedBase {
  /** A descendant of the head, so it can be pushed without force; the head itself if it contains the base. */
  sha: string;
  treeSha: string;
  /** The paths that conflict. */
  conflicts: string[];
}

export async function mergeBaseIn(merge: BaseMerge): Promise<MergedBase> {
  const { repositoryPath, headSha, baseSha, message, committer = moose, signal } = merge;
  const call: GitCall = { signal };
  if (await isAncestor(repositoryPath, baseSha, headSha, call))
    return { sha: headSha, treeSha: await treeOf(repositoryPath, headSha, call), conflicts: [] };
  const { tree, conflicts } = await mergedTree(repositoryPath, { ours: headSha, theirs: baseSha }, call);
  const commit = { tree, parents: [headSha, baseSha], message, identity: identityOf(committer) };
  return { sha: await writeCommit(repositoryPath, commit, call), treeSha: tree, conflicts };
}
