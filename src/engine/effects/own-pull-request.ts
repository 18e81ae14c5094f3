// Whether a pull request with a recorded number is still the work order's own: in another repository, or in one that was
// created again under its name, that number belongs to somebody else. Pure.
import { type MooseError, PermanentError } from '../../domain/failure.ts';
import type { WorkOrder } from '../../store/work/work-orders.ts';
import type { PullRequest } from '../ports/forge.ts';

/** On some forges, a pull request names a deleted branch by a reference. */
export function isOtherBranch({ headBranch }: Pick<PullRequest, 'headBranch'>, branch: string): boolean {
  return headBranch !== branch && !headBranch.startsWith('refs/');
}

export function isElsewhere(
  { id, branch }: Pick<WorkOrder, 'id' | 'branch'>,
  { number, headBranch, url }: PullRequest,
): MooseError {
  return new PermanentError({
    code: 'PULL_REQUEST_ELSEWHERE',
    component: 'forge',
    operation: 'close',
    workOrderId: id,
    message: `Pull request ${number} now belongs to the branch ${headBranch}, not to ${branch}: the project's remote is another repository.`,
    advice: 'Close the pull request of the work order yourself, where it was opened; then undo again.',
    metadata: { url },
  });
}
