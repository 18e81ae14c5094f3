// Reads the changed settings over a connection of its own, without waiting long for a database that does not answer.
import pg from 'pg';
import { enterOwnSchema } from '../schema/own-schema.ts';

const connectMsMax = 5_000;
const statementMsMax = 5_000;

export async function readSettingsOnce(url: string): Promise<{ key: string; value: unknown }[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectMsMax,
    query_timeout: statementMsMax,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await enterOwnSchema(client);
    const { rows } = await client.query<{ key: string; value: unknown }>(
      `select key, value from system_config where key like 'settings.%' order by key`,
    );
    return rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
