// The notices in the outbox that go to browsers. Each browser is a channel of its own, so none waits for another.
import { type Selectable, sql } from 'kysely';
import { isInUse } from '../access/push-subscriptions.ts';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import { toJson } from '../storable.ts';
import { isDue } from './outbox.ts';

export const pushChannelPrefix = 'push:';
export const pushChannelOf = (id: string): string => pushChannelPrefix + id;

export interface PushRequest {
  key: string;
  kind: string;
  payload: object;
  /** The person whose browsers get it; null: nobody. */
  person: string | null;
  /** Whoever requested this work order gets it too. */
  workOrderId: string | null;
}

/** Writes one row for each browser of these people, unless a row with this key exists. Returns how many. */
export async function addPushes(query: Query, wish: PushRequest): Promise<number> {
  const { key, kind, payload, person, workOrderId } = wish;
  const { numAffectedRows } = await sql`insert into outbox (key, kind, channel, payload)
    select ${key}::text || ':push:' || s.id, ${kind}, ${pushChannelPrefix} || s.id, ${toJson(payload)}::jsonb
    from push_subscriptions s where ${isInUse} and (s.person = ${person}::text
      or 'human:' || s.person = (select requested_by from work_orders where id = ${workOrderId}::uuid))
    order by s.id
    on conflict (key) do nothing`.execute(query);
  return Number(numAffectedRows ?? 0n);
}

/** For one browser. */
export async function addPush(
  query: Query,
  { id, key, kind, payload }: { id: string; key: string; kind: string; payload: object },
): Promise<void> {
  await sql`insert into outbox (key, kind, channel, payload)
    values (${key}, ${kind}, ${pushChannelOf(id)}, ${toJson(payload)}::jsonb)`.execute(query);
}

/**
 * Any browser's oldest undelivered notice that is due, locked until the transaction ends; undefined if there is none, or
 * other processes have them all.
 */
export async function claimPush(query: Query): Promise<Selectable<Tables['outbox']> | undefined> {
  return query
    .selectFrom('outbox')
    .selectAll()
    .where('id', 'in', (oldest) =>
      oldest
        .selectFrom('outbox as o')
        .select((each) => each.fn.min('o.id').as('id'))
        .where('o.channel', 'like', `${pushChannelPrefix}%`)
        .where('o.state', '=', 'waiting')
        .groupBy('o.channel'),
    )
    .where('state', '=', 'waiting')
    .where(isDue)
    .orderBy('id')
    .limit(1)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

/** Milliseconds until a browser's oldest notice is due, 0 if one is; null if none waits. */
export async function pushDueInMs(query: Query): Promise<number | null> {
  const { rows } = await sql<{ dueMs: number | null }>`
    select case when count(*) > 0 then
        greatest(0, extract(epoch from min(next_attempt_at) - clock_timestamp()) * 1000)::float8 end as due_ms
    from (select distinct on (channel) case when ${isDue} then clock_timestamp() else next_attempt_at end as next_attempt_at
      from outbox where channel like 'push:%' and state = 'waiting' order by channel, id) as oldest`.execute(
    query,
  );
  return rows[0]?.dueMs ?? null;
}
