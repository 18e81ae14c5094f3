// When the last backup was made, for `moose doctor`.
import { sql } from 'kysely';
import type { Query } from '../database.ts';
import { toJson } from '../storable.ts';

export const lastBackupKey = 'backup.last';

export interface LastBackup {
  path: string;
  host: string;
  bytes: number;
  made_at: string;
}

export async function rememberBackup(query: Query, backup: LastBackup): Promise<void> {
  await sql`insert into system_config (key, value) values (${lastBackupKey}, ${toJson(backup)}::jsonb)
    on conflict (key) do update set value = excluded.value, updated_at = now()`.execute(query);
}
