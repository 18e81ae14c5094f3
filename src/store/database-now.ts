// The clock of the database: the only one that all machines share.
import { sql } from 'kysely';
import type { Query } from './database.ts';

/** In whole milliseconds, rounded down, so that it is never later than a time that the database stores after it. */
export async function databaseNow(query: Query): Promise<Date> {
  const { rows } = await sql<{
    now: Date;
  }>`select date_trunc('milliseconds', clock_timestamp()) as now`.execute(query);
  const [row] = rows;
  if (!row) throw new TypeError('This statement has one row');
  return row.now;
}
