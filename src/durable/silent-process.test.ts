// A process that lives but cannot be heard loses its work to another one, and does no harm when it returns.

import { expect, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import { until } from '../stdx/async/until.fixture.ts';
import { silentWay } from '../store/connection/silent-way.fixture.ts';
import type { Database } from '../store/database.ts';
import {
  aRunInTheQueue,
  openGate,
  prepareWork,
  startWorkerProcess,
  story,
  workLog,
} from './scratch-workers.fixture.ts';

const timeoutMs = 120_000;
/** Moose promises 30 s from the first moment of silence; a busy machine gets half as much again. */
const takeOverMsMax = 45_000;

async function ground(): Promise<Database> {
  const database = await testDatabase();
  await prepareWork(database);
  return database;
}

test('fear: 50 runs of frozen processes are finished twice when the processes come back (R-BASE-2, R-SES-6)', {
  timeout: 2 * timeoutMs,
}, async () => {
  const database = await ground();
  const [way, lostWay] = [await silentWay(database.url), await silentWay(database.url)];
  // Four workers are frozen; the fifth one runs, but its connection is silent.
  const paths = [database, database, database, database, { ...database, url: way.url }];
  const runsEach = 10;
  const old = await Promise.all(paths.map((path, n) => startWorkerProcess(path, `old ${n}`, runsEach)));
  // The machine of a sixth one disappears.
  const lost = await startWorkerProcess({ ...database, url: lostWay.url }, 'old 5', runsEach);
  const runs = await Promise.all(
    Array.from({ length: (old.length + 1) * runsEach }, () => aRunInTheQueue(database, { isKept: true })),
  );
  const began = async () => (await workLog(database)).filter(({ what }) => what === 'began').length;
  await until('all of them carry', async () => (await began()) === runs.length, takeOverMsMax);
  for (const { child } of old.slice(0, -1)) child.kill('SIGSTOP');
  way.silenceAll();
  // Its connections stay open on the server's side, as after a power cut.
  lostWay.silenceAll();
  lost.child.kill('SIGKILL');
  const next = await startWorkerProcess(database, 'next');
  await until('all is taken over', async () => (await began()) === 2 * runs.length, 2 * takeOverMsMax);
  // When they resume, the gates that they waited for are open.
  for (const runId of runs.slice(0, runs.length / 2)) await openGate(database, runId);
  for (const { child } of old) child.kill('SIGCONT');
  way.mend();
  for (const runId of runs.slice(runs.length / 2)) await openGate(database, runId);
  for (const runId of runs) await next.says('finished', runId);
  // The old workers get new work like any other, and carry none of their old runs.
  next.child.kill('SIGKILL');
  await next.gone;
  const more = await Promise.all(
    Array.from({ length: old.length * runsEach }, () => aRunInTheQueue(database)),
  );
  const isOver = async (runId: (typeof more)[number]) =>
    (await story(database, runId)).some((line) => line.includes('finished'));
  for (const runId of more) await until('it is finished', () => isOver(runId), takeOverMsMax);
  for (const runId of runs)
    expect(await story(database, runId)).toEqual([
      expect.stringMatching(/^old \d began \(1\)$/),
      'next began (2)',
      'next finished (2)',
    ]);
});

test('fear: the connections of a process go silent, and it stops permanently (R-BASE-2, R-PIPE-8)', async () => {
  const database = await ground();
  const way = await silentWay(database.url);
  const a = await startWorkerProcess({ ...database, url: way.url }, 'a');
  const run = await aRunInTheQueue(database, { isKept: true });
  await a.says('began', run);
  way.silence();
  const startMs = performance.now();
  await openGate(database, run);
  const next = await aRunInTheQueue(database);
  for (const runId of [run, next])
    await until('it is finished', async () => (await story(database, runId)).length === 2, takeOverMsMax);
  expect(performance.now() - startMs).toBeLessThan(takeOverMsMax);
  // There was no other worker, so it kept its own work.
  expect(await story(database, run)).toEqual(['a began (1)', 'a finished (1)']);
  expect(a.said.filter(({ event }) => event === 'lost')).toEqual([]);
});
