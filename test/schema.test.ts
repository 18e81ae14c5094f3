import { readFileSync } from 'node:fs';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { describeRows, namedTexts } from '../scripts/describe-rows.ts';
import { failureClasses } from '../src/domain/failure.ts';
import { statuses, stepStates, steps } from '../src/domain/transitions.ts';
import { enterOwnSchema } from '../src/store/schema/own-schema.ts';
import { testDatabase } from './database.ts';

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

test('the types of rows are those of the database (node scripts/schema.ts --types)', async () => {
  const { url } = await testDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  const read = (name: string) =>
    readFileSync(new URL(`../src/store/schema/${name}`, import.meta.url), 'utf8');
  const made = await describeRows(client, namedTexts(read('column-shapes.ts')));
  // The formatter breaks long lines, and puts a sign before the first value of a long union.
  const plain = (text: string) => text.replaceAll(/\s+/g, '').replaceAll(/([:<])\|/g, '$1');
  expect(plain(read('tables.ts'))).toBe(plain(made));
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
