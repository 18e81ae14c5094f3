// Where Moose's tables are: in its own schemas, so that no name collides with another program's.
import type pg from 'pg';

export const ownSchema = 'moose';
/** The schema of the queue. */
export const engineSchema = 'moose_queue';
/** The queue of older versions: their backups contain it. */
export const formerQueueSchema = 'moose_dbos';

/** Every connection of Moose calls this first: then a name without a schema is Moose's own. */
export async function enterOwnSchema(client: pg.ClientBase): Promise<void> {
  // pg_temp comes last, so that a temporary table never replaces one of Moose's.
  await client.query(`set search_path to ${ownSchema}, pg_temp`);
}
