// Records which engine created its tables, so that a command that only reads need not load the engine.
import { sql } from 'kysely';
import type { Database } from '../store/database.ts';

/** The pinned version of `graphile-worker`; a test compares it with the installed one. */
export const engineVersion = '0.18.0';

const key = 'durable.engine_version';

export async function isDurableMigrated(database: Database): Promise<boolean> {
  const { rows } = await database.run((query) =>
    sql<{ version: string }>`select value #>> '{}' as version from system_config where key = ${key}`.execute(
      query,
    ),
  );
  return rows[0]?.version === engineVersion;
}

export async function rememberDurableMigrated(database: Database): Promise<void> {
  await database.run((query) =>
    sql`insert into system_config (key, value) values (${key}, to_jsonb(${engineVersion}::text))
      on conflict (key) do update set value = excluded.value, updated_at = now()
      where system_config.value <> excluded.value`.execute(query),
  );
}
