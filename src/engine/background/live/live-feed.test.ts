import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { sleep } from '../../../stdx/async/sleep.ts';
import { until } from '../../../stdx/async/until.fixture.ts';
import type { Database } from '../../../store/database.ts';
import { eventsPerReadMax } from '../../../store/live/live-events.ts';
import { aFeed, never, watch, write } from './live-feed.fixture.ts';
import { startLiveFeed } from './live-feed.ts';
import { tidyLiveJob } from './tidy-live-job.ts';

test('R-UI-1: all watchers receive committed events, and nobody receives uncommitted ones', async () => {
  const database = await testDatabase();
  const feed = await aFeed(database);
  const watching = [watch(feed), watch(feed, feed.cursor())];
  await write(database.query, 'one');
  const failed = database.transaction(async (query) => {
    await write(query, 'never');
    throw new RangeError('after all');
  });
  await expect(failed).rejects.toThrow(RangeError);
  await write(database.query, 'two');
  for (const { told } of watching) {
    await until('both are told', () => told.length >= 2);
    expect(told).toEqual(['one', 'two']);
  }
});

test('a watcher that returns with any valid cursor receives what it missed, and continues', async () => {
  const database = await testDatabase();
  const feed = await aFeed(database);
  const first = watch(feed);
  const cursors = [feed.cursor()];
  for (let number = 0; number < 30; number++) {
    await write(database.query, `${number}`);
    await until('it is told', () => first.told.length === number + 1);
    cursors.push(first.at.cursor);
  }
  // More readers than can catch up in one turn.
  const back = cursors.map((cursor) => watch(feed, cursor));
  await write(database.query, 'last');
  const all = [...Array(30).keys()].map(String).concat('last');
  for (const [missed, { told }] of back.entries()) {
    await until('it has caught up', () => told.at(-1) === 'last');
    expect(told).toEqual(all.slice(missed));
  }
  first.unsubscribe();
  await write(database.query, 'after');
  await until('the others are told', () => back.every(({ told }) => told.at(-1) === 'after'));
  expect(first.told).toEqual(all);
});

test.each(['nonsense', '4000000000000', ''])(
  'an invalid cursor is answered with a new one: "%s"',
  async (bad) => {
    const database = await testDatabase();
    const feed = await aFeed(database);
    const { told, at } = watch(feed, bad);
    await until('it is told', () => told.length === 1);
    expect(told).toEqual(['resync']);
    expect(at.cursor).toMatch(/^\d/);
    await write(database.query, 'one');
    await until('it goes on', () => told.length === 2);
    expect(told).toEqual(['resync', 'one']);
  },
);

test('a lost notification is compensated', async () => {
  const database = await testDatabase();
  await sql`alter table live_events disable trigger live_events_notify`.execute(database.query);
  const feed = await aFeed(database, { pollMs: 30 });
  const { told } = watch(feed);
  await write(database.query, 'unheard');
  await until('it is told', () => told.length === 1);
});

test('a lost connection loses nothing, whether it listens or reads', async () => {
  const database = await testDatabase();
  const feed = await aFeed(database, { pollMs: 200 });
  const { told } = watch(feed);
  const numbers = [...Array(10).keys()].map(String);
  for (const number of numbers) {
    await database.run((query) => write(query, number));
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`
      .execute(database.query)
      .catch((cause: unknown) => expect(String(cause)).toMatch(/connection|terminat/i));
  }
  await until('all are told', () => told.length === numbers.length);
  expect(told).toEqual(numbers);
});

test('a read that the database refuses is reported, and retried', async () => {
  const database = await testDatabase();
  const failures: string[] = [];
  const feed = await aFeed(database, { onFailure: ({ component }) => failures.push(component), pollMs: 50 });
  const { told } = watch(feed);
  await sql`alter table live_events rename to hidden`.execute(database.query);
  await until('it is refused', () => failures.length > 0);
  await sql`alter table hidden rename to live_events`.execute(database.query);
  await write(database.query, 'one');
  await until('it goes on', () => told.length > 0);
  expect([told, failures[0]]).toEqual([['one'], 'store']);
});

test('a watcher that throws is dropped, and the others still receive events', async () => {
  const database = await testDatabase();
  const failures: string[] = [];
  const feed = await aFeed(database, { onFailure: ({ message }) => failures.push(message) });
  feed.subscribe({
    onEvents: () => {
      throw new RangeError('broken');
    },
    onResync: () => undefined,
  });
  const { told } = watch(feed);
  await write(database.query, 'one');
  await until('it is told', () => told.length === 1);
  await write(database.query, 'two');
  await until('it is told again', () => told.length === 2);
  expect(failures).toHaveLength(1);
});

test('more events than a read returns are reported as one resync', async () => {
  const database = await testDatabase();
  const feed = await aFeed(database);
  const { told } = watch(feed);
  await sql`insert into live_events (topic) select 'spec' from generate_series(0, ${eventsPerReadMax}::int)`.execute(
    database.query,
  );
  await until('it is told', () => told.length === 1);
  await write(database.query, 'one');
  await until('it goes on', () => told.length === 2);
  expect(told).toEqual(['resync', 'one']);
});

test('old events are deleted, and recent ones are kept', async () => {
  const database = await testDatabase();
  await sql`insert into live_events (topic, at) select 'spec', clock_timestamp() - interval '73 hours'
    from generate_series(1, 12000)`.execute(database.query);
  await sql`insert into live_events (topic, subject, at) values ('spec', 'kept', clock_timestamp() - interval '71 hours')`.execute(
    database.query,
  );
  await tidyLiveJob(database).run(new AbortController().signal);
  const left = await database.query.selectFrom('liveEvents').select('subject').execute();
  expect(left).toEqual([{ subject: 'kept' }]);
});

test('it ends while it waits, and while the database is unavailable', async () => {
  const database = await testDatabase();
  const away = { ...database, run: (_: unknown, signal?: AbortSignal) => sleep(never, signal) } as Database;
  const waiting = startLiveFeed({ database: away, onFailure: () => undefined });
  await waiting.close();
  await waiting.ready;
  const feed = await aFeed(database);
  await feed.close();
});
