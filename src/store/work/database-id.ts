// The ID of a database: a copy of it keeps the ID.
import { sql } from 'kysely';
import type { Query } from '../database.ts';

const key = 'database.id';

/** Created only once. */
export async function databaseId(query: Query): Promise<string> {
  await sql`insert into system_config (key, value) values (${key}, to_jsonb(gen_random_uuid()::text))
    on conflict (key) do nothing`.execute(query);
  const { rows } = await sql<{ id: string }>`select value #>> '{}' as id from system_config
    where key = ${key}`.execute(query);
  return rows[0]?.id ?? '';
}
