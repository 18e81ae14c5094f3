import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../test/database.ts';
import type { Database } from '../store/database.ts';
import { updateRun } from '../store/work/runs/runs.ts';
import { aWorkOrderAtWork } from '../store/work/scratch-rows.fixture.ts';
import { executorLock, keepLease, takeOverFromTheSilent } from './lease.ts';
import { type Locks, openLocks } from './locks.ts';
import { messagesIn } from './messages.fixture.ts';
import { longWithoutNews } from './take-over.fixture.ts';

const program = fileURLToPath(new URL('./take-over.fixture.ts', import.meta.url));

async function lockedBy(database: Database, executorId: string): Promise<Locks> {
  const locks = await openLocks(database.url, { onLost: () => undefined });
  onTestFinished(() => locks.close());
  await locks.tryLock(executorLock(executorId));
  return locks;
}

/** It has reported once. */
async function freeze(database: Database, executorId: string): Promise<void> {
  const locks = await lockedBy(database, executorId);
  const signal = AbortSignal.abort();
  await keepLease({ locks, executorId, host: 'here', signal, onTakenOver: () => undefined });
}

test('fear: a process is killed while it takes over from a frozen one, whose work nobody else takes up (R-BASE-2)', async () => {
  const database = await testDatabase();
  await freeze(database, 'frozen');
  const { runId } = await aWorkOrderAtWork(database);
  await updateRun(database.query, runId, { executor: 'frozen' });
  const killed = spawn(process.execPath, [program, database.url], { stdio: ['ignore', 'ignore', 'inherit'] });
  onTestFinished(() => void killed.kill('SIGKILL'));
  expect(await once(killed, 'exit')).toEqual([null, 'SIGKILL']);
  const taken: number[] = [];
  const next = {
    database,
    executorId: 'next',
    locks: await lockedBy(database, 'next'),
    logger: pino({ level: 'silent' }),
    signal: new AbortController().signal,
    onTookOver: (runs: number) => taken.push(runs),
  };
  const { listener, others } = await longWithoutNews(database, 'next');
  await takeOverFromTheSilent(next, listener, others);
  expect(taken).toEqual([1]);
  expect(await messagesIn(database.query)).toEqual([`${runId}:0`]);
  // Once is enough.
  await takeOverFromTheSilent(next, listener, others);
  expect(taken).toEqual([1]);
});
