import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { messagesIn } from '../../durable/messages.fixture.ts';
import { systemClock } from '../../stdx/clock.ts';
import { askPlanning, planningById } from '../../store/work/plans/plannings.ts';
import { specRun } from '../../store/work/plans/running-plans.ts';
import { projectOf } from '../../store/work/projects/projects.ts';
import { recordPullRequest } from '../../store/work/pull-requests/pull-requests.ts';
import { workOrderById } from '../../store/work/work-orders/work-orders.ts';
import { defaultAssessmentPolicy } from '../policy/assessment-policy.ts';
import { approveAndRun } from './approve-and-run.ts';
import { askSpecs } from './ask-specs.ts';
import {
  addVersion,
  aPlannedSpec,
  by,
  endWith,
  orderOf,
  ordersOf,
  startedOf,
} from './planned-spec.fixture.ts';
import { startDependents } from './start-planned.ts';

const diamond = { till: ['basket', 'prices'], basket: ['shop'], prices: ['shop'], shop: [] };

async function ground() {
  const database = await testDatabase();
  return { database, deps: { database, clock: systemClock } };
}

test('R-SPEC-2: an approved plan is all its work orders, and only those that wait for nothing start', async () => {
  const { database, deps } = await ground();
  const spec = await aPlannedSpec(database, diamond);
  expect(await approveAndRun(deps, { spec: spec.slice(0, 8), version: 1, by })).toEqual({ specId: spec });
  expect(Object.keys(await ordersOf(database, spec)), 'in the order of the plan').toEqual([
    'shop',
    'basket',
    'prices',
    'till',
  ]);
  expect(await startedOf(database, spec)).toEqual(['shop']);
  expect(await messagesIn(database.query)).toHaveLength(1);
  expect(await workOrderById(database.query, await orderOf(database, spec, 'till'))).toMatchObject({
    title: 'Build till',
    status: 'pending',
    run: 0,
    waitsFor: 2,
    specId: spec,
    planKey: 'till',
    description: expect.stringContaining('- create src/till.ts (source)'),
    acceptance: 'till works (test: src/till.test.ts)',
    settings: { planned_complexity: 0.2 },
    changedBy: by,
    changedBecause: 'its plan was approved',
  });
  expect(await specRun(database.query, spec)).toMatchObject({
    runState: 'running',
    approvedVersion: 1,
    approvedBy: by,
    runChangedBy: by,
  });
});

test('R-SPEC-2: each starts when all that it depends on is completed, in the same transaction, and once', async () => {
  const { database, deps } = await ground();
  const spec = await aPlannedSpec(database, diamond);
  await approveAndRun(deps, { spec, by });
  const id = (key: string) => orderOf(database, spec, key);
  const till = async () => workOrderById(database.query, await id('till'));
  await endWith(database, await id('shop'), 'completed');
  expect(await startedOf(database, spec)).toEqual(['shop', 'basket', 'prices']);
  await endWith(database, await id('basket'), 'failed');
  await endWith(database, await id('prices'), 'completed');
  expect(await startedOf(database, spec), 'a failed one holds back what depends on it').not.toContain('till');
  expect(await till()).toMatchObject({ waitsFor: 1, status: 'pending' });
  await endWith(database, await id('prices'), 'completed');
  expect(await till(), 'the same end again').toMatchObject({ waitsFor: 1 });
});

test('R-SPEC-2: fear: an approval that is repeated, or two at once, make everything twice', async () => {
  const { database, deps } = await ground();
  const spec = await aPlannedSpec(database, diamond);
  await Promise.all([
    approveAndRun(deps, { spec, by }),
    approveAndRun(deps, { spec, version: 1, by: 'api:x' }),
  ]);
  await approveAndRun(deps, { spec, by });
  expect(Object.keys(await ordersOf(database, spec))).toHaveLength(4);
  expect(await startedOf(database, spec)).toEqual(['shop']);
});

test('R-SPEC-2: what is approved only waits for somebody to run it', async () => {
  const { database, deps } = await ground();
  const spec = await aPlannedSpec(database, { a: [], b: ['a'] });
  await approveAndRun(deps, { spec, by, mayStart: false });
  expect(await startedOf(database, spec)).toEqual([]);
  expect(await specRun(database.query, spec)).toMatchObject({ runState: 'approved' });
  await approveAndRun(deps, { spec, by });
  expect(await startedOf(database, spec)).toEqual(['a']);
});

test('R-SPEC-2: only the newest version can be approved, if it is valid, for a project that is there', async () => {
  const { database, deps } = await ground();
  const approving = (spec: string, version?: number) => approveAndRun(deps, { spec, version, by });
  const problem = { code: 'FILE_EXISTS' as const, keys: ['a'], message: 'a: src/a.ts exists.' };
  const invalid = await aPlannedSpec(database, { a: [] }, { problems: [problem] });
  await expect(approving(invalid)).rejects.toMatchObject({
    code: 'PLAN_NOT_VALID',
    message: 'Version 1 of the plan is not valid: a: src/a.ts exists.',
  });
  const old = await aPlannedSpec(database, { a: [] });
  await addVersion(database, old, { a: [], b: [] });
  await expect(approving(old, 1)).rejects.toMatchObject({ code: 'PLAN_NOT_NEWEST' });
  await approving(old, 2);
  await expect(approving(old, 1)).rejects.toMatchObject({ code: 'SPEC_APPROVED' });
  const nowhere = await aPlannedSpec(database, { a: [] }, { hasProject: false });
  await expect(approving(nowhere)).rejects.toMatchObject({ code: 'SPEC_WITHOUT_PROJECT' });
  const removed = await aPlannedSpec(database, { a: [] });
  await database.query.updateTable('projects').set({ removedAt: new Date() }).execute();
  await expect(approving(removed)).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' });
  expect(await ordersOf(database, removed), 'in each case nothing is made').toEqual({});
});

test('R-SPEC-1: what is approved is not planned or edited any more: nobody would build the later version', async () => {
  const { database, deps } = await ground();
  const spec = await aPlannedSpec(database, { a: [] });
  await approveAndRun(deps, { spec, by });
  const specs = askSpecs({ ...deps, actor: by });
  const { plan } = await specs.planOf(spec);
  await expect(specs.plan(spec)).rejects.toMatchObject({ code: 'SPEC_APPROVED' });
  await expect(specs.editPlan(spec, { plan, after: 1 })).rejects.toMatchObject({ code: 'SPEC_APPROVED' });
  expect((await specs.page({ limit: 1 })).items[0]).toMatchObject({ run_state: 'running' });
});

test('R-SPEC-5: each work order keeps what it was expected to cost when its plan was approved', async () => {
  const { database, deps } = await ground();
  const spec = await aPlannedSpec(database, { a: [] });
  await approveAndRun(
    { ...deps, settings: { current: { assessment: defaultAssessmentPolicy } } },
    { spec, by },
  );
  const a = await workOrderById(database.query, await orderOf(database, spec, 'a'));
  expect(a?.estimateLowNanoUsd).toBeGreaterThan(0n);
  expect(a?.estimateHighNanoUsd).toBeGreaterThan(a?.estimateLowNanoUsd ?? 0n);
});

test('R-SPEC-5: a work order that joins two starts when both are merged, not when they are proposed', async () => {
  const { database, deps } = await ground();
  const spec = await aPlannedSpec(database, diamond);
  await approveAndRun(deps, { spec, by });
  const { projectId } = await database.query
    .selectFrom('workOrders')
    .select('projectId')
    .executeTakeFirstOrThrow();
  for (const [at, key] of ['shop', 'basket', 'prices'].entries()) {
    const workOrderId = await orderOf(database, spec, key);
    await recordPullRequest(database.query, {
      projectId,
      workOrderId,
      number: at + 1,
      title: 't',
      body: 'b',
      headBranch: key,
      headSha: 'a'.repeat(40),
      host: 'local',
      repository: 'r',
      baseBranch: 'main',
      baseSha: 'b'.repeat(40),
      state: 'open',
      mergedSha: null,
      url: null,
      isDraft: false,
      mergeable: null,
    });
    await endWith(database, workOrderId, 'completed');
  }
  expect(await startedOf(database, spec)).toEqual(['shop', 'basket', 'prices']);
  for (const key of ['basket', 'prices']) {
    const workOrderId = await orderOf(database, spec, key);
    await database.query
      .updateTable('pullRequests')
      .set({ state: 'merged' })
      .where('workOrderId', '=', workOrderId)
      .execute();
    await database.transaction((query) => startDependents(query, workOrderId, new Date()));
  }
  expect(await startedOf(database, spec)).toContain('till');
});

test('R-SPEC-1: fear: the Architect is paid for another plan of a spec whose plan was approved meanwhile', async () => {
  const { database, deps } = await ground();
  const { query } = database;
  const spec = await aPlannedSpec(database, { a: [] });
  const { id: projectId } = await projectOf(query, '/srv/api', new Date());
  const id = randomUUID();
  await askPlanning(query, {
    id,
    specId: spec,
    projectId,
    model: 'p/a',
    limitNanoUsd: 1_000n,
    askedBy: by,
    requestedBy: by,
    runFor: by,
  });
  await approveAndRun(deps, { spec, version: 1, by });
  expect(await planningById(query, id)).toMatchObject({ state: 'cancelled', endedAt: expect.any(Date) });
});
