import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { inTransaction } from './in-transaction.ts';

test('R-FAIL-6: a connection that is lost at the commit is reported with the server’s message, not as a failed rollback', async () => {
  const { query } = await testDatabase();
  await sql`create table lost (id int)`.execute(query);
  await sql`create function lose() returns trigger language plpgsql
    as $$ begin perform pg_terminate_backend(pg_backend_pid()); return null; end $$`.execute(query);
  await sql`create constraint trigger at_commit after insert on lost deferrable initially deferred
    for each row execute function lose()`.execute(query);
  const lost = inTransaction(query, (transaction) => sql`insert into lost values (1)`.execute(transaction));
  await expect(lost).rejects.toMatchObject({ code: '57P01' });
  const { rows } = await sql`select id from lost`.execute(query);
  expect(rows).toEqual([]);
});
