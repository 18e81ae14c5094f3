// Moves the tables of an older Moose from `public` into Moose's own schema: everything in one transaction, or nothing.
import type pg from 'pg';
import { engineSchema, ownSchema } from './own-schema.ts';
import { foreignTables } from './recognize-database.ts';

/** The name of the durable engine's schema in older versions. */
const formerEngineSchema = 'dbos';
/**
 * The connection name of an upgrade. Older versions use other names: the move disconnects those, while upgrades wait
 * for one another.
 */
export const upgradeApplication = 'moose upgrade';

const lockMsMax = 30_000;

const created =
  /^create (?:or replace )?(?<kind>table|type|function) (?:if not exists )?(?<name>[a-z_][a-z0-9_]*)/gim;

/**
 * Runs under the migration lock, beside no older Moose. `applied`: the migrations that created the existing tables; their SQL tells which
 * objects to move.
 */
export async function moveFromPublic(
  client: pg.ClientBase,
  applied: readonly { sql: string }[],
): Promise<void> {
  await client.query('begin');
  try {
    await client.query(`set local lock_timeout = ${lockMsMax}`);
    await disconnectOthers(client);
    await client.query(`create schema if not exists ${ownSchema}`);
    for (const statement of await moves(client, applied)) await client.query(statement);
    await moveEngine(client);
    await letOlderProcessesFind(client);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback').catch(() => undefined);
    throw cause;
  }
  // Connections that were opened meanwhile still look in `public`; after a reconnect they do not.
  await disconnectOthers(client);
}

/** The metering gateway of an older Moose outlives it and serves running agents: it reconnects by itself. */
async function disconnectOthers(client: pg.ClientBase): Promise<void> {
  await client.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and usename = current_user and pid <> pg_backend_pid()
       and application_name in ('moose', 'moose listen', 'moose durable', 'moose migrate')`,
  );
}

async function moves(client: pg.ClientBase, applied: readonly { sql: string }[]): Promise<string[]> {
  const names: Record<string, string[]> = { table: ['schema_migrations'], type: [], function: [] };
  for (const { sql } of applied)
    for (const { groups } of sql.matchAll(created))
      names[groups?.kind?.toLowerCase() ?? '']?.push(groups?.name ?? '');
  const { rows } = await client.query<{ statement: string }>(
    // Functions move first, because these statements name their argument types relative to the current schema.
    `select 1 as turn, format('alter function %s set schema ${ownSchema}', oid::regprocedure) as statement
       from pg_proc where pronamespace = 'public'::regnamespace and proname = any ($1)
     union all select 2, format('alter table %s set schema ${ownSchema}', oid::regclass)
       from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' and relname = any ($2)
     union all select 3, format('alter type %s set schema ${ownSchema}', oid::regtype)
       from pg_type where typnamespace = 'public'::regnamespace and typtype = 'e' and typname = any ($3)
     order by turn`,
    [names.function, names.table, names.type],
  );
  return rows.map(({ statement }) => statement);
}

/**
 * Moves the engine's schema. The source code of its functions contains the schema's name, so it is replaced there too.
 */
async function moveEngine(client: pg.ClientBase): Promise<void> {
  const { rowCount } = await client.query(`select from pg_namespace where nspname = $1`, [
    formerEngineSchema,
  ]);
  if (rowCount === 0) return;
  await client.query(`alter schema ${formerEngineSchema} rename to ${engineSchema}`);
  const { rows } = await client.query<{ statement: string }>(
    `select replace(pg_get_functiondef(oid), '"${formerEngineSchema}".', '"${engineSchema}".') as statement
     from pg_proc where pronamespace = '${engineSchema}'::regnamespace`,
  );
  for (const { statement } of rows) await client.query(statement);
}

/**
 * Lets processes of the older version find the tables, because they use names without a schema: a gateway that still
 * serves agents continues, and an older Moose that starts finds a schema that is too new for it. Skipped if another
 * program's tables are in `public`, because that program may connect with the same role.
 */
async function letOlderProcessesFind(client: pg.ClientBase): Promise<void> {
  if ((await foreignTables(client, [ownSchema, engineSchema])).length > 0) return;
  const { rows } = await client.query<{ statement: string }>(
    `select format('alter role current_user in database %I set search_path = ${ownSchema}, public', current_database()) as statement`,
  );
  for (const { statement } of rows) await client.query(statement);
}
