// The board's lanes, with and without filters that only the list of work orders knows.
import { useQuery } from '@tanstack/react-query';
import type { Board, Lane, WorkOrder, WorkOrderPage } from '../../../../src/api/contract.ts';
import { call, queryOf } from '../../api/call.ts';
import type { WorkOrdersSearch } from '../../router.tsx';
import { listOf } from './search-state.ts';

export interface ShownLane {
  lane: Lane;
  items: WorkOrder[];
  /** Null: more than are shown, and nobody has counted them. */
  total: number | null;
}

export const laneTitles: Readonly<Record<Lane, string>> = {
  needs_you: 'Needs you',
  pending: 'Pending',
  in_progress: 'In progress',
  completed: 'Completed',
  failed: 'Failed',
};

const laneItemsMax = 50;
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

/** What to ask the list for, lane by lane; a lane in which nothing can be is not asked for. */
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

export function useLanes(search: WorkOrdersSearch) {
  const { status, failure_class, step, project, needs_you, q } = search;
  const filters = { status, failure_class, step, project, needs_you, q };
  return useQuery({
    queryKey: ['work-orders', 'board', filters],
    queryFn: ({ signal }) => readLanes(filters, signal),
    placeholderData: (before) => before,
  });
}

async function readLanes(search: WorkOrdersSearch, signal: AbortSignal): Promise<ShownLane[]> {
  const { status, failure_class, step, project, needs_you, q } = search;
  if (!status && !failure_class && !step && !needs_you) {
    const board = await call<Board>(`/api/board${queryOf({ project, q })}`, { signal });
    return board.lanes;
  }
  return Promise.all(
    laneQueries(search).map(async (query) => {
      const asked = { failure_class, step, project, q, needs_you: query.needs_you, status: query.status };
      const path = `/api/work-orders${queryOf({ ...asked, limit: laneItemsMax })}`;
      const { items, next_cursor } = await call<WorkOrderPage>(path, { signal });
      return { lane: query.lane, items, total: next_cursor === null ? items.length : null };
    }),
  );
}

/** The filters under which the table shows what a lane holds. */
export function tableOf(lane: Lane): Partial<WorkOrdersSearch> {
  return lane === 'needs_you'
    ? { view: 'table', needs_you: 'true', status: undefined }
    : { view: 'table', needs_you: undefined, status: statusesOf[lane].join(',') };
}
