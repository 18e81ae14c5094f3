// What is to be delivered to people's channels: written with what it tells of, delivered at least once.
import { type Selectable, sql } from 'kysely';
import type { Query } from './database.ts';
import { toJson } from './storable.ts';
import type { Tables } from './tables.ts';

export type OutboxRow = Selectable<Tables['outbox']>;

/** A channel that no process has had for so long exists no more: nothing is written for it. */
const channelForgottenAfterMs = 24 * 60 * 60_000;
const channelPrefix = 'notify.channel.';

/** This process delivers to these channels; to be said again before a day is over. */
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

/** One row for each channel that there is; what has been written under this key is not written again. Returns how many. */
export async function addToOutbox(
  query: Query,
  message: { key: string; kind: string; payload: object },
): Promise<number> {
  const { key, kind, payload } = message;
  const { numAffectedRows } = await sql`
    insert into outbox (key, kind, channel, payload)
    select ${key}::text || ':' || channel, ${kind}, channel, ${toJson(payload)}::jsonb
    from (select substr(key, ${channelPrefix.length + 1}::int) as channel from system_config
      where starts_with(key, ${channelPrefix})
        and updated_at > clock_timestamp() - ${channelForgottenAfterMs} * interval '1 ms'
      order by key) as channels
    on conflict (key) do nothing`.execute(query);
  return Number(numAffectedRows ?? 0n);
}
