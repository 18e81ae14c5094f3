// What people are told while the process that carries out their work does not respond.

import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import type { Database } from '../../store/database.ts';
import { announceChannels } from '../../store/failures/outbox.ts';
import { beatSql } from '../../store/work/runs/executors.ts';
import { listedByIds } from '../../store/work/work-orders/work-order-lists.ts';
import { ifDue } from '../background/jobs/if-due.fixture.ts';
import { healthOf } from '../views/health.ts';
import { viewWorkOrders } from '../views/work-order/work-order-view.ts';
import { silentProcessesJob } from './silent-processes-job.ts';
import { aLivingExecutor, anAgent, limits, workUnderWay } from './stuck.fixture.ts';
import { findStuck } from './stuck-work-orders.ts';

const never = new AbortController().signal;

/** Makes a process look suspended: its connections are alive, but it does not respond. */
async function silence(database: Database, executorId: string, seconds: number): Promise<void> {
  await sql`update executors set heartbeat_at = clock_timestamp() - ${seconds} * interval '1 second'
    where id = ${executorId}`.execute(database.query);
}

async function ground() {
  const database = await testDatabase();
  const locks = await aLivingExecutor(database, 'frozen');
  const beat = () => locks.ask(beatSql, ['frozen', 'alpha', process.pid, '', [], false, null, null, null]);
  const work = await workUnderWay(database, { executor: 'frozen' });
  await anAgent(database, work, 'exec sleep 600');
  await beat();
  const told = async () => {
    const [order] = await database.run((query) => listedByIds(query, [work.workOrderId]));
    const [view] = order ? await viewWorkOrders(database, [order], new Date()) : [];
    const stuck = await database.run((query) => findStuck(query, limits, new Date()));
    const health = await database.run((query) => healthOf(query, limits, new Date()));
    return { explain: view?.explain ?? '', stuck, health };
  };
  return { database, beat, told };
}
const alerts = (database: Database) =>
  database.query.selectFrom('systemAlerts').select(['message', 'resolvedAt']).execute();

test('fear: a process is suspended, and its work is reported as making progress (R-PIPE-13, R-UI-3)', async () => {
  const { database, beat, told } = await ground();
  const job = ifDue(database, silentProcessesJob(database));
  const before = await told();
  expect(before.explain).toMatch(/agent patch has been running/);
  expect(before.stuck).toEqual([]);
  expect(before.health.executors).toBe(1);
  await job.run(never);
  expect(await alerts(database)).toEqual([]);

  await silence(database, 'frozen', 20);
  const during = await told();
  expect(during.health.executors).toBe(0);
  expect(during.explain).toMatch(/but the process on alpha that runs it has not responded since/);
  expect(during.explain).not.toMatch(/time limit ends|moose cancel/);
  expect(during.stuck).toMatchObject([
    { isStuck: true, why: expect.stringMatching(/on alpha .* not responded since/) },
  ]);
  await job.run(never);
  await job.run(never);
  expect(await alerts(database)).toMatchObject([
    { message: expect.stringMatching(/on alpha has not responded since/), resolvedAt: null },
  ]);

  await beat();
  const after = await told();
  expect(after.explain).toMatch(/agent patch has been running/);
  expect(after.stuck).toEqual([]);
  expect(after.health.executors).toBe(1);
  await job.run(never);
  expect(await alerts(database)).toMatchObject([{ resolvedAt: expect.any(Date) }]);
});

test('R-ESC-5: fear: a process stops responding at night, and no channel is notified', async () => {
  const { database } = await ground();
  const { query } = database;
  await announceChannels(query, ['slack'], 'test');
  const job = ifDue(database, silentProcessesJob(database));
  await silence(database, 'frozen', 20);
  await job.run(never);
  await job.run(never);
  expect(await query.selectFrom('outbox').select(['kind', 'channel']).execute()).toEqual([
    { kind: 'alert.raised', channel: 'slack' },
  ]);
});
