// Requests with an idempotency key: who claimed the key, the ID of what the request creates, and its answer.
import { sql } from 'kysely';
import type { Query } from '../database.ts';
import { toJson } from '../storable.ts';

export interface KeyClaim {
  actor: string;
  key: string;
  requestHash: Buffer;
  /** The ID of what the request will create; if there was an earlier claim, its ID is kept. */
  subjectId: string;
  /** How long other requests with this key have to wait. */
  holdMs: number;
}

export type ClaimedKey =
  | { state: 'claimed'; subjectId: string }
  | { state: 'answered'; status: number; response: unknown }
  | { state: 'under_way' }
  | { state: 'of_another_request' };

/** A key is valid for this long; then it may be used for something else. */
const keptMsMax = 24 * 60 * 60_000;
/** How many expired keys one claim deletes. */
const tidiedMax = 100;

/** Needs a transaction: a claim must not be repeated because its answer was lost. */
export async function claimKey(query: Query, claim: KeyClaim): Promise<ClaimedKey> {
  const { actor, key, requestHash, subjectId, holdMs } = claim;
  await tidy(query, claim);
  const { rows } = await sql<{ subjectId: string }>`
    insert into idempotency_keys as kept (actor, key, request_hash, subject_id, held_until)
      values (${actor}, ${key}, ${requestHash}, ${subjectId}, clock_timestamp() + ${holdMs} * interval '1 ms')
    on conflict (actor, key) do update set held_until = excluded.held_until
      where kept.status is null and kept.request_hash = excluded.request_hash
        and (kept.held_until is null or kept.held_until < clock_timestamp())
    returning subject_id`.execute(query);
  const [claimed] = rows;
  if (claimed) return { state: 'claimed', subjectId: claimed.subjectId };
  const kept = await query
    .selectFrom('idempotencyKeys')
    .select(['requestHash', 'status', 'response'])
    .where('actor', '=', actor)
    .where('key', '=', key)
    .executeTakeFirst();
  if (kept && !kept.requestHash.equals(requestHash)) return { state: 'of_another_request' };
  if (!kept || kept.status === null) return { state: 'under_way' };
  return { state: 'answered', status: kept.status, response: kept.response };
}

/** Stores the answer; if there is one already, that one stays. */
export async function keepAnswer(
  query: Query,
  { actor, key }: Pick<KeyClaim, 'actor' | 'key'>,
  answer: { status: number; response: unknown },
): Promise<void> {
  await query
    .updateTable('idempotencyKeys')
    .set({ status: answer.status, response: toJson(answer.response), heldUntil: null })
    .where('actor', '=', actor)
    .where('key', '=', key)
    .where('status', 'is', null)
    .execute();
}

/** Releases a claim after a failed request, so that the next one need not wait. */
export async function releaseKey(
  query: Query,
  { actor, key }: Pick<KeyClaim, 'actor' | 'key'>,
): Promise<void> {
  await query
    .updateTable('idempotencyKeys')
    .set({ heldUntil: null })
    .where('actor', '=', actor)
    .where('key', '=', key)
    .where('status', 'is', null)
    .execute();
}

async function tidy(query: Query, { actor, key }: KeyClaim): Promise<void> {
  await sql`delete from idempotency_keys where actor = ${actor} and key = ${key}
    and created_at < clock_timestamp() - ${keptMsMax} * interval '1 ms'`.execute(query);
  await sql`delete from idempotency_keys where (actor, key) in (select actor, key from idempotency_keys
    where created_at < clock_timestamp() - ${keptMsMax} * interval '1 ms'
    order by created_at limit ${tidiedMax} for update skip locked)`.execute(query);
}
