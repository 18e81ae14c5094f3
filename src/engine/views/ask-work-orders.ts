// Queries about work orders for the pages; the size of every answer is limited.

import type * as wire from '../../contract/contract.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { SharedReads } from '../../stdx/shared-reads.ts';
import type { Database } from '../../store/database.ts';
import { type ListFilter, listedByIds } from '../../store/work/work-order-lists.ts';
import { findWorkOrder } from '../../store/work/work-orders.ts';
import { type Asked, pageOfEvents, pageOfSessions } from './histories.ts';
import {
  boardOfWorkOrders,
  listedWorkOrders,
  pageOfWorkOrders,
  type WorkOrderQuestion,
} from './list-work-orders.ts';
import { diffOf } from './patch-files.ts';
import { readWorkOrder } from './read-work-order.ts';
import { searchAll } from './search.ts';
import { outputOf } from './session-output.ts';
import { watchWorkOrders } from './watched-work-order.ts';
import { detailOf } from './work-order-detail.ts';

export function askWorkOrders(deps: {
  database: Database;
  clock: Clock;
  actor: string;
  reads?: SharedReads | undefined;
}) {
  const { database, clock, reads } = deps;
  return {
    /** @throws CURSOR_INVALID */
    page: (question: WorkOrderQuestion): Promise<wire.WorkOrderPage> => pageOfWorkOrders(deps, question),
    /** Newest first, with only the documented keys. */
    listed: (question: ListFilter & { limit: number }): Promise<wire.PrintedWorkOrder[]> =>
      listedWorkOrders(deps, question),
    board: (filter: Pick<ListFilter, 'project' | 'text'>): Promise<wire.Board> =>
      reads
        ? reads.read(`board ${JSON.stringify(filter)}`, () => boardOfWorkOrders(deps, filter))
        : boardOfWorkOrders(deps, filter),
    /** @throws WORK_ORDER_NOT_FOUND, WORK_ORDER_AMBIGUOUS; so do all queries about one work order */
    one: async (given: string): Promise<wire.WorkOrder> => {
      const orders = await database.run(async (query) =>
        listedByIds(query, [(await findWorkOrder(query, given)).id]),
      );
      const [one] = await watchWorkOrders(database, orders, clock.now());
      if (!one) throw new TypeError('A work order has no view');
      return one;
    },
    detail: (given: string): Promise<wire.WorkOrderDetail> =>
      readWorkOrder(deps, given, 'newest').then(detailOf),
    /** Oldest first. @throws CURSOR_INVALID */
    events: (given: string, asked: Asked) => pageOfEvents(database, given, asked),
    diff: (given: string): Promise<wire.Diff> => diffOf(database, given),
    /** Newest first. @throws CURSOR_INVALID */
    sessions: (asked: Asked & { isRunning: boolean }) => pageOfSessions(database, asked),
    /** @throws SESSION_NOT_FOUND */
    output: (id: string, asked: { stream: 'stdout' | 'stderr'; offset: number }): Promise<wire.Output> =>
      outputOf(database, id, asked),
    search: (text: string): Promise<wire.Found[]> => database.run((query) => searchAll(query, text)),
  };
}
