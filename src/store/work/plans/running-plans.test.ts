import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { newId, type WorkOrderId } from '../../../domain/ids.ts';
import { planned, planOf } from '../../../domain/plan/plan.fixture.ts';
import type { Database } from '../../database.ts';
import { projectOf } from '../projects/projects.ts';
import { addPlan } from './plannings.ts';
import {
  approveSpec,
  changeSpecRun,
  graphOf,
  insertPlanned,
  leftBehind,
  lockSpecRun,
  markStarted,
  meetDependencies,
  readyWorkOrders,
  specRun,
} from './running-plans.ts';
import { addSpec } from './specs.ts';

const by = 'human:ada';

/** A spec with an approved plan: `edges` lists the dependencies of each work order. */
async function aGraph(database: Database, edges: Record<string, string[]>) {
  const { query } = database;
  const specId = randomUUID();
  const now = new Date();
  const project = await projectOf(query, '/srv/api', now);
  await addSpec(query, {
    id: specId,
    projectId: project.id,
    name: 'Shop',
    content: 'a',
    estimate: {},
    createdBy: by,
  });
  const plan = planOf(Object.keys(edges).map((key) => planned(key)));
  await addPlan(query, {
    id: randomUUID(),
    specId,
    plan,
    problems: [],
    planningId: null,
    madeBy: by,
    because: 'x',
  });
  await approveSpec(query, specId, { version: 1, by, at: now });
  await changeSpecRun(query, specId, 'approved', { to: 'running', by, at: now });
  const ids = Object.fromEntries(
    Object.keys(edges).map((key, at) => [key, newId<WorkOrderId>(new Date(now.getTime() + at))]),
  ) as Record<string, WorkOrderId>;
  const of = (key: string) => ids[key] ?? expect.fail(key);
  const rows = Object.entries(edges).map(([planKey, on]) => ({
    id: of(planKey),
    projectId: project.id,
    title: planKey,
    timeLimitMs: 1_000,
    changedBy: by,
    specId,
    planKey,
    waitsFor: on.length,
  }));
  const dependencies = Object.entries(edges).flatMap(([key, on]) =>
    on.map((other) => ({ workOrderId: of(key), dependsOn: of(other), how: 'branch' as const })),
  );
  await insertPlanned(query, rows, dependencies);
  return { specId, of };
}

test('R-SPEC-2: a work order may start once all that it depends on is there, and is returned once', async () => {
  const database = await testDatabase();
  const { query } = database;
  const { specId, of } = await aGraph(database, { a: [], b: [], c: ['a', 'b'], d: ['c'] });
  expect(await readyWorkOrders(query, specId)).toEqual([of('a'), of('b')]);
  expect(await meetDependencies(query, of('a'))).toEqual([]);
  expect(await meetDependencies(query, of('a')), 'the same again').toEqual([]);
  expect((await graphOf(query, specId))[2]).toEqual({
    id: of('c'),
    planKey: 'c',
    dependsOn: [of('a'), of('b')],
    waitsOn: [of('b')],
  });
  expect(await meetDependencies(query, of('b'))).toEqual([of('c')]);
  expect(await markStarted(query, [of('c'), of('d')], by), 'd still waits for c').toEqual([of('c')]);
  expect(await markStarted(query, [of('c')], by)).toEqual([]);
});

test('R-SPEC-2: two that end at the same moment free what waits for both of them, once', async () => {
  const database = await testDatabase();
  const { of } = await aGraph(database, { a: [], b: [], c: ['a', 'b'] });
  const freed = await Promise.all(
    ['a', 'b'].map((key) => database.transaction((query) => meetDependencies(query, of(key)))),
  );
  expect(freed.flat()).toEqual([of('c')]);
});

test('R-SPEC-2: fear: what becomes ready while its spec is being resumed is started by nobody', async () => {
  const database = await testDatabase();
  const { specId, of } = await aGraph(database, { a: [], b: ['a'] });
  const change = { by, at: new Date() };
  await changeSpecRun(database.query, specId, 'running', { to: 'paused', ...change });
  expect(await database.transaction((query) => meetDependencies(query, of('a')))).toEqual([]);
  expect(await readyWorkOrders(database.query, specId)).toEqual([of('a'), of('b')]);
  const other = await aGraph(database, { a: [], b: ['a'] });
  await changeSpecRun(database.query, other.specId, 'running', { to: 'paused', ...change });
  let met: Promise<WorkOrderId[]> | undefined;
  const seen = await database.transaction(async (query) => {
    await lockSpecRun(query, other.specId);
    await changeSpecRun(query, other.specId, 'paused', { to: 'running', ...change });
    // It waits for this transaction, and then sees that the spec is running.
    met = database.transaction((concurrent) => meetDependencies(concurrent, other.of('a')));
    return readyWorkOrders(query, other.specId);
  });
  expect([...seen, ...((await met) ?? [])]).toEqual([other.of('a'), other.of('b')]);
});

test('R-SPEC-2: the database refuses a key that a plan has already, and half an approval', async () => {
  const database = await testDatabase();
  const { query } = database;
  const { specId, of } = await aGraph(database, { a: [] });
  expect(await specRun(query, specId)).toMatchObject({ runState: 'running', approvedVersion: 1 });
  const { projectId } = await query.selectFrom('workOrders').select('projectId').executeTakeFirstOrThrow();
  const twice = { id: newId<WorkOrderId>(new Date()), projectId, title: 'x', timeLimitMs: 1, changedBy: by };
  await expect(insertPlanned(query, [{ ...twice, specId, planKey: 'a' }], [])).rejects.toMatchObject({
    message: expect.stringContaining('work_orders_plan_key'),
  });
  await expect(
    query.updateTable('specs').set({ approvedBy: null }).where('id', '=', specId).execute(),
  ).rejects.toMatchObject({ message: expect.stringContaining('specs_approved_check') });
  await expect(
    insertPlanned(query, [twice], [{ workOrderId: twice.id, dependsOn: twice.id, how: 'branch' }]),
  ).rejects.toMatchObject({ message: expect.stringContaining('work_order_dependencies') });
  expect(await changeSpecRun(query, specId, 'paused', { to: 'running', by, at: new Date() })).toBe(false);
  expect(of('a')).toBeDefined();
});

test('R-SPEC-2: fear: the job that looks for what was left behind reads every dependency that was ever met', async () => {
  const database = await testDatabase();
  await aGraph(database, { a: [], b: ['a'] });
  expect(await leftBehind(database.query)).toMatchObject({ completed: [] });
  const plan = await database.transaction(async (query) => {
    // The planner prefers a scan while a table is small.
    await sql`set local enable_seqscan = off`.execute(query);
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain select d.work_order_id
      from work_order_dependencies d where d.met_at is null and d.depends_on is not null`.execute(query);
    return JSON.stringify(rows);
  });
  expect(plan).toContain('work_order_dependencies_unmet');
});
