// Must not happen: the connection goes silent while the engine's tables are created, and `moose up` hangs (R-BASE-6).
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { cloneDatabase } from '../../test/database.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { silentWay } from '../store/connection/silent-way.fixture.ts';
import { migrateDurable } from './migrate-durable.ts';

/** Moose promises 30 s; a busy machine gets half as much again. */
const silentMsMax = 45_000;

async function connected(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

test('fear: a connection goes silent during the migration and is waited for forever; the next start does the rest', async () => {
  const cloned = await cloneDatabase('template1');
  onTestFinished(() => cloned.drop());
  const [holder, looker] = [await connected(cloned.url), await connected(cloned.url)];
  const way = await silentWay(cloned.url);
  // Anybody else who creates the same schema has to wait for this transaction.
  await holder.query('begin; create schema moose_queue');
  const outcome = migrateDurable(way.url).then(
    () => 'made',
    (cause: unknown) => cause,
  );
  await until('it waits', async () => {
    const { rows } = await looker.query(`select from pg_stat_activity
      where datname = current_database() and wait_event_type = 'Lock'`);
    return rows.length === 1;
  });
  way.silence();
  const startMs = performance.now();
  await holder.query('rollback');
  expect(await outcome).toMatchObject({
    code: 'DATABASE_AWAY',
    advice: expect.stringContaining('MOOSE_DATABASE_URL'),
  });
  expect(performance.now() - startMs).toBeLessThan(silentMsMax);
  await migrateDurable(way.url);
  const { rows } = await looker.query(`select to_regclass('moose_queue.jobs') is not null as made`);
  expect(rows).toEqual([{ made: true }]);
});
