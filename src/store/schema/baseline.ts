// The first migration sums up those before it. A database that has had them all is adopted; an older one has to be upgraded
// by the last commit that still had them.
import { createHash } from 'node:crypto';
import type pg from 'pg';
import type { AppliedMigration } from './recognize-database.ts';

/** The migrations that the baseline sums up, and the last commit that has them. */
export const summedUp = { version: 108, commit: 'bf62a7504faff6ce7c129ba7790c9ff0373dfbb8' } as const;
const summedUpSha256 = '3252f39f8d9e42512fce879c66dba07e7c21cde92d2507713d5af6380cd049d8';

/** Whether these are exactly the migrations that the baseline sums up: the schema is the same. */
export function areSummedUp(applied: readonly AppliedMigration[]): boolean {
  const lines = applied.map(({ version, checksum }) => `${version} ${checksum}\n`);
  return createHash('sha256').update(lines.join('')).digest('hex') === summedUpSha256;
}

/** Replaces the history of such a database, and nothing else. */
export async function adopt(client: pg.ClientBase, baseline: AppliedMigration): Promise<void> {
  await client.query('delete from schema_migrations');
  await recordMigration(client, baseline);
}

export async function recordMigration(
  client: pg.ClientBase,
  { version, name, checksum }: AppliedMigration,
): Promise<void> {
  await client.query('insert into schema_migrations (version, name, checksum) values ($1, $2, $3)', [
    version,
    name,
    checksum,
  ]);
}
