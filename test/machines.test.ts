import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { diagnoseMachines } from '../src/app/doctor/machines.ts';
import { machineLines } from '../src/cli/commands/system/machine.ts';
import { keepLease } from '../src/durable/lease.ts';
import { openLocks } from '../src/durable/locks.ts';
import { askMachines } from '../src/engine/views/machines.ts';
import { readProcessesOnce, readWaitingOnce } from '../src/store/connection/read-once.ts';
import type { Database } from '../src/store/database.ts';
import { updateRun } from '../src/store/work/runs/runs.ts';
import { aWorkOrderAtWork } from '../src/store/work/scratch-rows.fixture.ts';
import { testDatabase } from './database.ts';

const { signal } = new AbortController();

/** A process that runs work orders, as its row in the database describes it. */
async function aProcess(database: Database, host: string, labels: string[] = []) {
  const locks = await openLocks(database.url, { onLost: () => undefined });
  const given = { locks, executorId: `of-${host}`, host, machine: host, labels, signal };
  const lease = await keepLease({ ...given, onTakenOver: () => undefined });
  onTestFinished(() => locks.close());
  return lease;
}

async function aWaitingRun(database: Database, title: string, labels: string[]): Promise<string> {
  const { workOrderId, runId } = await aWorkOrderAtWork(database, { title, step: 'routing' });
  await updateRun(database.query, runId, { executor: null });
  await sql`update work_orders set settings = settings || ${JSON.stringify({ labels })}::jsonb
    where id = ${workOrderId}`.execute(database.query);
  return workOrderId;
}

const doctor = async ({ url }: Database) =>
  diagnoseMachines(await readProcessesOnce(url), await readWaitingOnce(url));

test('R-DIST-3: each machine is listed with its labels, its work and its state, until it has drained', async () => {
  const database = await testDatabase();
  const { machines } = askMachines({ database });
  expect(await machines()).toEqual({ items: [], untaken: [] });
  expect(machineLines(await machines())).toEqual([
    'No machine has worked in the last 24 hours; start one with `moose up`.',
  ]);
  expect(await doctor(database)).toEqual([]);
  const plain = await aProcess(database, 'alpha');
  const big = await aProcess(database, 'beta', ['gpu=yes', 'arch=arm64']);
  const { workOrderId, runId } = await aWorkOrderAtWork(database, { title: 'Train it', step: 'applying' });
  await updateRun(database.query, runId, { executor: 'of-beta' });
  const { items } = await machines();
  expect(items).toMatchObject([
    { name: 'alpha', state: 'working', labels: [], carries: [], processes: [{ pid: process.pid }] },
    {
      name: 'beta',
      state: 'working',
      labels: ['arch=arm64', 'gpu=yes'],
      carries: [{ id: workOrderId, title: 'Train it', step: 'applying' }],
    },
  ]);
  expect(machineLines({ items, untaken: [] })[2]).toMatch(/^beta .*working.* arch=arm64 gpu=yes .*Train it$/);
  expect(await doctor(database)).toMatchObject([
    { state: 'ok', found: 'alpha, beta (arch=arm64 gpu=yes)', advice: null },
  ]);

  await big.drain();
  const draining = (await machines()).items.find(({ name }) => name === 'beta');
  expect(draining).toMatchObject({ state: 'draining', processes: [{ state: 'draining' }] });
  await big.end();
  await plain.end();
  expect((await machines()).items).toMatchObject([
    { name: 'beta', state: 'drained' },
    { name: 'alpha', state: 'stopped' },
  ]);
});

test('R-DIST-3: work whose labels no running machine has is named, also by the doctor', async () => {
  const database = await testDatabase();
  const { machines } = askMachines({ database });
  await aProcess(database, 'alpha', ['arch=arm64']);
  await aWaitingRun(database, 'Build it', ['arch=arm64']);
  const id = await aWaitingRun(database, 'Train it', ['gpu=yes']);
  const found = await machines();
  expect(found.untaken).toMatchObject([
    { id, needs: ['gpu=yes'], because: 'No running machine has the label gpu=yes.' },
  ]);
  expect(machineLines(found).at(-1)).toMatch(/Train it: .*No running machine has the label gpu=yes\./);
  const [warning] = await doctor(database);
  expect(warning).toMatchObject({
    state: 'warning',
    found: '1 work order waits, and no machine can take it: No running machine has the label gpu=yes.',
  });
  expect(warning?.advice).toContain('moose worker');
  await aProcess(database, 'beta', ['gpu=yes']);
  expect((await machines()).untaken).toEqual([]);
});

test('R-DIST-3: a machine that drains takes nothing, and what every machine has left is told with its reason', async () => {
  const database = await testDatabase();
  const { machines } = askMachines({ database });
  const { runId } = await aWorkOrderAtWork(database, { step: 'routing' });
  await updateRun(database.query, runId, {
    executor: null,
    waitingFor: 'The machine alpha does not have the repository.',
    declinedSince: new Date(),
    declinedBy: ['alpha'],
    wakeAt: new Date(Date.now() + 60_000),
  });
  const because = async () => (await machines()).untaken.map((each) => each.because);
  const alpha = await aProcess(database, 'alpha');
  expect(await because()).toEqual(['The machine alpha does not have the repository.']);
  const beta = await aProcess(database, 'beta');
  expect(await because()).toEqual([]);
  await beta.drain();
  expect(await because()).toEqual(['The machine alpha does not have the repository.']);
  await alpha.end();
  expect(await because()).toEqual(['No machine is taking work: start `moose up` or `moose worker`.']);
});

test('R-DIST-3: a process that does not report is silent, and takes nothing', async () => {
  const database = await testDatabase();
  const { machines } = askMachines({ database });
  const locks = await openLocks(database.url, { onLost: () => undefined });
  const over = new AbortController();
  const given = { locks, executorId: 'frozen', host: 'alpha', signal: over.signal };
  await keepLease({ ...given, onTakenOver: () => undefined });
  over.abort();
  await sql`update executors set heartbeat_at = clock_timestamp() - interval '20 s'`.execute(database.query);
  await aWaitingRun(database, 'Waits', []);
  expect(await machines()).toMatchObject({
    items: [{ name: 'alpha', state: 'silent', labels: [] }],
    untaken: [{ title: 'Waits', because: expect.stringContaining('No machine is taking work') }],
  });
  await locks.close();
});
