// The gateway processes. Each reports regularly; if one is gone, its open calls are presumed spent.

import { sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';
import { anyOf, type Due, findsAny } from '../work/runs/due-jobs.ts';

/** How often a gateway reports. */
export const heartbeatEveryMs = 5_000;
/**
 * A gateway without a report for this long is suspected; if there is still none at the second check, it counts as gone.
 */
export const silenceMs = 15_000;
export const betweenLooksMs = 10_000;

/** Reports that it is alive, including for the first time. */
export async function beatGateway(query: Query, gateway: { id: string; host: string }): Promise<void> {
  await sql`insert into gateways as g (id, host) values (${gateway.id}::uuid, ${gateway.host})
    on conflict (id) do update set heartbeat_at = clock_timestamp(), suspected_at = null, ended_at = null`.execute(
    query,
  );
}

/** Records that a gateway ended properly: its open calls are presumed spent at the next check. */
export async function endGateway(query: Query, id: string): Promise<void> {
  await sql`update gateways set ended_at = clock_timestamp() where id = ${id}::uuid`.execute(query);
}

export interface ReapedCall {
  callId: string;
  gatewayId: string;
  workOrderId: WorkOrderId | null;
  nanoUsd: bigint;
}

/** Checks the gateways once, and presumes the open calls of dead ones spent. To be repeated every few seconds. */
export async function reapCalls(
  query: Query,
  limits: { silenceMs: number; betweenLooksMs: number } = { silenceMs, betweenLooksMs },
): Promise<ReapedCall[]> {
  const { rows } = await sql<ReapedCall>`select * from reap_calls(
    ${limits.silenceMs}::float8 * interval '1 ms', ${limits.betweenLooksMs}::float8 * interval '1 ms')`.execute(
    query,
  );
  return rows;
}

/** Whether `reapCalls` would do anything. */
export function hasCallsToReap(): Due {
  const silence = sql`${silenceMs} * interval '1 ms'`;
  return anyOf(
    findsAny(sql`select from gateways g where g.suspected_at is not null and g.heartbeat_at > g.suspected_at
      or g.suspected_at is null and g.ended_at is null and g.heartbeat_at < clock_timestamp() - ${silence}`),
    findsAny(sql`select from cost_tracking c left join gateways g on g.id = c.gateway_id
      where c.type = 'actual' and c.status = 'sent' and c.gateway_id is not null
        and (g.ended_at is not null or g.suspected_at is not null
          or (g.id is null and c.created_at < clock_timestamp() - ${silence}))`),
  );
}
