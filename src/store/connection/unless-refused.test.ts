import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { unlessRefused } from './unless-refused.ts';

const setting = (key: string) => ({ key, value: '1' });

test('R-PIPE-8: a permanent refusal by the database leaves the rest of the transaction unchanged', async () => {
  const database = await testDatabase();
  const refusal = await database.transaction(async (query) => {
    await query.insertInto('systemConfig').values(setting('before')).execute();
    const refused = await unlessRefused(query, async () => {
      await query.insertInto('systemConfig').values(setting('half')).execute();
      await query.insertInto('systemConfig').values(setting('half')).execute();
    });
    expect(
      await unlessRefused(query, () => query.insertInto('systemConfig').values(setting('after')).execute()),
    ).toBe(null);
    return refused;
  });
  expect(refusal).toMatchObject({ code: 'DATABASE_REFUSED', metadata: { sqlstate: '23505' } });
  const written = database.query
    .selectFrom('systemConfig')
    .select('key')
    .where('key', 'in', ['before', 'half', 'after']);
  expect((await written.orderBy('key').execute()).map(({ key }) => key)).toEqual(['after', 'before']);
});

test('R-PIPE-8: a temporary failure is not taken for a refusal: the transaction is repeated', async () => {
  const database = await testDatabase();
  await sql`create sequence attempts`.execute(database.query);
  const refusal = await database.transaction((query) =>
    unlessRefused(query, async () => {
      const { rows } = await sql<{ nth: bigint }>`select nextval('attempts') as nth`.execute(query);
      if (rows[0]?.nth === 1n) await sql`select pg_terminate_backend(pg_backend_pid())`.execute(query);
      if (rows[0]?.nth === 2n)
        await sql`do $$ begin raise exception 'x' using errcode = '40001'; end $$`.execute(query);
      await query.insertInto('systemConfig').values(setting('once')).execute();
    }),
  );
  expect(refusal).toBe(null);
  const { rows } = await sql<{ tries: bigint }>`select last_value as tries from attempts`.execute(
    database.query,
  );
  expect(rows[0]?.tries).toBe(3n);
});

test('a defect of our own is thrown, whatever the database refused before', async () => {
  const database = await testDatabase();
  const defect = database.transaction((query) =>
    unlessRefused(query, async () => {
      throw new TypeError('A defect');
    }),
  );
  await expect(defect).rejects.toThrow('A defect');
});
