import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { cloneDatabase, testDatabase } from '../../../test/database.ts';
import { rememberSecrets } from '../../domain/secrets/known-secrets.ts';
import { openDatabase } from '../database.ts';
import { exactly, toJson } from '../storable.ts';

const secret = 'planted-7f3a9c21d4e8';
rememberSecrets([{ name: 'SHOP_TOKEN', value: secret }]);

async function answered(value: unknown): Promise<unknown> {
  const { query } = await testDatabase();
  const { rows } = await sql<{ given: unknown }>`select ${value} as given`.execute(query);
  return rows[0]?.given;
}

test('R-SEC-4: every text is made storable on its way into the database', async () => {
  expect(await answered(`it is ${secret}\0`)).toBe('it is [redacted:SHOP_TOKEN]\u{FFFD}');
  const { query } = await testDatabase();
  const { rows } = await sql<{ given: string[] }>`select ${['a', secret]}::text[] as given`.execute(query);
  expect(rows[0]?.given).toEqual(['a', '[redacted:SHOP_TOKEN]']);
});

test('only texts that must stay exact stay unchanged', async () => {
  expect(await answered(exactly(`it is ${secret}`))).toBe(`it is ${secret}`);
  const edits = [{ path: 'a', content: `x = "ghp_${'a1B2'.repeat(9)}"` }];
  const kept = toJson(
    { plan: `use ${secret}`, password: 'swordfish', proposal: { edits }, amount: 1n },
    'edits',
  );
  expect(JSON.parse(kept)).toEqual({
    plan: 'use [redacted:SHOP_TOKEN]',
    password: '[redacted:credential]',
    proposal: { edits },
    amount: '1',
  });
});

test('a marked statement is parsed once, and then used by its name', async () => {
  const { url, drop } = await cloneDatabase();
  const database = openDatabase(url, { connectionsMax: 1 });
  onTestFinished(async () => {
    await database.close();
    await drop();
  });
  for (const text of ['a', 'b']) {
    const { rows } = await sql`/* prepared: echo */ select ${text}::text as said`.execute(database.query);
    expect(rows).toEqual([{ said: text }]);
  }
  const { rows } = await sql`select name from pg_prepared_statements`.execute(database.query);
  expect(rows).toEqual([{ name: 'echo' }]);
});
