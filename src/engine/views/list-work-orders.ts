// Lists work orders by filters, as pages and as a board.
import type * as wire from '../../contract/contract.ts';
import type { Status } from '../../domain/transitions.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database, Query } from '../../store/database.ts';
import {
  countByStatus,
  type ListFilter,
  type ListSort,
  listedByIds,
  listKeys,
} from '../../store/work/work-orders/work-order-lists.ts';
import { cursorOf, pageFrom, placeOf } from '../policy/paging/page-cursor.ts';
import { viewWorkOrders } from './work-order/work-order-view.ts';

interface Deps {
  database: Database;
  clock: Clock;
}

export interface WorkOrderQuestion extends ListFilter {
  sort: ListSort;
  cursor?: string | undefined;
  limit: number;
}

/** @throws PermanentError `CURSOR_INVALID` */
export async function pageOfWorkOrders(
  { database, clock }: Deps,
  { sort, cursor, limit, ...filter }: WorkOrderQuestion,
): Promise<wire.WorkOrderPage> {
  const list = `work_orders:${sort}`;
  const after = placeOf(list, cursor);
  const { keys, orders } = await database.run(async (query) => {
    const found = await listKeys(query, filter, { sort, after, limit: limit + 1 });
    return { keys: found, orders: await ordersOf(query, found.slice(0, limit)) };
  });
  const items = await viewWorkOrders(database, orders, clock.now());
  const { next_cursor } = pageFrom(keys, limit, {
    item: ({ id }) => id,
    cursor: (key) => cursorOf(list, key),
  });
  return { items, next_cursor };
}

const ordersOf = (query: Query, keys: ReadonlyArray<{ id: string }>) =>
  listedByIds(
    query,
    keys.map(({ id }) => id),
  );

/** A work order that needs a person appears only in that lane. */
const lanes: ReadonlyArray<{ lane: wire.Lane; statuses?: readonly Status[] }> = [
  { lane: 'needs_you' },
  { lane: 'pending', statuses: ['pending'] },
  { lane: 'in_progress', statuses: ['in_progress'] },
  { lane: 'completed', statuses: ['completed'] },
  { lane: 'failed', statuses: ['failed', 'cancelled'] },
];
const laneItemsMax = 50;

export async function boardOfWorkOrders(
  { database, clock }: Deps,
  filter: Pick<ListFilter, 'project' | 'text'>,
): Promise<wire.Board> {
  const counts = await database.run((query) => countByStatus(query, filter));
  const keysOf = (query: Query, also: ListFilter, limit: number) =>
    listKeys(query, { ...filter, ...also }, { sort: 'created', limit });
  const found = await Promise.all(
    lanes.map(({ statuses }) =>
      database.run(async (query) => {
        if (statuses)
          return ordersOf(query, await keysOf(query, { needsYou: false, statuses }, laneItemsMax));
        // What only a person can answer comes before what is ready to merge.
        const asked = await keysOf(query, { needsYou: true, isForMerge: false }, laneItemsMax);
        const left = laneItemsMax - asked.length;
        const ready = left > 0 ? await keysOf(query, { needsYou: true, isForMerge: true }, left) : [];
        return ordersOf(query, [...asked, ...ready]);
      }),
    ),
  );
  const views = await viewWorkOrders(database, found.flat(), clock.now());
  const byId = new Map(views.map((view) => [view.id, view]));
  return {
    lanes: lanes.map(({ lane, statuses }, index) => ({
      lane,
      total: counts
        .filter(({ status }) => statuses === undefined || statuses.includes(status))
        .reduce((sum, { total, needsYou }) => sum + (statuses ? total - needsYou : needsYou), 0),
      items: (found[index] ?? []).flatMap(({ id }) => byId.get(id) ?? []),
    })),
  };
}
