import fc from 'fast-check';
import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import type { ProjectId, WorkOrderId } from '../../domain/ids.ts';
import { createLearnerRecord } from '../../domain/learning/learner-record.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { readLearner, rebuiltRecord } from './keep-learner.ts';
import { reportToLearner, type Told } from './report-to-learner.ts';

const shared = sharedDatabase();
const arms = ['patch:p/light#1', 'patch:p/strong#1', 'codex:p/strong#1'];

let projects = 0;
const aProject = () => `/srv/learner-${++projects}`;

async function anOrder(repositoryPath = aProject()): Promise<{ id: WorkOrderId; projectId: ProjectId }> {
  const { workOrderId, projectId } = await aWorkOrderAtWork(shared(), { repositoryPath });
  return { id: workOrderId, projectId };
}

const report = (told: Told) => shared().transaction((query) => reportToLearner(query, told));
const known = (projectId: ProjectId) => readLearner(shared().query, projectId);
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

const first = { try: 1, arm: arms[0] as string };

test('R-LRN-4: an outcome changes what is known of its arm, and its cost what the arm costs', async () => {
  const { id, projectId } = await anOrder();
  expect(await report({ workOrderId: id, ...first, status: 'failure', costNanoUsd: 200_000_000n })).toBe(
    true,
  );
  expect(
    await report({ workOrderId: id, try: 2, arm: arms[1] as string, status: 'success', costNanoUsd: 1n }),
  ).toBe(true);
  const { learner, spentUsd } = await known(projectId);
  expect(learner.tasksSeen).toBe(1);
  expect(learner.arms.map(({ arm, trials }) => [arm, trials])).toEqual([
    [arms[0], 1],
    [arms[1], 1],
  ]);
  expect(spentUsd).toBeCloseTo(0.2, 6);
});

test('fear: an outcome that is told twice, or by two processes at once, counts twice', async () => {
  const { id, projectId } = await anOrder();
  const told: Told = { workOrderId: id, ...first, status: 'failure', costNanoUsd: 5n };
  const answers = await Promise.all(Array.from({ length: 6 }, () => report(told)));
  expect(answers.filter(Boolean)).toHaveLength(1);
  expect(await report({ ...told, status: 'success' })).toBe(false);
  expect((await known(projectId)).learner.arms[0]?.trials).toBe(1);
});

test('fear: of two processes that report two work orders at once, one overwrites what the other reported', async () => {
  const path = aProject();
  const orders = await Promise.all(Array.from({ length: 8 }, () => anOrder(path)));
  const answers = await Promise.all(
    orders.map(({ id }) => report({ workOrderId: id, ...first, status: 'success', costNanoUsd: 1n })),
  );
  expect(answers).toEqual(orders.map(() => true));
  const { learner } = await known(orders[0]?.projectId as ProjectId);
  expect(learner.arms[0]?.trials).toBe(8);
});

test('R-LRN-4: a fault of the provider does not count against a model', async () => {
  const { id, projectId } = await anOrder();
  await report({ workOrderId: id, ...first, status: 'provider_fault', costNanoUsd: 0n });
  const { learner } = await known(projectId);
  expect(learner.tasksSeen).toBe(0);
  expect(learner.arms[0]).toMatchObject({ trials: 0, kinds: [] });
});

test('R-LRN-4: a correction counts once, may be taken back, and says nothing about a failure', async () => {
  const { id, projectId } = await anOrder();
  const correct = (status: 'did not hold' | 'held after all') =>
    report({ workOrderId: id, ...first, status });
  expect(await correct('did not hold')).toBe(false);
  await report({ workOrderId: id, ...first, status: 'success', costNanoUsd: 1n });
  const held = (await known(projectId)).learner.arms[0]?.held ?? 0;
  expect(await correct('held after all')).toBe(false);
  expect(await correct('did not hold')).toBe(true);
  expect(await correct('did not hold')).toBe(false);
  expect((await known(projectId)).learner.arms[0]?.held).toBeLessThan(held);
  expect(await correct('held after all')).toBe(true);
  expect((await known(projectId)).learner.arms[0]?.held).toBeCloseTo(held, 6);
});

test('the cost of a try is what the work order has cost since its last try', async () => {
  const { id, projectId } = await anOrder();
  const costs = async (nanoUsd: bigint) =>
    shared().query.updateTable('workOrders').set({ costNanoUsd: nanoUsd }).where('id', '=', id).execute();
  await costs(1_000_000_000n);
  await report({ workOrderId: id, ...first, status: 'failure' });
  await costs(1_500_000_000n);
  await report({ workOrderId: id, try: 2, arm: arms[1] as string, status: 'success' });
  expect((await known(projectId)).learner.arms.map(({ cost }) => cost.sum)).toEqual([
    expect.closeTo(1, 1),
    0.5,
  ]);
});

test('a project that does not learn is told nothing', async () => {
  const { id, projectId } = await anOrder();
  await shared()
    .query.updateTable('projects')
    .set({ settings: JSON.stringify({ learning: 'off' }) })
    .where('id', '=', projectId)
    .execute();
  expect(await report({ workOrderId: id, ...first, status: 'success' })).toBe(false);
  expect((await known(projectId)).learner.arms).toEqual([]);
});

test('R-LRN-1: fear: a refused event, or a state that cannot be read, stops the work', async () => {
  const { id, projectId } = await anOrder();
  const { query } = shared();
  const told: Told = { workOrderId: id, ...first, status: 'success', costNanoUsd: 1n };
  await sql`alter table learner_events add constraint refused check (arm <> ${sql.lit(first.arm)}) not valid`.execute(
    query,
  );
  try {
    expect(await report(told)).toBe(false);
  } finally {
    await sql`alter table learner_events drop constraint refused`.execute(query);
  }
  const { learner, ...rest } = createLearnerRecord();
  const state = JSON.stringify({ ...rest, learner: { ...learner, arms: [{}] } });
  await query.insertInto('learners').values({ projectId, state }).execute();
  expect(await report(told)).toBe(false);
  const errors = await query
    .selectFrom('errorEvents')
    .select('errorType')
    .where('workOrderId', '=', id)
    .execute();
  expect(errors).toEqual([{ errorType: 'LEARNER_NOT_TOLD' }, { errorType: 'LEARNER_NOT_TOLD' }]);
});

test('fear: the state made again from its events is another one', async () => {
  const tries = fc.array(
    fc.record({
      order: fc.nat(3),
      arm: fc.constantFrom(...arms),
      status: fc.constantFrom('success', 'failure', 'provider_fault', 'did not hold', 'held after all'),
      costNanoUsd: fc.bigInt(0n, 3_000_000_000n),
    }),
    { maxLength: 14 },
  );
  await fc.assert(
    fc.asyncProperty(tries, async (given) => {
      const path = aProject();
      const orders = await Promise.all([anOrder(path), anOrder(path), anOrder(path), anOrder(path)]);
      const counts = [0, 0, 0, 0];
      for (const { order, arm, status, costNanoUsd } of given) {
        const workOrderId = orders[order]?.id as WorkOrderId;
        if (status === 'did not hold' || status === 'held after all')
          await report({ workOrderId, try: counts[order] || 1, arm, status });
        else {
          counts[order] = (counts[order] ?? 0) + 1;
          const told = { workOrderId, try: counts[order] ?? 1, arm, costNanoUsd };
          await report({ ...told, status: status as 'success' });
        }
      }
      const { projectId } = orders[0] as { projectId: ProjectId };
      const { query } = shared();
      expect(plain(await rebuiltRecord(query, projectId))).toEqual(plain(await known(projectId)));
    }),
    { numRuns: 25 },
  );
});

test('a state that another version has made is made again from its events', async () => {
  const { id, projectId } = await anOrder();
  await report({ workOrderId: id, ...first, status: 'success', costNanoUsd: 1n });
  const before = await known(projectId);
  const other = JSON.stringify({ ...before, shape: 'other', learner: { version: 0 } });
  await shared()
    .query.updateTable('learners')
    .set({ state: other })
    .where('projectId', '=', projectId)
    .execute();
  expect(plain(await known(projectId))).toEqual(plain(before));
  expect(await report({ workOrderId: id, try: 2, arm: arms[1] as string, status: 'success' })).toBe(true);
  expect((await known(projectId)).learner.arms).toHaveLength(2);
});
