// A part of a transaction that the database may refuse without failing the rest.
import { sql } from 'kysely';
import { isMooseError, type MooseError } from '../../domain/failure.ts';
import type { Query } from '../database.ts';
import { asMooseError } from './database-failure.ts';

/**
 * Returns null if `write` succeeded. If the database refused it permanently, nothing of it is written, and the refusal
 * is returned. All other failures are thrown: then the whole transaction is repeated, or fails.
 */
export async function unlessRefused(query: Query, write: () => Promise<unknown>): Promise<MooseError | null> {
  await sql`savepoint part`.execute(query);
  try {
    await write();
  } catch (cause) {
    const refusal = asMooseError(cause, 'write');
    if (refusal === cause || !isMooseError(refusal) || refusal.category === 'transient') throw cause;
    await sql`rollback to savepoint part`.execute(query);
    return refusal;
  }
  await sql`release savepoint part`.execute(query);
  return null;
}

/** Whether the database would accept this write; it is always undone. */
export async function takesRow(query: Query, write: () => Promise<unknown>): Promise<boolean> {
  await sql`savepoint probe`.execute(query);
  const refusal = await unlessRefused(query, write);
  await sql`rollback to savepoint probe`.execute(query);
  return refusal === null;
}
