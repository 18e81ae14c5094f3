// A worker that is asked to stop lets the step in progress finish, hands its run back and takes nothing new (R-DIST-3).
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { parseCheck } from '../../src/engine/workplace/checks/parse-check.ts';
import { createFarm, type Farm } from './farm.fixture.ts';
import type { MooseProcess } from './moose-process.ts';

const minuteMs = 60_000;
let farm: Farm;

beforeAll(async () => {
  farm = await createFarm(1);
  await mkdir(join(farm.root, 'gates'));
});
afterAll(() => farm?.close());

/** A worker whose newest work order runs this check now. */
async function atCheck(command: string, drain: string): Promise<MooseProcess> {
  const moose = await farm.start({ MOOSE_DRAIN: drain });
  onTestFinished(() => moose.kill());
  await farm.submit(1, { checks: [parseCheck(`test=${command}`)] });
  await expect.poll(checksOf).toEqual([{ state: 'running' }]);
  return moose;
}

const checksOf = () =>
  farm.database.query
    .selectFrom('sessions')
    .innerJoin('runs', 'runs.id', 'sessions.runId')
    .select('sessions.state')
    .where('purpose', '=', 'check')
    .where('runs.state', '=', 'running')
    .execute();

const draining = async () => {
  const executors = farm.database.query.selectFrom('executors').select('id');
  return (await executors.where('drainingSince', 'is not', null).execute()).length;
};

const newestRun = () =>
  farm.database.query
    .selectFrom('runs')
    .innerJoin('workOrders', 'workOrders.id', 'runs.workOrderId')
    .select(['runs.id', 'runs.executor', 'runs.state', 'runs.starts', 'workOrders.step'])
    .orderBy('runs.createdAt', 'desc')
    .executeTakeFirstOrThrow();

test('R-DIST-3: a drained worker finishes its step, takes no new work, exits with 0, and another one goes on', async () => {
  const gate = join(farm.root, 'gates', 'open');
  const moose = await atCheck(`until test -e ${gate}; do sleep 0.1; done`, '60s');
  const stopping = moose.stop();
  await expect.poll(draining).toBe(1);
  await farm.submit(1);
  await writeFile(gate, '');
  await stopping;
  expect(moose.exitCode(), moose.stderr()).toBe(0);
  expect(await farm.open()).toBe(2);
  expect(await newestRun()).toMatchObject({ state: 'running', executor: null, step: null });
  const checked = await checksOf();
  expect(checked.map(({ state }) => state)).not.toContain('running');
  const kinds = await farm.database.query.selectFrom('workOrderEvents').select(['kind', 'reason']).execute();
  expect(kinds.filter(({ kind }) => kind === 'left_to_others')).toMatchObject([
    { reason: expect.stringContaining('takes no new work') },
  ]);
  const next = await farm.start();
  onTestFinished(() => next.kill());
  await farm.finished([next], minuteMs);
  const checks = await farm.database.query
    .selectFrom('sessions')
    .select('state')
    .where('purpose', '=', 'check')
    .where('name', '=', '1-test')
    .execute();
  // The check that had finished is not repeated: one for each work order.
  expect(checks).toHaveLength(2);
});

test('R-DIST-3: a step that does not finish in time is left to the next Moose, and the worker still exits with 0', async () => {
  const moose = await atCheck('sleep 20', '1s');
  const startedMs = performance.now();
  await moose.stop();
  expect(moose.exitCode(), moose.stderr()).toBe(0);
  expect(performance.now() - startedMs).toBeLessThan(15_000);
  expect(await checksOf()).toMatchObject([{ state: 'running' }]);
  expect(await newestRun()).toMatchObject({ state: 'running', step: 'verifying' });
});
