import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import { openDatabase } from './database.ts';

const queries = 40;

test('fear: a server that ends idle sessions makes work fail for good', async () => {
  const { url, query } = await testDatabase();
  await sql`do $$ begin execute format('alter database %I set idle_session_timeout = 50', current_database()); end $$`.execute(
    query,
  );
  const database = openDatabase(url, { connectionsMax: 1 });
  onTestFinished(() => database.close());
  // Without a limit of its own, a session would end in the moment in which it gets the next statement.
  for (let n = 0; n < queries; n += 1) {
    const { rows } = await database.run((each) => sql<{ n: number }>`select ${n}::int as n`.execute(each));
    expect(rows).toEqual([{ n }]);
    await new Promise((resolve) => setTimeout(resolve, 48 + (n % 6)));
  }
});
