import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { newId, type ReservationId } from '../../../domain/ids.ts';
import { openLocks } from '../../../durable/locks.ts';
import { countExecutors } from '../../../store/work/runs/executors.ts';
import { aWorkOrderAtWork, theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { listWorkOrders } from '../../../store/work/work-orders/work-orders.ts';
import { viewWorkOrders } from './work-order-view.ts';

/** A work order in JSON, as documented; `is_scripted` marks what a scripted model did (R-BASE-5). */
const documented = [
  ...[
    'id',
    'title',
    'project',
    'status',
    'stage',
    'mergeability',
    'step',
    'step_state',
    'failure_class',
    'run',
    'branch',
  ],
  ...[
    'pull_request',
    'cost_usd',
    'is_scripted',
    'candidate',
    'joint',
    'requested_by',
    'verification',
    'needs_you',
    'escalation_id',
    'held_by',
    'created_at',
    'updated_at',
    'explain',
  ],
];

test('a work order in JSON has exactly the documented keys, and values that JSON can express', async () => {
  const database = await testDatabase();
  const { workOrderId } = await aWorkOrderAtWork(database, { step: 'applying' });
  const [view] = await viewWorkOrders(
    database,
    await listWorkOrders(database.query, { limit: 10 }),
    new Date(),
  );
  expect(Object.keys(view ?? {})).toEqual(documented);
  expect(JSON.parse(JSON.stringify(view))).toEqual(view);
  expect(view).toMatchObject({
    id: workOrderId,
    title: 'Mend it',
    project: 'api',
    status: 'in_progress',
    stage: 'waiting',
    step: 'applying',
    step_state: 'running',
    failure_class: null,
    run: 1,
    branch: null,
    pull_request: null,
    cost_usd: 0,
  });
  expect(new Date(view?.created_at ?? '').toISOString()).toBe(view?.created_at);
  expect((await theWorkOrder(database, workOrderId)).id).toBe(workOrderId);
});

test('each work order is shown with its own run, and an empty list needs no query', async () => {
  const database = await testDatabase();
  await aWorkOrderAtWork(database, { title: 'one' });
  await aWorkOrderAtWork(database, { title: 'two', step: 'verifying' });
  const views = await viewWorkOrders(
    database,
    await listWorkOrders(database.query, { limit: 10 }),
    new Date(),
  );
  expect(views.map(({ title, explain }) => `${title}: ${explain}`)).toEqual([
    expect.stringMatching(/^two: Stopped at verifying/),
    expect.stringMatching(/^one: Stopped at routing/),
  ]);
  expect(await viewWorkOrders(database, [], new Date())).toEqual([]);
});

test('R-PIPE-13: fear: a queued work order does not say what it waits behind', async () => {
  const database = await testDatabase();
  const locks = await openLocks(database.url, { onLost: () => undefined });
  onTestFinished(() => locks.close());
  const [carried, first, second] = [
    await aWorkOrderAtWork(database, { title: 'carried' }),
    await aWorkOrderAtWork(database, { title: 'first' }),
    await aWorkOrderAtWork(database, { title: 'second' }),
  ];
  await database.query.updateTable('runs').set({ executor: 'a' }).where('id', '=', carried.runId).execute();
  const orders = await listWorkOrders(database.query, { limit: 10 });
  const views = await viewWorkOrders(database, orders, new Date());
  const explainOf = ({ workOrderId }: { workOrderId: string }) =>
    views.find(({ id }) => id === workOrderId)?.explain;
  expect(explainOf(first)).toContain('next in line, with 1 in progress');
  expect(explainOf(second)).toContain('behind 1 other, with 1 in progress');
});

test("R-PIPE-13: a work order that waits for a model's answer says which model, and since when", async () => {
  const database = await testDatabase();
  const locks = await openLocks(database.url, { onLost: () => undefined });
  onTestFinished(() => locks.close());
  const { workOrderId, runId } = await aWorkOrderAtWork(database, { step: 'generating' });
  await database.query.updateTable('runs').set({ executor: 'a' }).where('id', '=', runId).execute();
  await database.query
    .insertInto('costTracking')
    .values({
      id: newId<ReservationId>(new Date()),
      workOrderId,
      runId,
      serviceName: 'moose',
      model: 'scripted/strong',
      type: 'actual',
      status: 'sent',
      reservedNanoUsd: 1_000n,
    })
    .execute();
  const [view] = await viewWorkOrders(
    database,
    await listWorkOrders(database.query, { limit: 1 }),
    new Date(),
  );
  expect(view?.explain).toMatch(/^Waiting at generating for an answer of scripted\/strong for \d s: /);
});

test('R-PIPE-13: fear: after a merge, nothing shows it', async () => {
  const database = await testDatabase();
  const { workOrderId, projectId } = await aWorkOrderAtWork(database, { step: 'tracking' });
  await database.query
    .updateTable('workOrders')
    .set({ status: 'completed', stepState: 'done', finishedAt: new Date() })
    .where('id', '=', workOrderId)
    .execute();
  const explained = async () => {
    const [view] = await viewWorkOrders(
      database,
      await listWorkOrders(database.query, { limit: 1 }),
      new Date(),
    );
    return view?.explain;
  };
  await database.query
    .insertInto('pullRequests')
    .values({
      projectId,
      number: 1,
      workOrderId,
      title: 'Mend it',
      body: '',
      state: 'open',
      headBranch: 'moose/x',
      headSha: 'a'.repeat(40),
      baseBranch: 'develop',
      baseSha: 'b'.repeat(40),
    })
    .execute();
  expect(await explained()).toContain('merge it with `moose merge');
  await database.query.updateTable('pullRequests').set({ state: 'merged' }).execute();
  expect(await explained()).toContain('merged into develop');
});

test('a process counts as running for as long as it holds its locks', async () => {
  const database = await testDatabase();
  expect(await countExecutors(database.query)).toBe(0);
  const locks = await openLocks(database.url, { onLost: () => undefined });
  expect(await countExecutors(database.query)).toBe(1);
  await locks.close();
  await expect.poll(() => countExecutors(database.query)).toBe(0);
});
