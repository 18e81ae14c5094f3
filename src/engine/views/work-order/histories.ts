// The events of one work order, and the processes of all work orders, in pages.

import { hostname } from 'node:os';
import type * as wire from '../../../contract/contract.ts';
import type { GivenAssets } from '../../../domain/agents/agent-assets.ts';
import { previewTarget } from '../../../domain/machine/preview.ts';
import { usdNumber } from '../../../domain/money.ts';
import type { Database } from '../../../store/database.ts';
import {
  type ListedSession,
  listSessions,
  sessionsOfWorkOrder,
} from '../../../store/work/sessions/session-lists.ts';
import { eventsOf, findWorkOrder, newestEventIdOf } from '../../../store/work/work-orders/work-orders.ts';
import { cursorOf, invalidCursor, pageFrom, placeOf } from '../../policy/paging/page-cursor.ts';
import { isSettled } from '../follow-events.ts';
import { describeEvent, type EventRow } from './describe-event.ts';

export interface Asked {
  cursor?: string | undefined;
  limit: number;
}

/**
 * Oldest first. The cursor is the number of the last event, so that a reader who has reached the end can ask for new
 * events.
 */
export async function pageOfEvents(
  database: Database,
  given: string,
  { cursor, limit }: Asked,
): Promise<wire.EventPage> {
  if (cursor !== undefined && !/^\d{1,18}$/.test(cursor)) throw invalidCursor();
  return database.run(async (query) => {
    const { id } = await findWorkOrder(query, given);
    // The state is read before the events: if it has ended, the events read below are complete.
    const is_settled = await isSettled(query, id);
    const newest_id = (await newestEventIdOf(query, id)).toString();
    const rows = await eventsOf(query, id, BigInt(cursor ?? 0), limit + 1);
    const page = pageFrom(rows, limit, { item: eventView, cursor: (row) => row.id.toString() });
    return { ...page, is_settled, newest_id };
  });
}

/** It has a key so that it is recorded once. A model's word is no progress (R-PIPE-12). */
const reviewed = 'change.reviewed';

function eventView(row: EventRow): wire.WorkOrderEvent {
  return {
    id: row.id.toString(),
    at: row.at.toISOString(),
    kind: row.kind,
    actor: row.actor,
    what: describeEvent(row),
    reason: row.reason,
    from: row.fromState,
    to: row.toState,
    is_progress: row.factKey !== null && row.kind !== reviewed,
    detail: row.detail,
  };
}

export async function pageOfSessions(
  database: Database,
  { isRunning, cursor, limit }: Asked & { isRunning: boolean },
): Promise<wire.Page<wire.Session>> {
  const list = isRunning ? 'sessions:running' : 'sessions';
  const after = placeOf(list, cursor);
  const rows = await database.run((query) => listSessions(query, { isRunning, after, limit: limit + 1 }));
  return pageFrom(rows, limit, {
    item: (row) => sessionView(row),
    cursor: ({ id, place }) => cursorOf(list, { id, value: place }),
  });
}

/** Far more than the runs of one work order ever start. */
const sessionsMax = 10_000;

/** Oldest first. @throws WORK_ORDER_NOT_FOUND, WORK_ORDER_AMBIGUOUS */
export async function allSessionsOf(database: Database, given: string): Promise<wire.Session[]> {
  const rows = await database.run(async (query) => {
    const { id } = await findWorkOrder(query, given);
    return sessionsOfWorkOrder(query, id, sessionsMax);
  });
  return rows.toReversed().map(sessionView);
}

function assetsView({ leftOut, ...given }: GivenAssets): wire.Session['assets'] {
  return { ...given, left_out: leftOut };
}

function reportedBy(row: ListedSession): wire.Session['reported'] {
  if (row.way !== 'login') return null;
  const count = (value: bigint | null) => (value === null ? null : Number(value));
  return {
    input_tokens: count(row.reportedInputTokens),
    output_tokens: count(row.reportedOutputTokens),
    notional_usd: row.notionalNanoUsd === null ? null : usdNumber(row.notionalNanoUsd),
  };
}

function limitsView({ limits }: ListedSession): wire.Session['limits'] {
  if (limits === null) return null;
  const { level, memoryBytes, processes, cpus } = limits;
  return { level, memory_bytes: memoryBytes, processes, cpus };
}

function usedView({ used }: ListedSession): wire.Session['used'] {
  if (used === null) return null;
  const { memoryPeakBytes, processesPeak, cpuMs } = used;
  return { memory_peak_bytes: memoryPeakBytes, processes_peak: processesPeak, cpu_ms: cpuMs };
}

export function sessionView(row: ListedSession): wire.Session {
  return {
    id: row.id,
    work_order_id: row.workOrderId,
    title: row.title,
    purpose: row.purpose,
    name: row.name,
    run: row.run,
    cycle: row.cycle,
    attempt: row.attempt,
    state: row.state,
    directory: row.directory,
    host: row.host,
    unreachable_since: row.unreachableSince?.toISOString() ?? null,
    is_here: row.host === hostname(),
    isolation: row.isolation,
    limits: limitsView(row),
    used: usedView(row),
    image: row.image,
    egress: row.egress,
    assets: row.assets && assetsView(row.assets),
    way: row.way,
    reported: reportedBy(row),
    refused: (row.refused ?? []).map(({ firstAt, ...each }) => ({ ...each, first_at: firstAt })),
    exit_code: row.exitCode,
    signal: row.signal,
    end_reason: row.endReason,
    ready_at: row.readyAt?.toISOString() ?? null,
    // From the machine nobody reaches a service in a network of its own.
    preview_url: row.egress === 'none' ? null : row.previewUrl,
    can_preview: row.purpose === 'service' && previewTarget(row.previewUrl) !== null,
    viewer: row.viewer,
    created_at: row.createdAt.toISOString(),
    started_at: row.startedAt?.toISOString() ?? null,
    ended_at: row.endedAt?.toISOString() ?? null,
  };
}
