import { expect, onTestFinished, test } from 'vitest';
import { postmasterOf, quick, scratchWithCluster } from '../postgres/scratch.fixture.ts';
import { startEmbedded } from '../postgres/start/start-embedded.ts';
import { openDatabase } from '../store/database.ts';
import { migrate } from '../store/schema/migrate.ts';
import { migrateDurable } from './migrate-durable.ts';
import {
  aRunInTheQueue,
  openGate,
  prepareWork,
  startWorkerProcess,
  story,
} from './scratch-workers.fixture.ts';

test('a database server is killed and restarted twice while a process runs: every run is finished once', async () => {
  const directory = await scratchWithCluster();
  const { url } = await startEmbedded({ directory, settings: quick });
  await migrate(url);
  await migrateDurable(url);
  const database = openDatabase(url, { connectionsMax: 4 });
  onTestFinished(() => database.close());
  await prepareWork(database);
  const worker = await startWorkerProcess(database, 'a');
  const runs = [];
  for (let kills = 0; kills < 2; kills++) {
    const kept = await aRunInTheQueue(database, { isKept: true });
    await worker.says('began', kept);
    // These runs may be at any point when the server is killed.
    const flowing = await Promise.all(Array.from({ length: 10 }, () => aRunInTheQueue(database)));
    runs.push(kept, ...flowing);
    process.kill(postmasterOf(directory), 'SIGKILL');
    expect((await startEmbedded({ directory, settings: quick })).url).toBe(url);
    await openGate(database, kept);
  }
  const after = await aRunInTheQueue(database);
  for (const runId of [...runs, after]) {
    await worker.says('finished', runId);
    const told = await story(database, runId);
    expect(told.filter((line) => line.includes('finished'))).toHaveLength(1);
    expect(told.at(-1)).toContain('finished');
  }
  expect(worker.said.filter(({ event }) => event === 'lost')).toEqual([]);
  expect(worker.child.exitCode).toBeNull();
});
