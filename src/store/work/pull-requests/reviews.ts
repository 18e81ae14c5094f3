// The reviews of a work order's changes, which are events of its history.

import type { GivenReview } from '../../../domain/agents/review.ts';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';

export interface ChangeReview extends GivenReview {
  runId: string;
  cycle: number;
  /** The hash of the reviewed tree. */
  treeSha: string;
}

/** The reviews, oldest first. */
export async function changeReviewsOf(query: Query, workOrderId: WorkOrderId): Promise<ChangeReview[]> {
  const rows = await query
    .selectFrom('workOrderEvents')
    .select(['actor', 'detail'])
    .where('workOrderId', '=', workOrderId)
    .where('kind', '=', 'change.reviewed')
    .orderBy('id')
    .execute();
  return rows.map(({ actor, detail }) => ({ ...(detail as unknown as ChangeReview), reviewer: actor }));
}
