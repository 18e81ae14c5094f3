import type { WorkOrder } from '../../store/work/work-orders.ts';

/** The failure of a completed work order whose pull request could not be merged; `submit-again.ts` continues from there. */
export const mergeConflict = 'MERGE_CONFLICT';

export function isInConflict({ status, failure }: Pick<WorkOrder, 'status' | 'failure'>): boolean {
  return status === 'completed' && failure?.code === mergeConflict;
}
