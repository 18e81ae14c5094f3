import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';

/** The failure of a completed work order whose pull request could not be merged; `submit-again.ts` continues from there. */
export const mergeConflict = 'MERGE_CONFLICT';

/** The same, if its checks fail on the newest base branch. */
export const mergeRed = 'MERGE_RED_TOGETHER';

/** The same, if the base branch was rewritten, and a merge would bring back what was taken out of it. */
export const baseRewritten = 'MERGE_BASE_REWRITTEN';

const unmerged: ReadonlySet<string | undefined> = new Set([mergeConflict, mergeRed, baseRewritten]);

export function isInConflict({ status, failure }: Pick<WorkOrder, 'status' | 'failure'>): boolean {
  return status === 'completed' && unmerged.has(failure?.code);
}
