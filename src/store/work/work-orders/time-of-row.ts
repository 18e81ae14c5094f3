// Finds where a page of rows sorted by time ended: a cursor names the last row, whose time is read in microseconds,
// because a `Date` has only milliseconds.

import { sql } from 'kysely';
import type { Query } from '../../database.ts';
import { storeFailures } from '../../failure-catalogue.ts';

const columns = { error_events: 'timestamp', specs: 'created_at' } as const;
const told = { error_events: 'errors', specs: 'specs' } as const;

/** The row's time as PostgreSQL writes it. @throws PermanentError `CURSOR_INVALID` if there is no such row */
export async function timeOfRow(query: Query, table: keyof typeof columns, id: string): Promise<string> {
  const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id);
  const { rows } = isId
    ? await sql<{ at: string }>`select ${sql.ref(columns[table])}::text as at from ${sql.table(table)}
        where id = ${id}::uuid`.execute(query)
    : { rows: [] };
  const [row] = rows;
  if (row) return row.at;
  throw storeFailures.CURSOR_INVALID('list', { told: told[table] });
}
