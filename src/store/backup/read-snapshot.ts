// Reads a whole database as of one moment, while others work on it.
import type pg from 'pg';
import { endConnection, openConnection } from '../connection/connection.ts';
import { asMooseError } from '../connection/database-failure.ts';
import { socketOf } from '../connection/socket-of.ts';
import type { AppliedMigration } from '../schema/recognize-database.ts';
import {
  type CopiedSequence,
  type CopiedTable,
  copiedSequences,
  copiedTables,
  withColumns,
} from './copied-tables.ts';
import { copyOut } from './copy-streams.ts';

export interface Snapshot {
  serverVersion: string;
  migrations: AppliedMigration[];
  tables: CopiedTable[];
  workOrders: { all: number; open: number };
  /** Yields the rows in COPY format, and returns their number. */
  rowsOf(table: CopiedTable): AsyncGenerator<Buffer, number>;
  /** Call this after reading the rows: sequences are not part of a snapshot, and only ever grow. */
  sequences(): Promise<CopiedSequence[]>;
}

/** The reading ends before `work` does; an aborted signal ends the connection. */
export async function withSnapshot<T>(
  url: string,
  work: (snapshot: Snapshot) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  let client: pg.Client | undefined;
  const abort = () => client && socketOf(client)?.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    client = await openConnection(url, { applicationName: 'moose backup', signal });
    await client.query('begin isolation level repeatable read, read only');
    await client.query('set local idle_in_transaction_session_timeout = 0');
    return await work(await snapshotOf(client));
  } catch (cause) {
    signal.throwIfAborted();
    throw asMooseError(cause, 'back up');
  } finally {
    signal.removeEventListener('abort', abort);
    if (client) await endConnection(client);
  }
}

async function snapshotOf(client: pg.Client): Promise<Snapshot> {
  // The first statement takes the snapshot.
  const { rows: migrations } = await client.query<AppliedMigration>(
    'select version, name, checksum from schema_migrations order by version',
  );
  const { rows } = await client.query<{ version: string; all: number; open: number }>(
    `select current_setting('server_version') as version, count(*)::int as all,
       (count(*) filter (where status in ('pending', 'in_progress', 'needs_review')))::int as open from work_orders`,
  );
  const { version = '', all = 0, open = 0 } = rows[0] ?? {};
  return {
    serverVersion: version,
    migrations,
    tables: await copiedTables(client),
    workOrders: { all, open },
    rowsOf: (table) => copyOut(client, `copy ${withColumns(client, table)} to stdout`),
    sequences: () => copiedSequences(client),
  };
}
