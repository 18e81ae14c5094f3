// What an engine would go by now, for who looks without opening Moose: nothing is started, migrated or waited for.
import { join } from 'node:path';
import pg from 'pg';
import type { Config } from './config.ts';
import { type Applied, applySettings } from './engine/settings/apply-settings.ts';
import { urlOfRunning } from './store/embedded/running-url.ts';

const databaseName = 'moose';
const connectMsMax = 5_000;
const statementMsMax = 5_000;

export type SettingsThatHold = { engine: Config['engine']; ignored: Applied['ignored'] };

/** What was given at the start, where the database cannot be asked. */
export async function settingsThatHold(config: Config): Promise<SettingsThatHold> {
  // The look at the database says what is wrong with it.
  const rows = await changedRows(config).catch(() => []);
  const { settings, ignored } = applySettings(config.engine, rows);
  return { engine: settings, ignored };
}

async function changedRows({
  databaseUrl,
  dataDirectory,
}: Config): Promise<{ key: string; value: unknown }[]> {
  const url = databaseUrl ?? (await urlOfRunning(join(dataDirectory, 'postgres'), databaseName));
  if (url === null) return [];
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: connectMsMax,
    query_timeout: statementMsMax,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ key: string; value: unknown }>(
      `select key, value from system_config where key like 'settings.%' order by key`,
    );
    return rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}
