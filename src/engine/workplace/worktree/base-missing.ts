// The base branch is gone from the remote, and is not known under another name: a person says into which branch the change
// goes, or gives it up.
import type { TransientError } from '../../../domain/failure.ts';
import type { RoutingResult } from '../../../domain/work-order/step-result.ts';
import { remoteBranchShas } from '../../../git/remote/remote.ts';
import type { PullRequest } from '../../ports/forge.ts';
import { basesInstead } from '../../run/ground/remote-ground.ts';
import type { RemotePlace } from '../../run/remote-place.ts';
import type { Work } from '../../run/work.ts';
import { workplaceFailures } from '../failure-catalogue.ts';

/** Whether a pull request was closed because its base branch is gone, as most forges do: no person has closed it then. */
export async function isClosedWithBase(
  { order, project, signal }: Work,
  { url: remoteUrl, isMooses }: RemotePlace,
  told: Pick<PullRequest, 'state' | 'baseBranch'> | null,
): Promise<boolean> {
  if (told?.state !== 'closed' || order.stackedOn !== null) return false;
  const where = { repositoryPath: project.repositoryPath, remoteUrl, isMooses, signal };
  return !(await remoteBranchShas(where, [told.baseBranch])).has(told.baseBranch);
}

/**
 * Someone may be renaming the branch, so this is retried before a person is asked. The question offers the other branches.
 */
export async function baseMissing(
  { order, project, signal }: Work,
  remote: RemotePlace,
  { baseBranch, branch }: Pick<RoutingResult, 'baseBranch' | 'branch'>,
): Promise<TransientError> {
  const place = { repositoryPath: project.repositoryPath, remote, signal };
  // A stacked change follows its parent change.
  const isOwnBase = order.stackedOn === null;
  const { others } = isOwnBase
    ? await basesInstead(place, { baseBranch, publishedSha: undefined })
    : { others: [] };
  const { shownUrl } = remote;
  return workplaceFailures.BASE_BRANCH_MISSING(
    {
      operation: 'find base',
      workOrderId: order.id,
      metadata: { baseBranch, branch, remote: shownUrl, otherBases: others },
    },
    { baseBranch, shownUrl, branch },
  );
}
