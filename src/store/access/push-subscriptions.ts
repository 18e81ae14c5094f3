// The browsers that people told to show notifications.
import { sql } from 'kysely';
import { newId } from '../../domain/ids.ts';
import type { Query } from '../database.ts';
import { exactly, storableText } from '../storable.ts';

export interface PushSubscription {
  id: string;
  person: string;
  endpoint: string;
  p256dh: Buffer;
  auth: Buffer;
  browser: string;
  createdAt: Date;
  renewedAt: Date;
  lastSuccessAt: Date | null;
  /** Consecutive notices that could not be delivered. */
  failures: number;
  lastFailure: string | null;
}

export interface NewPushSubscription {
  person: string;
  tokenId: string;
  /** Null if a proxy vouches for each request. */
  sessionId: string | null;
  endpoint: string;
  p256dh: Buffer;
  auth: Buffer;
  browser: string;
}

/** A browser in which the person has not opened Mission Control for this long gets no more notices. */
const unusedDaysMax = 30;
export const isInUse = sql<boolean>`s.renewed_at > clock_timestamp() - ${sql.lit(unusedDaysMax)} * interval '1 day'`;

const columns = sql`s.id, s.person, s.endpoint, s.p256dh, s.auth, s.browser, s.created_at, s.renewed_at,
  s.last_success_at, s.failures, s.last_failure`;

/** Oldest first. Forgets those that are no longer in use. */
export async function pushSubscriptionsOf(query: Query, person: string): Promise<PushSubscription[]> {
  const { rows } = await sql<PushSubscription>`select ${columns} from push_subscriptions s
    where s.person = ${person} and ${isInUse} order by s.created_at, s.id`.execute(query);
  return rows;
}

export async function forgetUnusedPushes(query: Query): Promise<void> {
  await sql`delete from push_subscriptions s where not ${isInUse}`.execute(query);
}

export async function pushSubscriptionAt(
  query: Query,
  endpoint: string,
): Promise<PushSubscription | undefined> {
  const { rows } = await sql<PushSubscription>`select ${columns} from push_subscriptions s
    where s.endpoint = ${exactly(endpoint)} for update`.execute(query);
  return rows[0];
}

export async function findPushSubscription(query: Query, id: string): Promise<PushSubscription | undefined> {
  const { rows } = await sql<PushSubscription>`select ${columns} from push_subscriptions s
    where s.id = ${id}`.execute(query);
  return rows[0];
}

/** Until the transaction ends, nobody else adds a browser of this person. 'mpus' in ASCII. */
const addingLock = 0x6d707573;
export async function lockPushesOf(query: Query, person: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(${addingLock}, hashtext(${person}))`.execute(query);
}

/** A browser has one endpoint: whoever subscribes it last gets its notices. */
export async function putPushSubscription(query: Query, given: NewPushSubscription): Promise<void> {
  const { person, tokenId, sessionId, endpoint, p256dh, auth, browser } = given;
  await sql`insert into push_subscriptions as s (id, person, token_id, session_id, endpoint, p256dh, auth, browser)
    values (${newId(new Date())}, ${storableText(person)}, ${tokenId}, ${sessionId}, ${exactly(endpoint)}, ${p256dh},
      ${auth}, ${browser})
    on conflict (endpoint) do update set token_id = excluded.token_id, session_id = excluded.session_id,
      p256dh = excluded.p256dh, auth = excluded.auth, browser = excluded.browser,
      renewed_at = clock_timestamp()`.execute(query);
}

/** False if there is no such browser. */
export async function removePushSubscription(query: Query, id: string): Promise<boolean> {
  const { numAffectedRows } = await sql`delete from push_subscriptions where id = ${id}`.execute(query);
  return numAffectedRows === 1n;
}

export async function markPushed(query: Query, id: string): Promise<void> {
  await sql`update push_subscriptions set last_success_at = clock_timestamp(), failures = 0, last_failure = null
    where id = ${id}`.execute(query);
}

export async function markPushFailed(
  query: Query,
  id: string,
  { failure, isGivenUp }: { failure: string; isGivenUp: boolean },
): Promise<void> {
  await sql`update push_subscriptions set last_failure = ${storableText(failure)},
    failures = failures + ${isGivenUp ? 1 : 0} where id = ${id}`.execute(query);
}
