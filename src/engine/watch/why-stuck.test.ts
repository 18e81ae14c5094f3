import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import type { Database } from '../../store/database.ts';
import { updateRun } from '../../store/work/runs/runs.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { changeWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { awaitingCi } from '../sentinel/next/followed.fixture.ts';
import { aLivingExecutor, anAgent, hourMs, limits, workUnderWay } from './stuck.fixture.ts';
import { findStuck, stuckWorkOrders } from './stuck-work-orders.ts';

const find = (database: Database, now: Date) => database.run((query) => findStuck(query, limits, now));

test.each<[string, (database: Database) => Promise<unknown>, RegExp, RegExp]>([
  [
    'nobody is there',
    async (database) => workUnderWay(database),
    /^No Moose process is running\.$/,
    /moose up/,
  ],
  [
    'nobody takes it up',
    async (database) => {
      await aLivingExecutor(database);
      const { runId } = await aWorkOrderAtWork(database, { step: 'routing' });
      await workUnderWay(database, { title: 'other', repositoryPath: '/srv/other' });
      await updateRun(database.query, runId, { executor: null });
    },
    /^It waits in the queue behind 1 run that the only Moose process carries\.$/,
    /MOOSE_RUNS_MAX/,
  ],
  [
    'its process is dead',
    async (database) => {
      await aLivingExecutor(database);
      await workUnderWay(database, { executor: 'dead' });
    },
    /^The process that ran it is dead, and none of the 1 live ones has taken it over\.$/,
    /^Restart Moose/,
  ],
  [
    'a living process makes nothing of it',
    async (database) => {
      await aLivingExecutor(database);
      await workUnderWay(database, { step: 'generating' });
    },
    /^A live process runs it at generating but makes no progress\.$/,
    /moose logs/,
  ],
  [
    'it waits for CI, without a run',
    async (database) => {
      await aLivingExecutor(database);
      await awaitingCi(database);
    },
    /^It waits for its pull request: CI\.$/,
    /checks on the forge/,
  ],
  [
    'it waits for another try',
    async (database) => {
      await aLivingExecutor(database);
      const { runId } = await workUnderWay(database, { step: 'generating', executor: 'gone' });
      const wakeAt = new Date(Date.now() + 9 * hourMs);
      await updateRun(database.query, runId, { wakeAt, waitingFor: 'the provider is busy' });
    },
    /^It waits until \d{4}-\S+Z to retry generating: the provider is busy\.$/,
    /automatically/,
  ],
  [
    'the machine has no room',
    async (database) => {
      await aLivingExecutor(database);
      const { runId } = await workUnderWay(database);
      await updateRun(database.query, runId, {
        waitingFor: 'This machine is under pressure: only 1 MiB free.',
      });
    },
    /^This machine is under pressure: only 1 MiB free\.$/,
    /automatically/,
  ],
])('R-PIPE-13: %s: that is the answer', async (_, arrange, why, unblock) => {
  const database = await testDatabase();
  await arrange(database);
  const found = await find(database, new Date(Date.now() + 3 * hourMs));
  expect(found.map((one) => one.why)).toContainEqual(expect.stringMatching(why));
  expect(found.find((one) => why.test(one.why))?.unblock).toMatch(unblock);
});

test('all places of its project are taken: that is the answer', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const busy = await workUnderWay(database, { title: 'busy' });
  await anAgent(database, busy, 'exec sleep 600');
  await workUnderWay(database, { title: 'waits' });
  const tight = { ...limits, projectSlotsMax: 1 };
  const found = await database.run((query) => findStuck(query, tight, new Date(Date.now() + 3 * hourMs)));
  expect(found.find(({ work }) => work.title === 'waits')).toMatchObject({
    why: 'All 1 slots of the project api are taken.',
    unblock: expect.stringContaining('MOOSE_PROJECT_SLOTS'),
  });
});

test('R-REC-6: a pause for an outage is explained from the second hour on, and an alarm only after a day', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const { runId } = await workUnderWay(database, { step: 'generating' });
  await updateRun(database.query, runId, { pausedBy: 'provider:anthropic', waitingFor: 'It is overloaded' });
  const at = (hours: number) => new Date(Date.now() + hours * hourMs);
  const [early] = await find(database, at(5));
  expect(early).toMatchObject({
    isStuck: false,
    why: 'It is paused until the provider anthropic works again: It is overloaded.',
    unblock: expect.stringContaining('moose circuits'),
  });
  expect(await database.run((query) => stuckWorkOrders(query, limits, at(5)))).toEqual([]);
  expect(await database.run((query) => stuckWorkOrders(query, limits, at(25)))).toHaveLength(1);
});

test('an undo that does not get on is stuck, though its work order is over', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const { workOrderId, runId } = await workUnderWay(database);
  const change = { stepState: 'done', changedBy: 'moose:alive', changedBecause: 'x' } as const;
  await changeWorkOrder(database.query, workOrderId, {}, { ...change, status: 'failed' });
  await updateRun(database.query, runId, { kind: 'undo' });
  const [stuck] = await find(database, new Date(Date.now() + 4 * hourMs));
  expect(stuck).toMatchObject({ isStuck: true, lastProgress: null });
});
