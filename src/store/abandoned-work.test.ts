import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { cloneDatabase } from '../../test/database.ts';
import type { MooseError } from '../domain/failure.ts';
import { openDatabase } from './database.ts';

test('R-FAIL-6: fear: a connection that is lost after nobody waits for its answer any more is never heard of', async () => {
  const { url, drop } = await cloneDatabase();
  const told: MooseError[] = [];
  const ends: unknown[] = [];
  const database = openDatabase(url, {
    onFault: (failure) => {
      told.push(failure);
      return { resolved: (...end) => ends.push(end) };
    },
  });
  onTestFinished(async () => {
    await database.close();
    await drop();
  });
  const stop = new AbortController();
  const pid = Promise.withResolvers<number>();
  const working = database.run(async (query) => {
    await query.connection().execute(async (own) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(own);
      pid.resolve(rows[0]?.pid ?? 0);
      await sql`select pg_sleep(600)`.execute(own);
    });
  }, stop.signal);
  const backendPid = await pid.promise;
  stop.abort(new Error('enough'));
  await expect(working).rejects.toThrow('enough');
  expect(told).toEqual([]);
  await sql`select pg_terminate_backend(${backendPid})`.execute(database.query);
  await expect.poll(() => ends).toEqual([[false]]);
  expect(told).toMatchObject([{ code: 'DATABASE_AWAY', metadata: { backendPid } }]);
});
