// The keys with which a run or a session may call models. The secret is returned once, to the requester; the database
// only has its hash.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { ReservationId, RunId, SessionId, WorkOrderId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';
import { hashBytes } from './draw-and-book-calls.ts';

export interface KeyOwner {
  workOrderId: WorkOrderId | null;
  /** Its calls draw from this run's envelope. */
  runId: RunId | null;
  /** The session that an agent's key belongs to. */
  sessionId?: SessionId | null;
  /** For a key without a run: the reservation that its calls draw from. */
  reservationId?: ReservationId | null;
  /** The caller's name in the ledger. */
  serviceName: string;
}

export interface IssuedKey {
  id: string;
  secret: string;
}

/** Long, because a run may wait for people for weeks; its end revokes its keys in any case. */
const lifeMs = 60 * 24 * 3_600_000;
const secretBytes = 32;

export function hashOfKey(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

export async function issueKey(query: Query, owner: KeyOwner): Promise<IssuedKey> {
  const id = randomUUID();
  const secret = `moose-${randomBytes(secretBytes).toString('base64url')}`;
  await query
    .insertInto('gatewayKeys')
    .values({
      id,
      keyHash: hashBytes(hashOfKey(secret)),
      workOrderId: owner.workOrderId,
      runId: owner.runId,
      sessionId: owner.sessionId ?? null,
      reservationId: owner.reservationId ?? null,
      serviceName: owner.serviceName,
      expiresAt: sql<Date>`clock_timestamp() + ${lifeMs} * interval '1 ms'`,
    })
    .execute();
  return { id, secret };
}

/**
 * Revokes keys: calls that were already drawn continue, and no more are allowed. Returns the number of revoked keys.
 */
export async function revokeKeys(
  query: Query,
  of: { sessionId: SessionId } | { runId: RunId } | { keyId: string },
): Promise<number> {
  const [column, value] =
    'sessionId' in of
      ? (['sessionId', of.sessionId] as const)
      : 'runId' in of
        ? (['runId', of.runId] as const)
        : (['id', of.keyId] as const);
  const { numUpdatedRows } = await query
    .updateTable('gatewayKeys')
    .set({ revokedAt: sql<Date>`clock_timestamp()` })
    .where(column, '=', value)
    .where('revokedAt', 'is', null)
    .executeTakeFirst();
  return Number(numUpdatedRows);
}

/** The service name for keys of Moose itself. */
export const moosesOwn = 'moose';

/** `own`: a valid key of Moose itself; `valid`: a valid key of an agent. */
export type KeyState = 'valid' | 'own' | 'invalid' | 'stopped';

/** `envelopeId`: what it draws from. */
export async function keyState(
  query: Query,
  keyId: string,
  keyHash: string,
): Promise<{ state: KeyState; envelopeId: string | null }> {
  const { rows } = await sql<{ state: KeyState; envelopeId: string | null }>`
    select e.id as envelope_id, case when k.stopped_reason is not null then 'stopped'
      when k.revoked_at is null and k.expires_at > clock_timestamp() and e.status = 'held'
        then case when k.service_name = ${moosesOwn} then 'own' else 'valid' end
      else 'invalid' end as state
    from gateway_keys k left join runs r on r.id = k.run_id
      left join cost_tracking e on e.id = coalesce(k.reservation_id, r.reservation_id)
    where k.id = ${keyId}::uuid and k.key_hash = ${hashBytes(keyHash)}`.execute(query);
  return rows[0] ?? { state: 'invalid', envelopeId: null };
}

/** The hosts that a person has given to the agents of the key's project; empty for a key of no work order. */
export async function hostsOfKey(
  query: Query,
  keyId: string,
): Promise<{ agent_hosts?: readonly string[]; private_hosts?: readonly string[] }> {
  const row = await query
    .selectFrom('gatewayKeys')
    .innerJoin('workOrders', 'workOrders.id', 'gatewayKeys.workOrderId')
    .innerJoin('projects', 'projects.id', 'workOrders.projectId')
    .select('projects.settings')
    .where('gatewayKeys.id', '=', keyId)
    .executeTakeFirst();
  return row?.settings ?? {};
}

/** Stops a key. Returns false if it is already stopped, or unknown; the first reason stays. */
export async function stopKey(query: Query, keyId: string, reason: string): Promise<boolean> {
  const { numUpdatedRows } = await query
    .updateTable('gatewayKeys')
    .set({ stoppedReason: reason })
    .where('id', '=', keyId)
    .where('stoppedReason', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Keys of sessions that have not ended: their holders may call at any moment. */
export async function countLiveKeys(query: Query, host: string): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from gateway_keys k join sessions s on s.id = k.session_id
    where k.revoked_at is null and k.stopped_reason is null and k.expires_at > clock_timestamp()
      and s.state in ('intended', 'running') and s.host = ${host}`.execute(query);
  return rows[0]?.count ?? 0;
}
