// Which tables are in a backup, and with which columns: all of Moose's own schema, except data that is only valid on the
// original server. The queue is left out, because it only says which runs may begin, and `runs` says that too.
import type pg from 'pg';
import { ownSchema } from '../schema/own-schema.ts';

export interface CopiedTable {
  schema: string;
  name: string;
  columns: string[];
}

export interface CopiedSequence {
  schema: string;
  name: string;
  /** The last value that the sequence returned; null if there was none. */
  last: string | null;
}

/**
 * Live events refer to transactions of their server, and a page that reconnects reads everything again. The migrations
 * write the other tables.
 */
const leftOut = [
  `${ownSchema}.live_events`,
  `${ownSchema}.schema_migrations`,
  `${ownSchema}.legal_transitions`,
];

/** Without generated columns. */
export async function copiedTables(client: pg.Client): Promise<CopiedTable[]> {
  const { rows } = await client.query<CopiedTable>(
    `select n.nspname as schema, c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid
     where c.relkind = 'r' and n.nspname = $1 and n.nspname || '.' || c.relname <> all ($2::text[])
       and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     group by 1, 2 order by 1, 2`,
    [ownSchema, leftOut],
  );
  return rows;
}

export async function copiedSequences(client: pg.Client): Promise<CopiedSequence[]> {
  const { rows } = await client.query<CopiedSequence>(
    `select schemaname::text as schema, sequencename::text as name, last_value::text as last from pg_sequences
     where schemaname = $1 order by 1, 2`,
    [ownSchema],
  );
  return rows;
}

export function quoted(client: pg.Client, { schema, name }: { schema: string; name: string }): string {
  return `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(name)}`;
}

/** The table with its columns, in the syntax of COPY. */
export function withColumns(client: pg.Client, table: CopiedTable): string {
  return `${quoted(client, table)} (${table.columns.map((column) => client.escapeIdentifier(column)).join(', ')})`;
}
