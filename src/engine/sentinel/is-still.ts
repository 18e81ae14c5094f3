import type { Query } from '../../store/database.ts';
import { lockPullRequest } from '../../store/work/pull-requests/followed-pull-requests.ts';
import type { LookContext } from './follow-deps.ts';

/** Locks the pull request; false if another process has looked at it, or pushed to it, since this look began. */
export async function isStill(query: Query, { row }: Pick<LookContext, 'row'>): Promise<boolean> {
  const now = await lockPullRequest(query, row);
  return (
    now !== undefined &&
    now.lookedAt?.getTime() === row.lookedAt?.getTime() &&
    now.pushedAt?.getTime() === row.pushedAt?.getTime()
  );
}
