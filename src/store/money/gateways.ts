// The processes that carry calls: each says again and again that it is there; what one that is gone left behind is presumed.
import { sql } from 'kysely';
import type { WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';

/** How often a gateway says that it is there. */
export const heartbeatEveryMs = 2_000;
/** Not heard of for so long, it is suspected; if it is not heard of until the second look either, it is gone. */
export const silenceMs = 15_000;
export const betweenLooksMs = 10_000;

/** Says that it is there, for the first time too. */
export async function beatGateway(query: Query, gateway: { id: string; host: string }): Promise<void> {
  await sql`insert into gateways as g (id, host) values (${gateway.id}::uuid, ${gateway.host})
    on conflict (id) do update set heartbeat_at = clock_timestamp(), suspected_at = null, ended_at = null`.execute(
    query,
  );
}

/** It has ended in order: whatever it left open is presumed at the next look. */
export async function endGateway(query: Query, id: string): Promise<void> {
  await sql`update gateways set ended_at = clock_timestamp() where id = ${id}::uuid`.execute(query);
}

export interface ReapedCall {
  callId: string;
  gatewayId: string;
  workOrderId: WorkOrderId | null;
  nanoUsd: bigint;
}

/** One look at the gateways; presumes the calls of those that are gone. To be repeated every few seconds. */
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
