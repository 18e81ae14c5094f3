// Finds out, only by reading, to whom a database belongs: Moose, an older Moose, nobody (it is empty), or another
// program.
import type pg from 'pg';
import { ownSchema } from './own-schema.ts';

export interface AppliedMigration {
  version: number;
  name: string;
  checksum: string;
}

export type RecognizedDatabase =
  | { kind: 'own'; applied: AppliedMigration[] }
  | { kind: 'empty' }
  /** Some of the existing tables, as `schema.table`. */
  | { kind: 'foreign'; tables: string[] };

/** Rails and golang-migrate have a table with this name too, with other columns. */
const historyTable = 'schema_migrations';
const historyColumns = 'version integer, name text, checksum text, applied_at timestamp with time zone';
const firstMigration = 'work-orders';
const foreignTablesShown = 3;

export async function recognizeDatabase(client: pg.ClientBase): Promise<RecognizedDatabase> {
  const own = await readHistory(client, ownSchema);
  if (own) return { kind: 'own', applied: own };
  // The first versions of Moose kept their tables there.
  const inPublic = await readHistory(client, 'public');
  if (inPublic?.some(({ version, name }) => version === 1 && name === firstMigration))
    return { kind: 'own', applied: inPublic };
  const tables = await foreignTables(client);
  return tables.length === 0 ? { kind: 'empty' } : { kind: 'foreign', tables };
}

/** Null if there is no table that Moose created. */
async function readHistory(client: pg.ClientBase, schema: string): Promise<AppliedMigration[] | null> {
  const { rows } = await client.query<{ columns: string | null }>(
    `select string_agg(attname || ' ' || format_type(atttypid, atttypmod), ', ' order by attnum) as columns
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = $1 and c.relname = $2 and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped`,
    [schema, historyTable],
  );
  if (rows[0]?.columns !== historyColumns) return null;
  const history = await client.query<AppliedMigration>(
    `select version, name, checksum from ${schema}.${historyTable} order by version`,
  );
  return history.rows;
}

/**
 * Tables, views and sequences of other programs. Leaves out those of extensions, and those that Supabase keeps in every
 * database under its own roles.
 */
export async function foreignTables(
  client: pg.ClientBase,
  ownSchemas: readonly string[] = [],
): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select n.nspname || '.' || c.relname as name
     from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_roles r on r.oid = c.relowner
     where c.relkind in ('r', 'p', 'v', 'm', 'f', 'S')
       and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
       and r.rolname !~ '^supabase_'
       and n.nspname <> all ($1::text[])
       and not exists (select from pg_depend d
         where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'e', 'i'))
     order by n.nspname = 'public' desc, 1 limit ${foreignTablesShown}`,
    [ownSchemas],
  );
  return rows.map(({ name }) => name);
}
