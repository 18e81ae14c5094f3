import { sql } from 'kysely';
import { afterAll, describe, expect, test } from 'vitest';
import { sharedDatabase } from './shared-database.ts';

describe('fear: what a test has left at work locks the tables in another order than the next test, which empties them', () => {
  const shared = sharedDatabase();
  const left: Promise<unknown>[] = [];

  test('a test ends while its transaction is at work', () => {
    const { query } = shared();
    left.push(
      query.transaction().execute(async (transaction) => {
        await sql`lock table model_substitutions in row exclusive mode`.execute(transaction);
        // Until the next test would wait for the table.
        await sql`select pg_sleep(0.3)`.execute(transaction);
        await sql`lock table budget_windows in row exclusive mode`.execute(transaction);
      }),
    );
    expect(left).toHaveLength(1);
  });

  test('the next one begins when the transaction is over', async () => {
    const { rows } =
      await sql`select 1 from pg_stat_activity where query like 'lock table%' and state <> 'idle'
      and datname = current_database() and pid <> pg_backend_pid()`.execute(shared().query);
    expect(rows).toEqual([]);
  });

  afterAll(async () => {
    expect(await Promise.allSettled(left)).toMatchObject([{ status: 'fulfilled' }]);
  });
});
