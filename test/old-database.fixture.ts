// A database of a Moose version without its own schema: Moose's tables are in `public`, the durable engine's in `dbos`.
import { createHash } from 'node:crypto';
import { migrateSystemDatabase } from '@dbos-inc/dbos-sdk/internal/system_database';
import { GlobalLogger } from '@dbos-inc/dbos-sdk/internal/telemetry/logs';
import pg from 'pg';
import { readMigrations } from '../src/store/schema/migrate.ts';

const lastVersionInPublic = 13;

export async function makeOldDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`create table schema_migrations (
      version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`);
    for (const { version, name, sql } of await readMigrations()) {
      if (version > lastVersionInPublic) continue;
      await client.query(sql);
      await client.query('insert into schema_migrations (version, name, checksum) values ($1, $2, $3)', [
        version,
        name,
        createHash('sha256').update(sql).digest('hex'),
      ]);
    }
  } finally {
    await client.end();
  }
  const silent = () => undefined;
  const logger = { info: silent, debug: silent, warn: silent, error: silent };
  await migrateSystemDatabase(url, new GlobalLogger(undefined, { logger }), 'dbos');
}
