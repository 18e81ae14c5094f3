// Notices for people's channels: written in the same transaction as the event that they report, and delivered at least
// once.
import { type Selectable, sql } from 'kysely';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import { storableText, toJson } from '../storable.ts';

export type OutboxRow = Selectable<Tables['outbox']>;

/** A channel that no process has announced for this long no longer exists: nothing is written for it. */
const channelForgottenAfterMs = 24 * 60 * 60_000;
const channelPrefix = 'notify.channel.';

/** Records the channels that this process delivers to. It must be called again within a day. */
export async function announceChannels(
  query: Query,
  names: readonly string[],
  announcedBy: string,
): Promise<void> {
  for (const name of names) {
    await sql`insert into system_config as c (key, value, updated_by, updated_at)
      values (${channelPrefix + name}, 'true', ${announcedBy}, clock_timestamp())
      on conflict (key) do update set updated_by = excluded.updated_by, updated_at = excluded.updated_at`.execute(
      query,
    );
  }
}

/** The channels that exist. */
const channels = sql`(select substr(key, ${channelPrefix.length + 1}::int) as channel from system_config
  where starts_with(key, ${channelPrefix})
    and updated_at > clock_timestamp() - ${channelForgottenAfterMs} * interval '1 ms'
  order by key)`;

/** Writes one row for each channel, unless a row with this key exists. Returns how many. */
export async function addToOutbox(
  query: Query,
  message: { key: string; kind: string; payload: object; exceptChannel?: string },
): Promise<number> {
  const { key, kind, payload, exceptChannel = null } = message;
  const { numAffectedRows } = await sql`
    insert into outbox (key, kind, channel, payload)
    select ${key}::text || ':' || channel, ${kind}, channel, ${toJson(payload)}::jsonb from ${channels} as c
    where channel is distinct from ${exceptChannel}::text
    on conflict (key) do nothing`.execute(query);
  return Number(numAffectedRows ?? 0n);
}

/** Whether any channel lacks a notice with this key. */
export async function isUntold(query: Query, key: string): Promise<boolean> {
  const { rows } = await sql<{ isUntold: boolean }>`select exists (select 1 from ${channels} as c
    where not exists (select 1 from outbox o where o.key = ${key}::text || ':' || c.channel)) as is_untold`.execute(
    query,
  );
  return rows[0]?.isUntold === true;
}

/** The longest wait. A due time that is further in the future comes from a clock that was set back later. */
const putOffMsMax = 2 * 60 * 60_000;
export const isDue = sql<boolean>`(next_attempt_at <= clock_timestamp()
  or next_attempt_at > clock_timestamp() + ${putOffMsMax} * interval '1 ms')`;

/**
 * A channel's oldest undelivered notice, locked until the transaction ends; undefined if it is not due, or another
 * process has it. The next one must wait for it, because a channel gets its notices in order.
 */
export async function claimOldest(query: Query, channel: string): Promise<OutboxRow | undefined> {
  return query
    .selectFrom('outbox')
    .selectAll()
    .where('id', '=', (oldest) =>
      oldest
        .selectFrom('outbox as o')
        .select((each) => each.fn.min('o.id').as('id'))
        .where('o.channel', '=', channel)
        .where('o.state', '=', 'waiting'),
    )
    .where('state', '=', 'waiting')
    .where(isDue)
    .forUpdate()
    .skipLocked()
    .executeTakeFirst();
}

/** Milliseconds until a channel's oldest notice is due, 0 if it is; null if none waits. */
export async function dueInMs(query: Query, channel: string): Promise<number | null> {
  const { rows } = await sql<{ dueMs: number }>`
    select greatest(0, extract(epoch from next_attempt_at - clock_timestamp()) * 1000)::float8 as due_ms
    from outbox where channel = ${channel} and state = 'waiting' order by id limit 1`.execute(query);
  return rows[0]?.dueMs ?? null;
}

export async function markDelivered(query: Query, id: bigint): Promise<void> {
  await sql`update outbox set state = 'delivered', attempts = attempts + 1, delivered_at = clock_timestamp()
    where id = ${id}`.execute(query);
}

/** `delayMs`: time until the next attempt; null if there is none. */
export async function markUndelivered(
  query: Query,
  id: bigint,
  attempt: { failure: string; delayMs: number | null },
): Promise<void> {
  const { failure, delayMs } = attempt;
  await sql`update outbox set attempts = attempts + 1, last_failure = ${storableText(failure)},
      state = case when ${delayMs}::float8 is null then 'failed' else 'waiting' end,
      next_attempt_at = clock_timestamp() + coalesce(${delayMs}::float8, 0) * interval '1 ms'
    where id = ${id}`.execute(query);
}

/**
 * Gives up notices that have waited for longer than `ageMs`, whichever process should have delivered them. Returns how
 * many, by channel.
 */
export async function giveUpOlderThan(
  query: Query,
  ageMs: number,
): Promise<Array<{ channel: string; count: number }>> {
  const { rows } = await sql<{ channel: string; count: number }>`
    with old as (select id from outbox where state = 'waiting'
        and created_at < clock_timestamp() - ${ageMs}::float8 * interval '1 ms' for update skip locked),
      given_up as (update outbox set state = 'failed',
          last_failure = coalesce(last_failure, 'No process of this database delivers to this channel.')
        where id in (select id from old)
        -- All browsers together count as one channel.
        returning case when channel like 'push:%' then 'push' else channel end as channel)
    select channel, count(*)::int as count from given_up group by channel order by channel`.execute(query);
  return rows;
}

/** Deletes notices that were delivered or given up longer ago than this. */
export async function forgetOlderThan(query: Query, ageMs: number): Promise<void> {
  await sql`delete from outbox where state <> 'waiting'
    and created_at < clock_timestamp() - ${ageMs}::float8 * interval '1 ms'`.execute(query);
}
