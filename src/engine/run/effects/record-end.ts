// Records that a pull request was merged or closed. The local forge has recorded it itself.
import { localHost } from '../../../domain/forge/forge.ts';
import type { Query } from '../../../store/database.ts';
import { endPullRequest, type PullRequestRow } from '../../../store/work/pull-requests/pull-requests.ts';
import type { Forge, PullRequest } from '../../ports/forge.ts';

export async function recordEnd(
  query: Query,
  projectId: PullRequestRow['projectId'],
  { host, repository }: Forge,
  { number, state, mergedSha }: PullRequest,
): Promise<void> {
  if (state === 'open' || host === localHost) return;
  await endPullRequest(query, { projectId, host, repository }, number, { state, mergedSha });
}
