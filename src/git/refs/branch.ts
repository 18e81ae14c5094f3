import type { PermanentError } from '../../domain/failure.ts';
import { gitFailures } from '../failure-catalogue.ts';
import { assertSha, refSha } from '../read/revision.ts';
import type { GitCall } from '../run/git-call.ts';
import { listWorktrees } from '../worktree/worktree-list.ts';
import { assertBranchName } from './branch-name.ts';
import { moveRef } from './move-ref.ts';
import { keepCommit } from './preserve.ts';

export interface BranchDeletion {
  repositoryPath: string;
  branch: string;
  /** The expected commit of the branch; a branch at another commit is left alone. */
  expectedSha: string;
  /** The branch's commits stay reachable from `refs/moose/preserved/<preserveAs>` (R-PIPE-14). */
  preserveAs: string;
  signal?: AbortSignal | undefined;
}

/** A missing branch counts as deleted. @throws BRANCH_MOVED, BRANCH_IN_USE */
export async function deleteBranch(deletion: BranchDeletion): Promise<'deleted' | 'already gone'> {
  const { repositoryPath, branch, expectedSha, preserveAs } = deletion;
  assertBranchName(branch);
  assertSha(expectedSha);
  const call: GitCall = { signal: deletion.signal };
  const ref = `refs/heads/${branch}`;
  const sha = await refSha(repositoryPath, ref, call);
  if (sha === null) return 'already gone';
  if (sha !== expectedSha) throw branchMoved('delete branch', { branch, expectedSha, actualSha: sha });
  const holder = (await listWorktrees(repositoryPath, call)).find((worktree) => worktree.branch === branch);
  if (holder) {
    throw gitFailures.BRANCH_IN_USE(
      { operation: 'delete branch', metadata: { branch, holder: holder.path } },
      { branch, path: holder.path },
    );
  }
  await keepCommit(repositoryPath, sha, preserveAs, call);
  await moveRef(repositoryPath, { ref, from: expectedSha, to: null, because: 'moose: branch deleted' }, call);
  return 'deleted';
}

export function branchMoved(
  operation: string,
  moved: { branch: string; expectedSha: string | null; actualSha: string | null },
): PermanentError {
  return gitFailures.BRANCH_MOVED(
    { operation, metadata: moved },
    {
      branch: moved.branch,
      actualSha: moved.actualSha ?? 'no commit',
      expectedSha: moved.expectedSha ?? 'no commit',
    },
  );
}

export function branchMissing(branch: string, where: string, operation = 'merge'): PermanentError {
  return gitFailures.BRANCH_MISSING({ operation, metadata: { branch } }, { branch, where });
}
