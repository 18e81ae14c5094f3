// The queries that fill each lane from the list of work orders.
import type { Lane, WorkOrder } from '../../../../src/contract/contract.ts';
import type { WorkOrdersSearch } from '../../router.tsx';
import { listOf } from './search-filters.ts';

const statusesOf: Readonly<Record<Lane, readonly WorkOrder['status'][]>> = {
  needs_you: [],
  pending: ['pending'],
  in_progress: ['in_progress'],
  completed: ['completed'],
  failed: ['failed', 'cancelled'],
};

export interface LaneQuery {
  lane: Lane;
  needs_you: 'true' | 'false';
  status: string | undefined;
}

/** The query of each lane; lanes that must be empty under the filters have none. */
export function laneQueries({ status, needs_you }: WorkOrdersSearch): LaneQuery[] {
  const wanted = listOf(status);
  const queries: LaneQuery[] = [{ lane: 'needs_you', needs_you: 'true', status }];
  if (needs_you) return queries;
  for (const lane of ['pending', 'in_progress', 'completed', 'failed'] as const) {
    const fitting = statusesOf[lane].filter((each) => wanted.length === 0 || wanted.includes(each));
    if (fitting.length > 0) queries.push({ lane, needs_you: 'false', status: fitting.join(',') });
  }
  return queries;
}

/** The filters that show a lane's work orders in the table. */
export function tableOf(lane: Lane): Partial<WorkOrdersSearch> {
  return lane === 'needs_you'
    ? { view: 'table', needs_you: 'true', status: undefined }
    : { view: 'table', needs_you: undefined, status: statusesOf[lane].join(',') };
}
