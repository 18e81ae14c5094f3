// Where Moose's tables are: in schemas of its own, so that no name of another program is ever met, used or taken.
import type pg from 'pg';

export const ownSchema = 'moose';
/** The durable engine's tables. */
export const engineSchema = 'moose_dbos';

/** Every connection of Moose's does this before anything else: names without a schema are Moose's own from then on. */
export async function enterOwnSchema(client: pg.ClientBase): Promise<void> {
  // pg_temp last: a temporary table never stands in for one of Moose's.
  await client.query(`set search_path to ${ownSchema}, pg_temp`);
}
