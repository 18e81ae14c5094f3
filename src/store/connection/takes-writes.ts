// Whether the database accepts writes, tested without writing a row: a server with a full disk answers and makes small
// changes for a long time, but cannot write anything that needs room.
import { type Kysely, sql } from 'kysely';
import type { Query } from '../database.ts';
import type { Tables } from '../schema/tables.ts';
import { isRefusedForNow } from './database-failure.ts';
import { inTransaction } from './in-transaction.ts';

/**
 * Larger than the `work_mem` below, so that the server has to write about a megabyte to its disk, which it deletes
 * immediately.
 */
const probeRows = 50_000;

/** Throws if the tables cannot be read. */
export async function readOneRow(query: Query): Promise<void> {
  await query.selectFrom('systemConfig').select('key').limit(1).execute();
}

/** Why the database refuses writes; null if it accepts them. Throws if it cannot be asked. */
export async function refusalOfWrites(query: Kysely<Tables>): Promise<string | null> {
  try {
    return await inTransaction(query, async (transaction) => {
      const { rows } = await sql<{ isReadOnly: boolean }>`select pg_is_in_recovery()
        or current_setting('transaction_read_only')::boolean as is_read_only`.execute(transaction);
      if (rows[0]?.isReadOnly) return 'it is read-only';
      await sql`set local work_mem = '64kB'`.execute(transaction);
      await sql`select count(*) from generate_series(1, ${probeRows}::int)`.execute(transaction);
      return null;
    });
  } catch (cause) {
    if (isRefusedForNow(cause)) return cause instanceof Error ? cause.message : String(cause);
    throw cause;
  }
}
