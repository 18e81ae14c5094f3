// The database dies under a feed and its writers, and restarts: every watcher has received exactly the committed
// events.
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { postmasterOf, quick, scratchWithCluster } from '../../../postgres/scratch.fixture.ts';
import { startEmbedded } from '../../../postgres/start/start-embedded.ts';
import { until } from '../../../stdx/async/until.fixture.ts';
import { openDatabase } from '../../../store/database.ts';
import { migrate } from '../../../store/schema/migrate.ts';
import { aFeed, watch, write } from './live-feed.fixture.ts';

const rounds = 3;
const writers = 6;
const writesOfEach = 15;

test('R-UI-1: a server is killed three times under writers and readers: nothing is missed, and nothing reported twice', async () => {
  const directory = await scratchWithCluster();
  const { url } = await startEmbedded({ directory, settings: quick });
  await migrate(url);
  const database = openDatabase(url, { connectionsMax: 10 });
  onTestFinished(() => database.close());
  const feed = await aFeed(database, { pollMs: 500, onFailure: () => undefined });
  const heard = [watch(feed), watch(feed)];
  const [here, away] = heard as [(typeof heard)[0], (typeof heard)[0]];
  let later: ReturnType<typeof watch> | undefined;
  for (let round = 0; round < rounds; round += 1) {
    let done = 0;
    const writing = Array.from({ length: writers }, async (_, writer) => {
      for (let n = 0; n < writesOfEach; n += 1) {
        // A write that is repeated after a lost answer may exist twice, and is then reported twice.
        await database.run((query) => write(query, `${round}.${writer}.${n}`));
        done += 1;
      }
    });
    await until('some are written', () => done > writers);
    if (round === 1) away.unsubscribe();
    process.kill(postmasterOf(directory), 'SIGKILL');
    expect((await startEmbedded({ directory, settings: quick })).url).toBe(url);
    if (round === 1) later = watch(feed, away.at.cursor);
    await Promise.all(writing);
  }
  const { rows } = await sql<{ subject: string }>`select subject from live_events where topic = 'spec'
    order by subject`.execute(database.query);
  const all = rows.map(({ subject }) => subject);
  expect(new Set(all).size).toBe(rounds * writers * writesOfEach);
  await until('all are told', () => here.told.length >= all.length);
  expect(here.told.toSorted()).toEqual(all);
  await until('who was away is told', () => away.told.length + (later?.told.length ?? 0) >= all.length);
  expect([...away.told, ...(later?.told ?? [])].toSorted()).toEqual(all);
});
