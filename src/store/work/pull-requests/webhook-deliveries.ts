// Webhooks as received: each delivery is one row, however often it is sent (R-SEN-1), and waits until it can be
// matched (R-SEN-2).

import { type Selectable, sql } from 'kysely';
import type { WorkOrderId } from '../../../domain/ids.ts';
import type { Query } from '../../database.ts';
import type { Tables } from '../../schema/tables.ts';
import { storableText, toJson } from '../../storable.ts';
import { anyOf, findsAny } from '../runs/due-jobs.ts';

export type WebhookDelivery = Selectable<Tables['webhookDeliveries']>;

export interface ReceivedDelivery {
  id: string;
  source: string;
  event: string;
  payload: object;
  /** The hash of the signed bytes. */
  bodySha256: Buffer;
  isIgnored: boolean;
}

/** If more hosts than this have sent the same bytes, somebody is replaying them, and further copies are not stored. */
export const hostsOfOneBodyMax = 3;

/**
 * False if this delivery is known, by its ID or its body: the signature only covers the body, so a copy under another
 * ID or event is the same delivery. A delivery that Moose gave up on is tried again, because a redelivery has the same
 * ID. `ignored` deliveries are stored without their content.
 */
export async function addDelivery(query: Query, delivery: ReceivedDelivery): Promise<boolean> {
  const { id, source, event, payload, bodySha256, isIgnored } = delivery;
  if ((await otherHostsOf(query, delivery)) >= hostsOfOneBodyMax) return false;
  const added = await query
    .insertInto('webhookDeliveries')
    .values({
      id,
      source,
      event,
      payload: isIgnored ? '{}' : toJson(payload),
      bodySha256,
      ...(isIgnored ? { state: 'ignored' as const, processedAt: new Date() } : {}),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  return added !== undefined || tryAgain(query, delivery);
}

/** The number of other registered hosts that have sent this body. */
async function otherHostsOf(query: Query, { source, bodySha256 }: ReceivedDelivery): Promise<number> {
  const { count } = await query
    .selectFrom('forgeHosts')
    .innerJoin('webhookDeliveries', 'webhookDeliveries.source', 'forgeHosts.host')
    .where('bodySha256', '=', bodySha256)
    .where('source', '<>', source)
    .select(sql<number>`count(*)::integer`.as('count'))
    .executeTakeFirstOrThrow();
  return count;
}

async function tryAgain(query: Query, { id, bodySha256 }: ReceivedDelivery): Promise<boolean> {
  const found = await query
    .updateTable('webhookDeliveries')
    .set({
      state: 'waiting',
      retryCount: 0,
      failure: null,
      processedAt: null,
      nextAttemptAt: sql<Date>`clock_timestamp()`,
    })
    .where((where) => where.or({ id, bodySha256 }))
    .where('state', '=', 'failed')
    .returning('id')
    .executeTakeFirst();
  return found !== undefined;
}

/** The longest wait. A due time that is further in the future comes from a clock that was set back later. */
const putOffMsMax = 60 * 60_000;
const isDue = sql<boolean>`(next_attempt_at <= clock_timestamp()
  or next_attempt_at > clock_timestamp() + ${putOffMsMax} * interval '1 ms')`;

/** The next delivery that is due, locked until the transaction ends. */
export function claimDelivery(query: Query): Promise<WebhookDelivery | undefined> {
  return query
    .selectFrom('webhookDeliveries')
    .selectAll()
    .where('state', '=', 'waiting')
    .where(isDue)
    .orderBy('nextAttemptAt')
    .orderBy('receivedAt')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

export async function endDelivery(
  query: Query,
  id: string,
  end: { state: 'done' | 'ignored' | 'failed'; workOrderId?: WorkOrderId; failure?: string },
): Promise<void> {
  await query
    .updateTable('webhookDeliveries')
    .set({
      state: end.state,
      workOrderId: end.workOrderId ?? null,
      failure: end.failure === undefined ? null : storableText(end.failure),
      processedAt: sql<Date>`clock_timestamp()`,
    })
    .where('id', '=', id)
    .execute();
}

export async function postponeDelivery(
  query: Query,
  id: string,
  { delayMs, because }: { delayMs: number; because: string },
): Promise<void> {
  await sql`update webhook_deliveries set retry_count = retry_count + 1, failure = ${storableText(because)},
    next_attempt_at = clock_timestamp() + ${delayMs}::float8 * interval '1 ms' where id = ${id}`.execute(
    query,
  );
}

/** Deletes deliveries that were processed longer ago than this. After that, a copy of one would count again. */
export async function forgetDeliveriesOlderThan(query: Query, ageMs: number): Promise<void> {
  await sql`delete from webhook_deliveries where ${isOlderThan(ageMs)}`.execute(query);
}

const isOlderThan = (ageMs: number) => sql`state <> 'waiting'
    and received_at < clock_timestamp() - ${ageMs}::float8 * interval '1 ms'`;

/** Whether `claimDelivery` or `forgetDeliveriesOlderThan` finds any. */
export const hasDelivery = (ageMs: number) =>
  anyOf(
    findsAny(sql`select from webhook_deliveries where state = 'waiting' and ${isDue}`),
    findsAny(sql`select from webhook_deliveries where ${isOlderThan(ageMs)}`),
  );
