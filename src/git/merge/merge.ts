// Merges with objects and refs only: without a working tree or an index, and never into a branch that somebody has
// checked out.

import { isMooseError } from '../../domain/failure.ts';
import { writeCommit } from '../commit/commit-object.ts';
import { mooseIdentity } from '../commit/identity.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { assertCommit, hasCommit, isAncestor, treeOf } from '../read/revision.ts';
import { branchMissing } from '../refs/branch.ts';
import { assertBranchName } from '../refs/branch-name.ts';
import { fetchBranch, leasedPush, remoteBranchSha } from '../remote/remote-branch.ts';
import type { GitCall } from '../run/git-call.ts';
import { mergedTree } from './merged-tree.ts';

interface Merge {
  /** A repository, bare or not. */
  repositoryPath: string;
  baseBranch: string;
  headSha: string;
  message: string;
  signal?: AbortSignal | undefined;
}

export interface MergeInRemote extends Merge {
  remoteUrl: string;
  /** The branch of `headSha` on the remote; required if this repository may not have the commit. */
  headBranch?: string;
  /** See `RemoteBranch`. */
  isMooses?: boolean | undefined;
}

/** How often to merge again if others move the base branch at the same time. */
const maxRaces = 5;

/**
 * Merges into a branch of a remote: its commits are fetched, and the merge is pushed with a lease. If the base already
 * contains the head, that is a success.
 * @throws MERGE_CONFLICT, BRANCH_MISSING
 */
export async function mergeInRemote(merge: MergeInRemote): Promise<{ mergedSha: string }> {
  const { repositoryPath, remoteUrl, baseBranch, headBranch, headSha, signal } = merge;
  assertBranchName(baseBranch);
  if (headBranch !== undefined) assertBranchName(headBranch);
  const call: GitCall = { signal };
  const base = { repositoryPath, remoteUrl, branch: baseBranch, isMooses: merge.isMooses, signal };
  if (headBranch !== undefined && !(await hasCommit(repositoryPath, headSha, call))) {
    await fetchBranch({ ...base, branch: headBranch });
  }
  await assertCommit(repositoryPath, headSha, call);
  return untilUnmoved(baseBranch, async () => {
    const baseSha = await remoteBranchSha(base);
    if (baseSha === null) throw branchMissing(baseBranch, 'the remote');
    if (!(await hasCommit(repositoryPath, baseSha, call))) await fetchBranch(base);
    if (!(await hasCommit(repositoryPath, baseSha, call))) return null;
    const mergedSha = await mergeCommits(merge, baseSha, call);
    if (mergedSha === baseSha) return { mergedSha };
    try {
      await leasedPush(base, { from: baseSha, to: mergedSha });
    } catch (error) {
      // If the push was refused because the base moved, merge again; if a rule of the remote refused it, merging again
      // would not help.
      const isRejected = isMooseError(error) && error.code === 'REMOTE_REJECTED';
      if (isRejected && (await remoteBranchSha(base)) !== baseSha) return null;
      throw error;
    }
    return { mergedSha };
  });
}

/** Retries while an attempt returns null, which means that somebody moved the base in between. */
async function untilUnmoved<T>(baseBranch: string, attempt: () => Promise<T | null>): Promise<T> {
  for (let race = 1; race <= maxRaces; race += 1) {
    const result = await attempt();
    if (result !== null) return result;
  }
  throw gitFailures.BASE_KEEPS_MOVING('merge', { baseBranch, maxRaces });
}

/** A merge commit that no ref points to yet; the base itself if it already contains the head, or all that it changes. */
async function mergeCommits(merge: Merge, baseSha: string, call: GitCall): Promise<string> {
  const { repositoryPath, baseBranch, headSha, message } = merge;
  if (await isAncestor(repositoryPath, headSha, baseSha, call)) return baseSha;
  const {
    tree,
    isClean,
    conflicts: paths,
  } = await mergedTree(repositoryPath, { ours: baseSha, theirs: headSha }, call);
  if (isClean) {
    // Somebody has merged it as a squash or a rebase: there is nothing left to merge.
    if (tree === (await treeOf(repositoryPath, baseSha, call))) return baseSha;
    const parents = [baseSha, headSha];
    return writeCommit(repositoryPath, { tree, parents, message, identity: mooseIdentity }, call);
  }
  throw gitFailures.MERGE_CONFLICT(
    { operation: 'merge', metadata: { baseBranch, baseSha, headSha, conflictingPaths: paths.slice(0, 100) } },
    {
      baseBranch,
      paths: paths.slice(0, 3).join(', '),
      more: paths.length > 3 ? `, and ${paths.length - 3} more` : '',
    },
  );
}
