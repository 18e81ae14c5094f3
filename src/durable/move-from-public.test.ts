import pg from 'pg';
import { expect, onTestFinished, test, vi } from 'vitest';
import { cloneDatabase } from '../../test/database.ts';
import { makeOldDatabase } from '../../test/old-database.fixture.ts';
import { migrate } from '../store/schema/migrate.ts';

// Each test creates a whole database step by step; one also waits for an older Moose to end.
vi.setConfig({ testTimeout: 120_000 });

async function connected(url: string, application_name = 'test'): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url, application_name });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end().catch(() => undefined));
  return client;
}

const order = '018f0000-0000-7000-8000-000000000001';

/** A database of an older version, with a work order and its first leg in the queue. */
async function oldDatabase(): Promise<{ url: string; client: pg.Client }> {
  const { url, drop } = await cloneDatabase('template1');
  onTestFinished(drop);
  await makeOldDatabase(url);
  const client = await connected(url);
  await client.query(`insert into projects (id, name, repository_path) values ('${order}', 'p', '/p');
    insert into work_orders (id, project_id, title, time_limit_ms, changed_by) values ('${order}', '${order}', 't', 1, 'human:test')`);
  await enqueue(client, 'dbos', 'before');
  return { url, client };
}

async function enqueue(client: pg.Client, schema: string, id: string): Promise<void> {
  await client.query(`select ${schema}.enqueue_workflow(workflow_name => 'moose.run', queue_name => 'runs',
    positional_args => array[to_json('x'::text)], workflow_id => '${id}', app_version => 'moose-1',
    application_name => 'moose', delay_until_epoch_ms => null)`);
}

/** How many tables, functions and types are in each schema. */
async function countsOf(client: pg.Client): Promise<Record<string, number>> {
  const { rows } = await client.query<{ schema: string; count: number }>(
    `select nspname as schema, count(*)::int as count from (
       select relnamespace as n from pg_class union all select pronamespace from pg_proc
       union all select typnamespace from pg_type) found join pg_namespace on oid = n
     where nspname in ('public', 'moose', 'dbos', 'moose_dbos') group by 1`,
  );
  return Object.fromEntries(rows.map(({ schema, count }) => [schema, count]));
}

async function expectMoved(client: pg.Client): Promise<void> {
  expect(Object.keys(await countsOf(client)).sort()).toEqual(['moose', 'moose_dbos']);
  const { rows } = await client.query('select id from moose.work_orders');
  expect(rows).toEqual([{ id: order }]);
  await enqueue(client, 'moose_dbos', 'after');
  const queued = await client.query('select workflow_uuid as id from moose_dbos.workflow_status order by 1');
  expect(queued.rows).toEqual([{ id: 'after' }, { id: 'before' }]);
}

test('R-BASE-6: fear: two processes that start at the same time both move the tables of an older Moose', async () => {
  const { url, client } = await oldDatabase();
  const results = await Promise.all(Array.from({ length: 4 }, () => migrate(url)));
  expect(results.filter(({ applied }) => applied.includes('own-schema'))).toHaveLength(1);
  await expectMoved(client);
});

test('R-BASE-6: fear: a kill during the move leaves half of the tables in each schema', async () => {
  const { url, client } = await oldDatabase();
  const before = await countsOf(client);
  await client.query('begin; lock table work_orders in share mode');
  const killer = await connected(url);
  const killed = expect(migrate(url)).rejects.toMatchObject({ code: 'DATABASE_AWAY' });
  await expect
    .poll(async () => {
      // The upgrade has begun to move the tables: it waits for the locked one.
      const { rows } = await killer.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database()
           and application_name = 'moose upgrade' and wait_event_type = 'Lock' and wait_event = 'relation'`,
      );
      return rows.length;
    })
    .toBe(1);
  await killed;
  await client.query('commit');
  expect(await countsOf(client)).toEqual(before);
  await migrate(url);
  await expectMoved(client);
});

test('R-BASE-6: fear: the tables are moved while an older Moose is running', async () => {
  const { url, client } = await oldDatabase();
  const before = await countsOf(client);
  const older = await connected(url, 'moose locks');
  await expect(migrate(url)).rejects.toMatchObject({
    code: 'OLDER_MOOSE_RUNNING',
    advice: expect.stringContaining('Stop every `moose up`'),
  });
  expect(await countsOf(client)).toEqual(before);
  await older.end();
  await migrate(url);
  await expectMoved(client);
});

test('R-BASE-6: fear: the gateway of an older Moose, which still serves agents, loses its tables', async () => {
  const { url } = await oldDatabase();
  const gateway = await connected(url, 'moose');
  const ended = new Promise((resolve) => gateway.once('end', resolve));
  await migrate(url);
  // The old client reconnects, as after any lost connection, without naming a schema.
  await ended;
  const again = await connected(url, 'moose');
  expect((await again.query('select id from work_orders')).rows).toEqual([{ id: order }]);
});

test('R-BASE-7: the tables of another program in the same schema stay where they are', async () => {
  const { url, client } = await oldDatabase();
  await client.query('create table products (id int); create view listed as select * from products');
  await migrate(url);
  expect(Object.keys(await countsOf(client)).sort()).toEqual(['moose', 'moose_dbos', 'public']);
  const { rows } = await client.query(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace order by 1`,
  );
  expect(rows).toEqual([{ name: 'listed' }, { name: 'products' }]);
  // Another program may use the same database role: its new objects still go to `public`.
  const other = await connected(url);
  expect((await other.query('show search_path')).rows).toEqual([{ search_path: 'public' }]);
});
