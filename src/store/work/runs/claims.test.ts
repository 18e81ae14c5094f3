import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import type { RunId } from '../../../domain/ids.ts';
import type { Database } from '../../database.ts';
import { aWorkOrderAtWork, type Scratch, theWorkOrder } from '../scratch-rows.fixture.ts';
import { changeWorkOrder } from '../work-orders/work-orders.ts';
import { claimPlain, runsStanding } from './claims.ts';
import { claimRun, runById, updateRun } from './runs.ts';

const shared = sharedDatabase();

const claim = (database: Database, ids: readonly RunId[], leg = 0) =>
  database.transaction((query) =>
    claimPlain(
      query,
      ids.map((runId) => ({ runId, leg, executor: 'b' })),
      ['routing', 'tracking'],
    ),
  );

async function pending(database: Database): Promise<Scratch> {
  const made = await aWorkOrderAtWork(database);
  // As `submit` leaves it.
  await sql`alter table work_orders disable trigger user`.execute(database.query);
  await sql`update work_orders set status = 'pending', step = null, step_state = null
    where id = ${made.workOrderId}`.execute(database.query);
  await sql`alter table work_orders enable trigger user`.execute(database.query);
  return made;
}

test('many runs are taken up together as one alone would be: fenced, counted, and begun if nobody has', async () => {
  const database = shared();
  const fresh = await pending(database);
  const light = await aWorkOrderAtWork(database, { step: 'routing' });
  const heavy = await aWorkOrderAtWork(database, { step: 'verifying' });
  await updateRun(database.query, heavy.runId, {
    pausedBy: 'model:p/a',
    pausedAt: new Date(),
    wakeAt: new Date(),
    declinedBy: ['there'],
    declinedSince: new Date(),
    declines: 3,
  });
  await claimRun(database.query, light.runId, 'a');
  const ids = [fresh, light, heavy].map(({ runId }) => runId);
  const taken = await claim(database, ids);
  expect(new Set(taken.keys())).toEqual(new Set(ids));
  const seen = (runId: RunId) => {
    const { run, order, project } = taken.get(runId) ?? {};
    return [run?.fence, run?.executor, run?.starts, order?.status, order?.step, project?.id];
  };
  const project = fresh.projectId;
  expect(seen(fresh.runId)).toEqual([1, 'b', 1, 'in_progress', 'routing', project]);
  expect(seen(light.runId)).toEqual([2, 'b', 1, 'in_progress', 'routing', project]);
  expect(seen(heavy.runId)).toEqual([1, 'b', 0, 'in_progress', 'verifying', project]);
  expect(taken.get(heavy.runId)?.run).toMatchObject({ pausedBy: null, wakeAt: null, declines: 0 });
  expect((await runById(database.query, heavy.runId))?.declinedBy).toEqual([]);
  expect(await theWorkOrder(database, fresh.workOrderId)).toMatchObject({
    changedBy: 'moose:b',
    changedBecause: 'taken up',
  });
});

test('R-BASE-2: a run that another living process has is not taken up, alone or with others', async () => {
  const database = shared();
  const { runId } = await aWorkOrderAtWork(database);
  await sql`insert into executors (id, host, pid, machine, lock_backend) values ('living', 'x', 1, '', 0)`.execute(
    database.query,
  );
  await updateRun(database.query, runId, { executor: 'living' });
  expect(await claim(database, [runId])).toEqual(new Map());
  expect(await claimRun(database.query, runId, 'b', 0)).toBeUndefined();
  // It has dropped the run, and takes it up again.
  expect(await claimRun(database.query, runId, 'living', 0)).toMatchObject({ fence: 1 });
  await sql`update executors set taken_over_at = now() where id = 'living'`.execute(database.query);
  expect([...(await claim(database, [runId])).keys()]).toEqual([runId]);
});

test('fear: what needs more than a claim, or belongs to another leg, is claimed with the rest', async () => {
  const database = shared();
  const plain = await aWorkOrderAtWork(database);
  const held = await aWorkOrderAtWork(database);
  const cancelled = await aWorkOrderAtWork(database);
  const ended = await aWorkOrderAtWork(database);
  const undone = await aWorkOrderAtWork(database);
  const laterLeg = await aWorkOrderAtWork(database);
  const set = (id: Scratch, change: object) =>
    changeWorkOrder(
      database.query,
      id.workOrderId,
      {},
      { ...change, changedBy: 'human:a', changedBecause: 'a' },
    );
  await set(held, { heldBy: 'human:a', heldAt: new Date() });
  await set(cancelled, { cancelRequestedAt: new Date() });
  await updateRun(database.query, ended.runId, { state: 'ended', endedAt: new Date() });
  await updateRun(database.query, undone.runId, { kind: 'undo', firstStep: null });
  await updateRun(database.query, laterLeg.runId, { leg: 1 });
  const others = [held, cancelled, ended, undone, laterLeg];
  const taken = await claim(
    database,
    [...others, plain].map(({ runId }) => runId),
  );
  expect([...taken.keys()]).toEqual([plain.runId]);
  for (const { runId } of others)
    expect(await runById(database.query, runId)).toMatchObject({ fence: 0, executor: null, starts: 0 });
});

test('fear: one locked run or work order makes all others wait', async () => {
  const database = shared();
  const free = await aWorkOrderAtWork(database);
  const lockedRun = await aWorkOrderAtWork(database);
  const lockedOrder = await aWorkOrderAtWork(database);
  await database.transaction(async (query) => {
    await claimRun(query, lockedRun.runId, 'a');
    await sql`select from work_orders where id = ${lockedOrder.workOrderId} for update`.execute(query);
    // Would wait for this transaction forever.
    const taken = await claim(
      database,
      [free, lockedRun, lockedOrder].map(({ runId }) => runId),
    );
    expect([...taken.keys()]).toEqual([free.runId]);
  });
  expect(await runById(database.query, lockedRun.runId)).toMatchObject({ fence: 1, executor: 'a' });
});

test('fear: two processes take up the same runs at the same time, and a fence is given twice', async () => {
  const database = shared();
  const ids: RunId[] = [];
  for (let n = 0; n < 20; n++) ids.push((await aWorkOrderAtWork(database)).runId);
  const rounds = await Promise.all(Array.from({ length: 6 }, () => claim(database, ids)));
  for (const id of ids) {
    const given = rounds.flatMap((taken) => taken.get(id)?.run.fence ?? []);
    expect(new Set(given).size).toBe(given.length);
    expect((await runById(database.query, id))?.fence).toBe(given.length);
  }
});

test('runs that do not exist are left out', async () => {
  const database = shared();
  const { runId, workOrderId, projectId } = await aWorkOrderAtWork(database);
  const nobody = '01980000-0000-7000-8000-000000000000' as RunId;
  const found = await runsStanding(database.query, [runId, nobody]);
  expect([...found.keys()]).toEqual([runId]);
  expect(found.get(runId)).toMatchObject({ order: { id: workOrderId }, project: { id: projectId } });
  expect((await claim(database, [nobody])).size).toBe(0);
});
