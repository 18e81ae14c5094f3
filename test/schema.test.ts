import pg from 'pg';
import { expect, test } from 'vitest';
import { failureCategories, failureClasses, severities } from '../src/domain/failure.ts';
import { sessionStates } from '../src/domain/session.ts';
import { statuses, stepStates, steps } from '../src/domain/transitions.ts';
import { enterOwnSchema } from '../src/store/schema/own-schema.ts';
import { testDatabase } from './database.ts';
import { readTableTypes } from './table-types.ts';

async function ask<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await enterOwnSchema(client);
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Columns as `table.column: type, not null or null, given or made`, where 'made' means that an insert may leave it out. */
const columns = `select c.table_name || '.' || c.column_name as name,
    case when c.udt_name in ('text', 'uuid', 'xid8') or e.oid is not null then 'string' when c.udt_name = 'int8' then 'bigint'
      when c.udt_name in ('int4', 'float8') then 'number' when c.udt_name = 'timestamptz' then 'Date'
      when c.udt_name = 'bool' then 'boolean' when c.udt_name = 'bytea' then 'Buffer' when c.udt_name = '_text' then 'string[]'
      when c.udt_name = 'jsonb' then 'json' else c.udt_name end as type,
    c.is_nullable = 'YES' as "isNullable",
    c.is_nullable = 'YES' or c.column_default is not null or c.is_identity = 'YES' as "mayBeLeftOut"
  from information_schema.columns c left join pg_type e on e.typname = c.udt_name and e.typtype = 'e'
  where c.table_schema = 'moose' and c.table_name <> 'schema_migrations'`;

test('tables.ts has every table and column of the database, and no other: type, null and default included', async () => {
  const { url } = await testDatabase();
  const inDatabase = await ask(url, columns);
  const inTypes = readTableTypes().map(({ name, type, isNullable, mayBeLeftOut }) => ({
    name,
    type,
    isNullable,
    mayBeLeftOut,
  }));
  const asLines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).sort();
  expect(asLines(inTypes)).toEqual(asLines(inDatabase));
});

test('tables.ts has the same values as the constraints of the database', async () => {
  const { url } = await testDatabase();
  const rows = await ask<{ name: string; check: string }>(
    url,
    `select conrelid::regclass || '.' || attname as name, pg_get_constraintdef(k.oid) as check
     from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
     where contype = 'c' and connamespace = 'moose'::regnamespace and pg_get_constraintdef(k.oid) like '%ANY (ARRAY[%'`,
  );
  const inDatabase = rows.map(({ name, check }) => ({
    name,
    values: [...check.matchAll(/'([^']+)'::text/g)].map(([, value]) => value).sort(),
  }));
  expect(inDatabase.length).toBeGreaterThan(10);
  const inTypes = new Map(readTableTypes().map(({ name, values }) => [name, values]));
  // Columns that only SQL writes have no type that lists their values.
  const untyped = new Set(['legal_transitions.kind']);
  for (const { name, values } of inDatabase.filter((each) => !untyped.has(each.name)))
    expect({ name, values: inTypes.get(name) }).toEqual({ name, values });
});

test('R-FAIL-3, R-PIPE-2: the enums of the database are those of the code, in their order', async () => {
  const { url } = await testDatabase();
  const rows = await ask<{ name: string; values: string[] }>(
    url,
    `select typname as name, array_agg(enumlabel::text order by enumsortorder) as values
     from pg_type t join pg_enum e on e.enumtypid = t.oid where t.typnamespace = 'moose'::regnamespace
     group by typname order by typname`,
  );
  expect(Object.fromEntries(rows.map(({ name, values }) => [name, values]))).toEqual({
    failure_class: failureClasses,
    work_order_status: statuses,
    work_order_step: steps,
    work_order_step_state: stepStates,
  });
});

test('the named lists of the code match the values of the types', () => {
  const named = new Map(readTableTypes().map(({ name, values }) => [name, values]));
  expect(named.get('error_events.severity')).toEqual([...severities].sort());
  expect(named.get('error_events.category')).toEqual([...failureCategories].sort());
  expect(named.get('sessions.state')).toEqual([...sessionStates].sort());
});
