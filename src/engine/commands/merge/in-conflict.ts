import type { WorkOrder } from '../../../store/work/work-orders/work-orders.ts';

/** The failure of a completed work order whose pull request could not be merged; `submit-again.ts` continues from there. */
export const mergeConflict = 'MERGE_CONFLICT';

/** The same, if its checks fail on the newest base branch. */
export const mergeRed = 'MERGE_RED_TOGETHER';

export function isInConflict({ status, failure }: Pick<WorkOrder, 'status' | 'failure'>): boolean {
  return status === 'completed' && (failure?.code === mergeConflict || failure?.code === mergeRed);
}
