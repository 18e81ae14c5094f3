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
  /** The pull request was given another base branch than that of the base commit, by a person or its forge. */
  isRetargeted: boolean;
}

/** Checks appear some seconds after a push. */
const firstLookMs = 5_000;

/** Call this in the transaction that ends the run. Records of earlier commits stay. */
export async function followPullRequest(
  query: Query,
  { row, pushedSha, mergeOfFile, isRetargeted }: AwaitedPullRequest,
): Promise<void> {
  const before = readFollowed(row.followed);
  const followed = {
    ...before,
    pushedSha,
    mergeOfFile,
    isFileOfOther: before.isFileOfOther || isRetargeted,
    needsBase: false,
    readySha: null,
    queued: 0,
    groupSha: null,
  };
  const waitingFor = 'CI of the pushed commit; Moose checks it in a moment.';
  await followFrom(query, row, { delayMs: firstLookMs, waitingFor, followed });
}
