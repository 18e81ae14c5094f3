// Whether a pull request with a recorded number is still the work order's own: in another repository, or in one that was
// created again under its name, that number belongs to somebody else. Pure.

import type { MooseError } from '../../../domain/failure.ts';
import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import type { PullRequest } from '../../ports/forge.ts';
import { effectFailures } from './failure-catalogue.ts';

/** On some forges, a pull request names a deleted branch by a reference. */
export function isOtherBranch({ headBranch }: Pick<PullRequest, 'headBranch'>, branch: string): boolean {
  return headBranch !== branch && !headBranch.startsWith('refs/');
}

export function isElsewhere(
  { id, branch }: Pick<WorkOrder, 'id' | 'branch'>,
  { number, headBranch, url }: PullRequest,
): MooseError {
  return effectFailures.PULL_REQUEST_ELSEWHERE(
    { operation: 'close', workOrderId: id, metadata: { url } },
    { number, headBranch, branch: String(branch) },
  );
}
