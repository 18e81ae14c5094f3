import { hasErrorCode } from '../../stdx/system-error.ts';
import { endConnection, openConnection } from './connection.ts';

/** duplicate_database; unique_violation if two processes create it at the same time. */
const existsAlready = ['42P04', '23505'];

/**
 * Creates the database on the server, unless it exists. `name` is one of Moose's own names, written into the SQL as it
 * is.
 */
export async function createDatabase(serverUrl: string, name: string): Promise<void> {
  const client = await openConnection(serverUrl, { applicationName: 'moose' });
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (rowCount === 0) await client.query(`create database ${name}`);
  } catch (cause) {
    if (!hasErrorCode(cause, ...existsAlready)) throw cause;
  } finally {
    await endConnection(client);
  }
}
