// Queries about work orders for the pages; the size of every answer is limited.

import type * as wire from '../../contract/contract.ts';
import type { SharedReads } from '../../stdx/async/shared-reads.ts';
import type { Clock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import type { ListFilter } from '../../store/work/work-orders/work-order-lists.ts';
import { findWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { boardOfWorkOrders, pageOfWorkOrders, type WorkOrderQuestion } from './list-work-orders.ts';
import { searchAll } from './search.ts';
import { type Asked, allSessionsOf, pageOfEvents, pageOfSessions } from './work-order/histories.ts';
import { diffOf } from './work-order/patch-files.ts';
import { readWorkOrder } from './work-order/read-work-order.ts';
import { outputOf } from './work-order/session-output.ts';
import { type TranscriptOf, transcriptOf } from './work-order/session-transcript.ts';
import { watchWorkOrder } from './work-order/watched-work-order.ts';
import { detailOf } from './work-order/work-order-detail.ts';

export function askWorkOrders(deps: {
  database: Database;
  clock: Clock;
  actor: string;
  reads?: SharedReads | undefined;
  known: { transcriptOf?: TranscriptOf };
}) {
  const { database, clock, reads } = deps;
  return {
    /** @throws CURSOR_INVALID */
    page: (question: WorkOrderQuestion): Promise<wire.WorkOrderPage> => pageOfWorkOrders(deps, question),
    board: (filter: Pick<ListFilter, 'project' | 'text'>): Promise<wire.Board> =>
      reads
        ? reads.read(`board ${JSON.stringify(filter)}`, () => boardOfWorkOrders(deps, filter))
        : boardOfWorkOrders(deps, filter),
    /** @throws WORK_ORDER_NOT_FOUND, WORK_ORDER_AMBIGUOUS; so do all queries about one work order */
    one: async (given: string): Promise<wire.WorkOrder> =>
      watchWorkOrder(database, await database.run((query) => findWorkOrder(query, given)), clock.now()),
    detail: (given: string): Promise<wire.WorkOrderDetail> =>
      readWorkOrder(deps, given, 'newest').then(detailOf),
    /** Oldest first. @throws CURSOR_INVALID */
    events: (given: string, asked: Asked) => pageOfEvents(database, given, asked),
    /** The change as a patch, cut unless all of it is asked for; null if there is none yet. */
    diff: (given: string, wanted: { isWhole?: boolean } = {}): Promise<wire.Diff> =>
      diffOf(database, given, wanted),
    /** All of a work order, oldest first. */
    sessionsOf: (given: string): Promise<wire.Session[]> => allSessionsOf(database, given),
    /** Newest first. @throws CURSOR_INVALID */
    sessions: (asked: Asked & { isRunning: boolean }) => pageOfSessions(database, asked),
    /** @throws SESSION_NOT_FOUND */
    output: (id: string, asked: { stream: 'stdout' | 'stderr'; offset: number }): Promise<wire.Output> =>
      outputOf(database, id, asked),
    /** @throws SESSION_NOT_FOUND */
    transcript: (id: string, { offset }: { offset: number }): Promise<wire.TranscriptPage> =>
      transcriptOf(database, id, { offset, readerOf: (agent) => deps.known.transcriptOf?.(agent) }),
    search: (text: string): Promise<wire.Found[]> => database.run((query) => searchAll(query, text)),
  };
}
