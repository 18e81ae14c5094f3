// Pushes and deletes remote branches, and compares hashes with the expected state of the remote, so that repeating is
// harmless.

import { dirname, join } from 'node:path';
import { isMooseError } from '../../domain/failure.ts';
import { syncWritten } from '../../stdx/files/durable-files.ts';
import { assertCommit, assertSha, commitMissing, commitsAmong, hasCommit } from '../read/revision.ts';
import { branchMissing, branchMoved } from '../refs/branch.ts';
import { assertBranchName } from '../refs/branch-name.ts';
import { keepCommit } from '../refs/preserve.ts';
import { lookAfter } from '../run/look-after.ts';
import { mendLostBranches } from './lost-branches.ts';
import { fetchBranch, leasedPush, type RemoteBranch, remoteBranchSha } from './remote-branch.ts';
import { assertRemoteUrl } from './remote-url.ts';

export { ensureBareRemote } from './bare-remote.ts';
export { remoteBranchSha, remoteBranchShas } from './remote-branch.ts';

export interface Push extends RemoteBranch {
  sha: string;
  /** The expected commit of the branch on the remote; null if it should not exist yet. */
  expectedRemoteSha: string | null;
}

export interface RemoteDeletion extends RemoteBranch {
  expectedSha: string;
  /**
   * The branch's commits stay reachable from `refs/moose/preserved/<preserveAs>` of the local repository (R-PIPE-14).
   */
  preserveAs: string;
}

/**
 * @throws REMOTE_REJECTED (also if the remote is neither at `sha` nor at the expected commit), and the errors of
 * `runRemoteGit`
 */
export async function pushBranch(push: Push): Promise<'pushed' | 'already there'> {
  const { repositoryPath, remoteUrl, branch, sha, expectedRemoteSha, signal } = push;
  assertSha(sha);
  if (expectedRemoteSha !== null) assertSha(expectedRemoteSha);
  assertBranchName(branch);
  assertRemoteUrl(remoteUrl);
  try {
    const moved = await leasedPush(push, { from: expectedRemoteSha, to: sha });
    // git flushes a reference, and not the name that it gives it.
    if (push.isMooses && moved === 'moved') await syncWritten(dirname(join(remoteUrl, 'refs/heads', branch)));
    return moved === 'moved' ? 'pushed' : moved;
  } catch (error) {
    if (!isMooseError(error) || signal?.aborted) throw error;
    const mayHaveLost = push.isMooses === true && error.code === 'REMOTE_REJECTED';
    if (mayHaveLost && (await lookAfter(error, () => mendLostBranches(push))) > 0) return pushBranch(push);
    const isMissing = !(await lookAfter(error, () => hasCommit(repositoryPath, sha, { signal })));
    // An earlier push of the same commit may have succeeded in between.
    const mayBeThere = isMissing || error.code === 'REMOTE_REJECTED';
    if (mayBeThere && (await lookAfter(error, () => remoteBranchSha(push))) === sha) return 'already there';
    throw isMissing ? commitMissing(repositoryPath, sha) : error;
  }
}

/** The commit of the remote's branch, which is fetched if it is not here yet. @throws BRANCH_MISSING */
export async function ensureRemoteCommit(where: RemoteBranch): Promise<string> {
  return (await ensureRemoteCommitAmong(where, [])).sha;
}

/** The same, and in the same process which of these commits the repository had before it fetched. */
export async function ensureRemoteCommitAmong(
  where: RemoteBranch,
  others: readonly string[],
): Promise<{ sha: string; known: ReadonlySet<string> }> {
  const sha = await remoteBranchSha(where);
  if (sha === null) throw branchMissing(where.branch, 'the remote', 'find base');
  const call = { signal: where.signal };
  const known = await commitsAmong(where.repositoryPath, [sha, ...others], call);
  if (known.has(sha)) return { sha, known };
  await fetchBranch(where);
  await assertCommit(where.repositoryPath, sha, call);
  return { sha, known };
}

/** A missing branch counts as deleted. @throws BRANCH_MOVED */
export async function deleteRemoteBranch(deletion: RemoteDeletion): Promise<'deleted' | 'already gone'> {
  const { repositoryPath, branch, expectedSha, preserveAs, signal } = deletion;
  assertSha(expectedSha);
  const sha = await remoteBranchSha(deletion);
  if (sha === null) return 'already gone';
  if (sha !== expectedSha) throw branchMoved('delete remote branch', { branch, expectedSha, actualSha: sha });
  if (!(await hasCommit(repositoryPath, sha, { signal }))) await fetchBranch(deletion);
  await keepCommit(repositoryPath, sha, preserveAs, { signal });
  try {
    await leasedPush(deletion, { from: expectedSha, to: null });
  } catch (error) {
    const isRejected = isMooseError(error) && error.code === 'REMOTE_REJECTED';
    if (!isRejected) throw error;
    const actualSha = await lookAfter(error, () => remoteBranchSha(deletion));
    if (actualSha === expectedSha) throw error;
    if (actualSha !== null) throw branchMoved('delete remote branch', { branch, expectedSha, actualSha });
  }
  return 'deleted';
}
