// Processes that live, or whose connections do, and that nobody hears of: their work is taken over, and they do no harm.

import { expect, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import { silentWay } from '../store/connection/silent-way.fixture.ts';
import type { Database } from '../store/database.ts';
import { until } from './scratch-locks.fixture.ts';
import {
  aRunInTheQueue,
  openGate,
  prepareWork,
  startWorkerProcess,
  story,
  workLog,
} from './scratch-workers.fixture.ts';

const timeoutMs = 120_000;
/** What is promised, from the first moment of silence on, is 30 s; a machine with other things to do gets half as much again. */
const takeOverMsMax = 45_000;

async function ground(): Promise<Database> {
  const database = await testDatabase();
  await prepareWork(database);
  return database;
}

/** Until it has been taken over by somebody, in time. */
async function isTakenOver(
  database: Database,
  runId: Parameters<typeof story>[1],
  by: string,
): Promise<void> {
  await until(
    `${by} takes it over`,
    async () => (await story(database, runId)).some((line) => line.startsWith(`${by} began`)),
    takeOverMsMax,
  );
}

test('fear: a process that stands still keeps its work, and what it comes back with counts (R-BASE-2)', {
  timeout: timeoutMs,
}, async () => {
  const database = await ground();
  const a = await startWorkerProcess(database, 'a');
  const runs = [
    await aRunInTheQueue(database, { isKept: true }),
    await aRunInTheQueue(database, { isKept: true }),
  ];
  for (const runId of runs) await a.says('began', runId);
  const b = await startWorkerProcess(database, 'b');
  a.child.kill('SIGSTOP');
  for (const runId of runs) await isTakenOver(database, runId, 'b');
  a.child.kill('SIGCONT');
  for (const runId of runs) await openGate(database, runId);
  for (const runId of runs) await b.says('finished', runId);
  for (const runId of runs)
    expect(await story(database, runId)).toEqual(['a began (1)', 'b began (2)', 'b finished (2)']);
  // The one that came back is as good as any other.
  b.child.kill('SIGKILL');
  await b.gone;
  const next = await aRunInTheQueue(database);
  await a.says('finished', next);
});

test('fear: 50 runs that processes stood still with are finished twice when those come back (R-BASE-2, R-SES-6)', {
  timeout: 2 * timeoutMs,
}, async () => {
  const database = await ground();
  const way = await silentWay(database.url);
  // Four stand still; one lives, and nobody hears it.
  const paths = [database, database, database, database, { ...database, url: way.url }];
  const runsEach = 10;
  const old = await Promise.all(paths.map((path, n) => startWorkerProcess(path, `old ${n}`, runsEach)));
  const runs = await Promise.all(
    Array.from({ length: old.length * runsEach }, () => aRunInTheQueue(database, { isKept: true })),
  );
  const began = async () => (await workLog(database)).filter(({ what }) => what === 'began').length;
  await until('all of them carry', async () => (await began()) === runs.length, takeOverMsMax);
  for (const { child } of old.slice(0, -1)) child.kill('SIGSTOP');
  way.silenceAll();
  const next = await startWorkerProcess(database, 'next');
  await until('all is taken over', async () => (await began()) === 2 * runs.length, 2 * takeOverMsMax);
  // What they waited for has come when they are back.
  for (const runId of runs.slice(0, runs.length / 2)) await openGate(database, runId);
  for (const { child } of old) child.kill('SIGCONT');
  way.mend();
  for (const runId of runs.slice(runs.length / 2)) await openGate(database, runId);
  for (const runId of runs) await next.says('finished', runId);
  // They are as good as any other, and have nothing left of what they were.
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

test('fear: the machine of a process is gone without a word, and its connections keep its work (R-BASE-2)', {
  timeout: timeoutMs,
}, async () => {
  const database = await ground();
  const way = await silentWay(database.url);
  const a = await startWorkerProcess({ ...database, url: way.url }, 'a');
  const run = await aRunInTheQueue(database, { isKept: true });
  await a.says('began', run);
  const b = await startWorkerProcess(database, 'b');
  // Its connections live on the server's side, as after a power cut.
  way.silenceAll();
  a.child.kill('SIGKILL');
  await isTakenOver(database, run, 'b');
  await openGate(database, run);
  await b.says('finished', run);
  expect(await story(database, run)).toEqual(['a began (1)', 'b began (2)', 'b finished (2)']);
});

test('fear: the connections of a process go silent, and it stops for good (R-BASE-2, R-PIPE-8)', {
  timeout: timeoutMs,
}, async () => {
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
  // Nobody else was there: it has kept its own work.
  expect(await story(database, run)).toEqual(['a began (1)', 'a finished (1)']);
  expect(a.said.filter(({ event }) => event === 'lost')).toEqual([]);
});
