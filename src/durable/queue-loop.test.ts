import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import {
  aRunInTheQueue,
  prepareWork,
  type ScratchWorker,
  startWorkerProcess,
} from './scratch-workers.fixture.ts';

const timeoutMs = 180_000;
const hourMs = 3_600_000;

async function moveClock(worker: ScratchWorker, ms: number): Promise<void> {
  worker.child.stdin?.write(`clock ${ms}\n`);
  await worker.says(`clock ${ms}`);
}

test('fear: the clock runs an hour ahead, work starts, the clock is set back, and work still starts', {
  timeout: timeoutMs,
}, async () => {
  const database = await testDatabase();
  await prepareWork(database);
  const worker = await startWorkerProcess(database, 'a');
  for (const ms of [hourMs, 0, -hourMs, 0]) {
    await moveClock(worker, ms);
    const runs = [await aRunInTheQueue(database), await aRunInTheQueue(database, { delayMs: 1_000 })];
    for (const runId of runs) await worker.says('finished', runId);
  }
  worker.child.stdin?.end('close\n');
  expect(await worker.gone).toBe(0);
});

test('fear: a process whose clock is an hour behind starts delayed work by the clock of the database', {
  timeout: timeoutMs,
}, async () => {
  const database = await testDatabase();
  await prepareWork(database);
  const worker = await startWorkerProcess(database, 'a');
  await moveClock(worker, -hourMs);
  const delayed = await aRunInTheQueue(database, { delayMs: 300 });
  await worker.says('finished', delayed);
  const { rows } = await sql<{ ms: number }>`select extract(epoch from l.at - r.created_at) * 1000 as ms
    from work_log l join runs r on r.id = l.run_id where what = 'began'`.execute(database.query);
  expect(Number(rows[0]?.ms)).toBeGreaterThanOrEqual(300);
});
