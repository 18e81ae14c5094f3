// The pull requests of a work order with what was said about them, for its page.
import type { Selectable } from 'kysely';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';
import type { PullRequestRow } from './pull-requests.ts';

export interface DiscussedPullRequest {
  row: PullRequestRow;
  /** Oldest first. */
  remarks: Selectable<Tables['pullRequestRemarks']>[];
}

/** Newest first, with the newest remarks of each. */
export async function discussedPullRequests(
  query: Query,
  workOrderId: WorkOrderId,
  max: { pullRequests: number; remarks: number },
): Promise<DiscussedPullRequest[]> {
  const rows = await query
    .selectFrom('pullRequests')
    .selectAll()
    .where('workOrderId', '=', workOrderId)
    .orderBy('createdAt', 'desc')
    .orderBy('number', 'desc')
    .limit(max.pullRequests)
    .execute();
  const discussed: DiscussedPullRequest[] = [];
  for (const row of rows) {
    const { projectId, host, repository, number } = row;
    const remarks = await query
      .selectFrom('pullRequestRemarks')
      .selectAll()
      .where((where) => where.and({ projectId, host, repository, number }))
      .orderBy('writtenAt', 'desc')
      .orderBy('key', 'desc')
      .limit(max.remarks)
      .execute();
    discussed.push({ row, remarks: remarks.toReversed() });
  }
  return discussed;
}
