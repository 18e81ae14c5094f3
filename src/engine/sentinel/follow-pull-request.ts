// Follows a pull request from its push until it is merged or closed.
import type { MergePolicy } from '../../domain/merge-policy.ts';
import type { Query } from '../../store/database.ts';
import { followFrom } from '../../store/work/followed-pull-requests.ts';
import type { PullRequestRow } from '../../store/work/pull-requests.ts';
import { readFollowed } from './followed.ts';

export interface AwaitedPullRequest {
  row: PullRequestRow;
  pushedSha: string;
  /** What the file of the base commit says about merging. */
  mergeOfFile: MergePolicy | null;
}

/** Checks appear some seconds after a push. */
const firstLookMs = 5_000;

/** In the transaction that ends the run. What was done about earlier commits stays known. */
export async function followPullRequest(
  query: Query,
  { row, pushedSha, mergeOfFile }: AwaitedPullRequest,
): Promise<void> {
  const followed = {
    ...readFollowed(row.followed),
    pushedSha,
    mergeOfFile,
    needsBase: false,
    readySha: null,
  };
  const waitingFor = 'CI of the pushed commit; Moose checks it in a moment.';
  await followFrom(query, row, { delayMs: firstLookMs, waitingFor, followed });
}
