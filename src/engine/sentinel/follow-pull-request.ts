// Follows a pull request from its push until it is merged or closed. What Moose may do with it is said by the project's own
// setting, then its file, then the setting for all (R-PROJ-2).
import { type MergePolicy, stricterOf } from '../../domain/forge/merge-policy.ts';
import type { Query } from '../../store/database.ts';
import { followFrom } from '../../store/work/pull-requests/followed-pull-requests.ts';
import type { PullRequestRow } from '../../store/work/pull-requests/pull-requests.ts';
import type { LookContext } from './follow-deps.ts';
import { readFollowed } from './next/followed.ts';
import type { FollowSettings } from './next/next-of-facts.ts';

export function followSettings({
  project,
  followed,
  settings: { ci },
}: Pick<LookContext, 'project' | 'followed' | 'settings'>): FollowSettings {
  return {
    merge: project.settings.merge ?? ofFile(followed, ci.merge),
    whenNoChecks: ci.whenNoChecks,
    noChecksMs: ci.noChecksMs,
    rerun: ci.rerun,
  };
}

/** What the file of another branch allows is not allowed here; what it forbids is not allowed either. */
function ofFile(
  { mergeOfFile, isFileOfOther }: Pick<LookContext['followed'], 'mergeOfFile' | 'isFileOfOther'>,
  ofAll: MergePolicy,
): MergePolicy {
  const merge = mergeOfFile ?? ofAll;
  return isFileOfOther ? stricterOf(merge, ofAll) : merge;
}

export interface AwaitedPullRequest {
  row: PullRequestRow;
  pushedSha: string;
  /** What the file of the base commit says about merging. */
  mergeOfFile: MergePolicy | null;
  /** The pull request was given another base branch than that of the base commit, by a person or its forge. */
  isRetargeted: boolean;
  /** The authors of commits of others that the change contains. */
  others: readonly string[];
}

/** Checks appear some seconds after a push. */
const firstLookMs = 5_000;

/** Call this in the transaction that ends the run. Records of earlier commits stay. */
export async function followPullRequest(
  query: Query,
  { row, pushedSha, mergeOfFile, isRetargeted, others }: AwaitedPullRequest,
): Promise<void> {
  const before = readFollowed(row.followed);
  const followed = {
    ...before,
    pushedSha,
    mergeOfFile,
    others: [...others],
    isFileOfOther: before.isFileOfOther || isRetargeted,
    needsBase: false,
    head: null,
    comparedBase: null,
    readySha: null,
    queued: 0,
    groupSha: null,
  };
  const waitingFor = 'CI of the pushed commit; Moose checks it in a moment.';
  await followFrom(query, row, { delayMs: firstLookMs, waitingFor, followed });
}
