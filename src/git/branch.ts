import { ConfigurationError, PermanentError } from '../domain/failure.ts';
import { assertBranchName } from './branch-name.ts';
import { moveRef } from './move-ref.ts';
import { keepCommit } from './preserve.ts';
import { assertSha, refSha } from './revision.ts';
import type { GitCall } from './run-git.ts';
import { listWorktrees } from './worktree-list.ts';

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
    throw new ConfigurationError({
      code: 'BRANCH_IN_USE',
      message: `${branch} is checked out in ${holder.path}`,
      advice: `Check out another branch there, or remove that worktree first: git -C ${holder.path} switch --detach`,
      component: 'git',
      operation: 'delete branch',
      metadata: { branch, holder: holder.path },
    });
  }
  await keepCommit(repositoryPath, sha, preserveAs, call);
  await moveRef(repositoryPath, { ref, from: expectedSha, to: null, because: 'moose: branch deleted' }, call);
  return 'deleted';
}

export function branchMoved(
  operation: string,
  moved: { branch: string; expectedSha: string | null; actualSha: string | null },
): PermanentError {
  return new PermanentError({
    code: 'BRANCH_MOVED',
    message: `${moved.branch} is at ${moved.actualSha ?? 'no commit'}, not at ${moved.expectedSha ?? 'no commit'} as expected`,
    advice: 'Check what was pushed or committed there, then decide how to continue.',
    component: 'git',
    operation,
    metadata: moved,
  });
}

export function branchMissing(branch: string, where: string, operation = 'merge'): PermanentError {
  return new PermanentError({
    code: 'BRANCH_MISSING',
    message: `There is no branch ${branch} in ${where}`,
    advice: `Create ${branch} there again, or push it, then retry.`,
    component: 'git',
    operation,
    metadata: { branch },
  });
}
