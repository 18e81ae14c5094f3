// Loads a copy into a database with the same migrations and no work: everything in one transaction, or nothing.
import type pg from 'pg';
import { endConnection, openConnection } from '../connection/connection.ts';
import { asMooseError } from '../connection/database-failure.ts';
import { socketOf } from '../connection/socket-of.ts';
import { copyDoesNotFit } from './backup-failure.ts';
import { type CopiedSequence, type CopiedTable, copiedTables, quoted, withColumns } from './copied-tables.ts';
import { copyIn } from './copy-streams.ts';
import { type Moved, type Settled, settleCopy } from './settle-copy.ts';

export interface LoadedCopy {
  tables: readonly (CopiedTable & { rows: number })[];
  sequences: readonly CopiedSequence[];
  /** The rows of a table in COPY format; requested in the order of `tables`. */
  chunksOf(table: CopiedTable): AsyncIterable<Buffer>;
  moved: Moved;
}

/** @throws PermanentError `BACKUP_INVALID` if a table, a column, a count or a reference does not fit */
export async function loadCopy(url: string, copy: LoadedCopy, signal: AbortSignal): Promise<Settled> {
  let client: pg.Client | undefined;
  const abort = () => client && socketOf(client)?.destroy();
  signal.addEventListener('abort', abort, { once: true });
  try {
    client = await openConnection(url, { applicationName: 'moose restore', signal });
    await client.query('begin');
    await client.query('set local idle_in_transaction_session_timeout = 0');
    const settled = await load(client, copy);
    await client.query('commit');
    return settled;
  } catch (cause) {
    signal.throwIfAborted();
    throw asMooseError(cause, 'restore');
  } finally {
    signal.removeEventListener('abort', abort);
    if (client) await endConnection(client);
  }
}

async function load(client: pg.Client, copy: LoadedCopy): Promise<Settled> {
  const here = await copiedTables(client);
  for (const table of copy.tables) assertFits(table, here);
  // References hold only at the end, because rows arrive by table; these rows' triggers ran when they were written.
  const references = await takeReferences(client);
  const names = here.map((table) => quoted(client, table));
  for (const name of names) await client.query(`alter table ${name} disable trigger user`);
  await client.query(`truncate ${names.join(', ')}`);
  for (const table of copy.tables) {
    const rows = await copyIn(client, `copy ${withColumns(client, table)} from stdin`, copy.chunksOf(table));
    if (rows !== table.rows)
      throw copyDoesNotFit(`${table.schema}.${table.name} has ${rows} rows, not ${table.rows}`);
  }
  for (const { last, ...sequence } of copy.sequences)
    if (last !== null) await client.query('select setval($1, $2)', [quoted(client, sequence), last]);
  for (const { owner, name, definition } of references)
    await client.query(`alter table ${owner} add constraint ${client.escapeIdentifier(name)} ${definition}`);
  // Triggers stay disabled until the end: the functions for the tables of an older version are not here.
  const settled = await settleCopy(client, copy.moved);
  for (const name of names) await client.query(`alter table ${name} enable trigger user`);
  return settled;
}

function assertFits(table: CopiedTable, here: readonly CopiedTable[]): void {
  const own = here.find(({ schema, name }) => schema === table.schema && name === table.name);
  const strange = table.columns.filter((column) => !own?.columns.includes(column));
  if (own === undefined) throw copyDoesNotFit(`there is no table ${table.schema}.${table.name} here`);
  if (strange.length > 0)
    throw copyDoesNotFit(`${table.schema}.${table.name} has no column ${strange.join(', ')} here`);
}

interface Reference {
  owner: string;
  name: string;
  definition: string;
}

/** Drops all foreign keys; adding them again checks every row. */
async function takeReferences(client: pg.Client): Promise<Reference[]> {
  const tables = (await copiedTables(client)).map((table) => quoted(client, table));
  const { rows } = await client.query<Reference>(
    `select conrelid::regclass::text as owner, conname::text as name, pg_get_constraintdef(oid) as definition
     from pg_constraint where contype = 'f' and conrelid = any ($1::text[]::regclass[]) order by 1, 2`,
    [tables],
  );
  for (const { owner, name } of rows)
    await client.query(`alter table ${owner} drop constraint ${client.escapeIdentifier(name)}`);
  return rows;
}
