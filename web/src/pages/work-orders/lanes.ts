// The board's lanes, with and without filters that only the work order list supports.
import { useQuery } from '@tanstack/react-query';
import type { Board, Lane } from '../../../../src/contract/contract.ts';
import { ask } from '../../api/ask.ts';
import type { WorkOrdersSearch } from '../../router.tsx';
import { laneQueries } from './lane-queries.ts';

export interface ShownLane extends Omit<Board['lanes'][number], 'total'> {
  /** Null: there are more than shown, not counted. */
  total: number | null;
}

export const laneTitles: Readonly<Record<Lane, string>> = {
  needs_you: 'Needs you',
  pending: 'Pending',
  in_progress: 'In progress',
  completed: 'Completed',
  failed: 'Failed or cancelled',
};

const laneItemsMax = 50;
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
    const board = await ask('get /api/board', { query: { project, q }, signal });
    return board.lanes;
  }
  return Promise.all(
    laneQueries(search).map(async (query) => {
      const asked = { failure_class, step, project, q, needs_you: query.needs_you, status: query.status };
      const given = { query: { ...asked, limit: laneItemsMax }, signal };
      const { items, next_cursor } = await ask('get /api/work-orders', given);
      return { lane: query.lane, items, total: next_cursor === null ? items.length : null };
    }),
  );
}
