// Each SQL function is a file in `functions/`, with its name. A start makes the functions of the database those of the files, in
// one transaction with the migrations that change tables only: nobody sees the tables of one version with the functions of
// another.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type pg from 'pg';
import { ownFile } from '../../stdx/files/own-files.ts';
import { hasErrorCode } from '../../stdx/system-error.ts';
import { ownSchema } from './own-schema.ts';

export interface SqlFunction {
  name: string;
  /** Without the comments above it. */
  sql: string;
}

/** The migrations before this one create functions too. It and later ones change tables only. */
export const firstOfTablesOnly = 126;

export const createsFunctions = ({ version }: { version: number }) => version < firstOfTablesOnly;

const directory = ownFile('store/schema/functions');
const commentsAbove = /^(?:--.*\n)+/;
const created = /^create (?:or replace )?function (\w+)/gm;

/** The comment of a function of Moose is the hash of its file. */
const mark = /^sha256:[0-9a-f]{64}$/;

/** A type, table, column or function does not exist yet. */
const undefinedStates = ['42704', '42P01', '42703', '42883'];
/** Another result or other names of parameters, or a default less. */
const notReplaceableStates = ['42P13'];

export async function readFunctions(): Promise<SqlFunction[]> {
  const paths = (await readdir(directory, { recursive: true })).filter((path) => path.endsWith('.sql'));
  const functions = paths.map(async (path) => ({
    name: basename(path, '.sql').replaceAll('-', '_'),
    sql: (await readFile(join(directory, path), 'utf8')).replace(commentsAbove, ''),
  }));
  return (await Promise.all(functions)).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** The names of all functions that migrations create. */
export function functionsOfMigrations(
  migrations: readonly { version: number; sql: string }[],
): ReadonlySet<string> {
  const old = migrations.filter(createsFunctions);
  return new Set(old.flatMap(({ sql }) => [...sql.matchAll(created)].map(([, name = '']) => name)));
}

/**
 * Creates the functions that are missing, because a trigger of the next migration may need one; call this before it, in its
 * transaction. One that itself needs a table of the migration is created by `applyFunctions`.
 */
export async function addMissingFunctions(
  client: pg.ClientBase,
  functions: readonly SqlFunction[],
): Promise<void> {
  const existing = await existingFunctions(client);
  const missing = functions.filter((one) => !existing.some(({ name }) => name === one.name));
  await leaveBodiesUnchecked(client);
  for (const one of missing)
    await unlessRefused(
      client,
      `${one.sql}; ${marking(one.name, one)}`,
      undefinedStates,
      async () => undefined,
    );
}

/**
 * Creates what is missing, replaces what has changed, and drops what no longer has a file; call this in the transaction of
 * the last migration. `unmarked`: names of functions of Moose that a migration created. All others without a mark
 * are somebody else's, and stay.
 */
export async function applyFunctions(
  client: pg.ClientBase,
  functions: readonly SqlFunction[],
  unmarked: ReadonlySet<string>,
): Promise<void> {
  const existing = await existingFunctions(client);
  const own = ownAmong(existing, unmarked);
  const formerly = (one: SqlFunction) => own.filter(({ name }) => name === one.name);
  const changed = functions.filter((one) => !formerly(one).some(({ comment }) => comment === markOf(one)));
  const removed = own.filter(({ name }) => !functions.some((one) => one.name === name));
  if (changed.length === 0 && removed.length === 0) return;
  await leaveBodiesUnchecked(client);
  for (const one of changed)
    await unlessRefused(client, one.sql, notReplaceableStates, async () => {
      await drop(client, formerly(one));
      await client.query(one.sql);
    });
  // With parameters of other types, a changed function is another one, beside its former self.
  const added = (await existingFunctions(client)).filter(
    ({ signature }) => !existing.some((each) => each.signature === signature),
  );
  const replaced = own.filter(({ name }) => added.some((other) => other.name === name));
  await drop(client, [...removed, ...replaced]);
  const signatureOf = (one: SqlFunction) =>
    [...added, ...own].find(({ name }) => name === one.name)?.signature ?? one.name;
  await client.query(changed.map((one) => marking(signatureOf(one), one)).join('; '));
  await client.query(pinFunctions);
}

interface ExistingFunction {
  name: string;
  /** With the types of its parameters. */
  signature: string;
  comment: string | null;
}

/** All in Moose's schema, without those of extensions. */
async function existingFunctions(client: pg.ClientBase): Promise<ExistingFunction[]> {
  const { rows } = await client.query<ExistingFunction>(
    `select p.proname as name, p.oid::regprocedure::text as signature, obj_description(p.oid, 'pg_proc') as comment
     from pg_proc p where p.pronamespace = '${ownSchema}'::regnamespace and not exists (select from pg_depend d
       where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')`,
  );
  return rows;
}

function ownAmong(
  existing: readonly ExistingFunction[],
  unmarked: ReadonlySet<string>,
): readonly ExistingFunction[] {
  const marked = existing.filter(({ comment }) => comment !== null && mark.test(comment));
  const names = new Set(marked.map(({ name }) => name));
  return [...marked, ...existing.filter(({ name }) => !names.has(name) && unmarked.has(name))];
}

function markOf({ sql }: SqlFunction): string {
  return `sha256:${createHash('sha256').update(sql).digest('hex')}`;
}

function marking(signature: string, one: SqlFunction): string {
  return `comment on function ${signature} is '${markOf(one)}'`;
}

/** They call each other, so most cannot be checked while they are created; a test checks all of them. */
async function leaveBodiesUnchecked(client: pg.ClientBase): Promise<void> {
  await client.query('set local check_function_bodies = off');
}

async function unlessRefused(
  client: pg.ClientBase,
  statements: string,
  states: readonly string[],
  otherwise: () => Promise<void>,
): Promise<void> {
  try {
    await client.query(`savepoint function; ${statements}; release function`);
  } catch (cause) {
    if (!hasErrorCode(cause, ...states)) throw cause;
    await client.query('rollback to function');
    await otherwise();
  }
}

/** In one statement, because one may need another. */
async function drop(client: pg.ClientBase, functions: readonly ExistingFunction[]): Promise<void> {
  if (functions.length === 0) return;
  await client.query(`drop function if exists ${functions.map(({ signature }) => signature).join(', ')}`);
}

/**
 * Makes triggers find Moose's tables whoever writes, including a person with psql. SQL functions stay as they are,
 * because they are inlined.
 */
export const pinFunctions = `do $$ declare f regprocedure; begin
  for f in select p.oid from pg_proc p join pg_language l on l.oid = p.prolang
    where p.pronamespace = '${ownSchema}'::regnamespace and l.lanname = 'plpgsql' and p.proconfig is null
  loop execute format('alter function %s set search_path to ${ownSchema}, pg_temp', f); end loop;
end $$`;
