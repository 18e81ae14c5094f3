import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import type { Step } from '../../domain/transitions.ts';
import { messagesIn } from '../../durable/messages.fixture.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { openEscalation, openEscalationOf } from '../../store/failures/escalations.ts';
import { openRunOf, updateRun } from '../../store/work/runs/runs.ts';
import { plantStepResult } from '../../store/work/runs/step-results.fixture.ts';
import { aWorkOrderAtWork, type Scratch, theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { changeWorkOrder, eventsOf, type WorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { cancel } from './cancel.ts';
import { retry, undo } from './start-run.ts';

const me = 'human:me';

const queued = ({ query }: Database) => messagesIn(query);

const runsOf = (database: Database, { id }: WorkOrder) =>
  database.query.selectFrom('runs').select('number').where('workOrderId', '=', id).execute();

/** A work order that stopped at a step and waits for a person; the earlier steps have results. */
async function inReview(
  database: Database,
  step: Step = 'verifying',
  done: readonly Step[] = ['routing', 'generating', 'applying'],
) {
  const scratch = await aWorkOrderAtWork(database, { step });
  const { workOrderId, runId } = scratch;
  for (const each of done)
    await plantStepResult(database.query, {
      runId,
      workOrderId,
      step: each,
      cycle: 0,
      result: {},
      startedAt: new Date(),
    });
  await updateRun(database.query, runId, { state: 'ended' });
  await openEscalation(database.query, {
    workOrderId,
    failureClass: 'test_fail',
    title: 'It failed',
    context: {},
    options: [],
    recommendedOption: 'retry',
  });
  await changeTo(database, scratch, { status: 'needs_review', stepState: 'manual_intervention_required' });
  return {
    deps: { database, clock: systemClock },
    order: await theWorkOrder(database, workOrderId),
    ...scratch,
  };
}

async function changeTo(
  database: Database,
  { workOrderId }: Pick<Scratch, 'workOrderId'>,
  change: Partial<Pick<WorkOrder, 'status' | 'stepState' | 'parkedAt'>>,
): Promise<void> {
  const by = { changedBy: 'moose:1', changedBecause: 'test' };
  if (!(await changeWorkOrder(database.query, workOrderId, {}, { ...change, ...by })))
    throw new Error('Not changed');
}

test('R-PIPE-11: a retry is a new run in the queue, from the step where the work stopped; the question is answered', async () => {
  const database = await testDatabase();
  const { deps, order } = await inReview(database);
  await retry(deps, order, {}, me);
  expect(await theWorkOrder(database, order.id)).toMatchObject({
    status: 'in_progress',
    step: 'verifying',
    stepState: 'running',
    run: 2,
    changedBy: me,
  });
  const run = await openRunOf(database.query, order.id);
  expect(run).toMatchObject({ number: 2, kind: 'work', firstStep: 'verifying' });
  expect(await queued(database)).toEqual([`${run?.id}:0`]);
  expect(await openEscalationOf(database.query, order.id)).toBeUndefined();
});

test('R-PIPE-11: with another model, another agent or instructions, a retry starts with the proposal', async () => {
  const database = await testDatabase();
  const { deps, order } = await inReview(database);
  await retry(deps, order, { model: 'a/b', note: 'Use UTC.' }, me);
  expect(await openRunOf(database.query, order.id)).toMatchObject({
    firstStep: 'generating',
    settings: { model: 'a/b', note: 'Use UTC.' },
  });
});

test('a retry from a step whose predecessor has no result is refused, and names the step to start from', async () => {
  const database = await testDatabase();
  const { deps, order } = await inReview(database, 'applying', ['routing']);
  await expect(retry(deps, order, { from: 'applying' }, me)).rejects.toMatchObject({
    code: 'STEP_NOT_REACHED',
    advice: expect.stringContaining('--from generating'),
  });
  expect(await theWorkOrder(database, order.id)).toMatchObject({ status: 'needs_review', run: 1 });
  expect(await queued(database)).toEqual([]);
});

test('fear: a retry from the pull request step publishes a change that its checks have refused', async () => {
  const database = await testDatabase();
  const { deps, order, runId } = await inReview(database);
  await plantStepResult(database.query, {
    runId,
    workOrderId: order.id,
    step: 'verifying',
    cycle: 0,
    startedAt: new Date(),
    result: { checks: [], feedback: { summary: 'The test check failed.' } },
  });
  await expect(retry(deps, order, { from: 'creating_pr' }, me)).rejects.toMatchObject({
    code: 'STEP_NOT_REACHED',
  });
  await retry(deps, order, { from: 'verifying' }, me);
  expect((await theWorkOrder(database, order.id)).step).toBe('verifying');
});

test.each<[string, object]>([
  ['what its checks have said of an earlier change', { checks: [], isVerified: true, treeSha: 'earlier' }],
  ['checks that lacked something', { checks: [], isVerified: false, treeSha: 'now', isUnfinished: true }],
])('fear: a change that no check has judged is published because of %s (R-PROJ-6)', async (_, verified) => {
  const database = await testDatabase();
  const { deps, order, runId } = await inReview(database, 'verifying', ['routing', 'generating']);
  const owner = { runId, workOrderId: order.id, cycle: 0, startedAt: new Date() };
  await plantStepResult(database.query, { ...owner, step: 'verifying', result: verified });
  await plantStepResult(database.query, { ...owner, step: 'applying', result: { treeSha: 'now' } });
  await expect(retry(deps, order, { from: 'creating_pr' }, me)).rejects.toMatchObject({
    code: 'STEP_NOT_REACHED',
    advice: expect.stringContaining('--from verifying'),
  });
  await plantStepResult(database.query, {
    ...owner,
    step: 'verifying',
    cycle: 1,
    result: { checks: [], isVerified: true, treeSha: 'now' },
  });
  await retry(deps, order, { from: 'creating_pr' }, me);
  expect((await theWorkOrder(database, order.id)).step).toBe('creating_pr');
});

test('R-PIPE-2: a retry cannot skip a step, and ended work does not continue', async () => {
  const database = await testDatabase();
  const { deps, order } = await inReview(database, 'applying', [
    'routing',
    'generating',
    'applying',
    'verifying',
  ]);
  await expect(retry(deps, order, { from: 'creating_pr' }, me)).rejects.toMatchObject({ isMooseError: true });
  await changeTo(database, { workOrderId: order.id }, { status: 'cancelled', stepState: 'done' });
  const over = await theWorkOrder(database, order.id);
  await expect(retry(deps, over, {}, me)).rejects.toMatchObject({
    code: 'INVALID_STATE_TRANSITION',
    advice: expect.stringContaining('moose undo'),
  });
  expect(await runsOf(database, order)).toHaveLength(1);
  expect(await queued(database)).toEqual([]);
});

test('of two simultaneous retries or undos, one succeeds, and the other gets an error', async () => {
  const database = await testDatabase();
  for (const acts of [
    [retry, retry],
    [undo, retry],
    [retry, undo],
  ] as const) {
    const { deps, order } = await inReview(database);
    const ends = await Promise.allSettled(
      acts.map((act) => (act === retry ? retry(deps, order, {}, me) : undo(deps, order, me))),
    );
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    for (const end of ends)
      if (end.status === 'rejected') expect(end.reason.code).toMatch(/^WORK_ORDER_(CHANGED|AT_WORK)$/);
    expect(await runsOf(database, order)).toHaveLength(2);
  }
});

test('R-PIPE-12: a retry by a person lifts a park, and what was spent stays counted', async () => {
  const database = await testDatabase();
  const { deps, order } = await inReview(database);
  await changeTo(database, { workOrderId: order.id }, { parkedAt: new Date() });
  await retry(deps, await theWorkOrder(database, order.id), {}, me);
  // The process that carries it out may move it back.
  await changeTo(
    database,
    { workOrderId: order.id },
    { status: 'needs_review', stepState: 'manual_intervention_required' },
  );
  expect(await theWorkOrder(database, order.id)).toMatchObject({ parkedAt: null, refinementCycles: 0 });
});

test('a cancel notifies work in progress, which stays in progress until it has stopped', async () => {
  const database = await testDatabase();
  const scratch = await aWorkOrderAtWork(database, { step: 'applying' });
  const deps = { database, clock: systemClock };
  expect(await cancel(deps, await theWorkOrder(database, scratch.workOrderId), me)).toBe('stopping');
  expect(await theWorkOrder(database, scratch.workOrderId)).toMatchObject({
    status: 'in_progress',
    cancelRequestedAt: expect.any(Date),
  });
  expect((await openRunOf(database.query, scratch.workOrderId))?.id).toBe(scratch.runId);
});

test('fear: cancel reports that it is stopping work that was just completed', async () => {
  const database = await testDatabase();
  const scratch = await aWorkOrderAtWork(database, { step: 'tracking' });
  const seen = await theWorkOrder(database, scratch.workOrderId);
  await changeTo(database, scratch, { status: 'completed', stepState: 'done' });
  const before = await eventsOf(database.query, scratch.workOrderId);
  await expect(cancel({ database, clock: systemClock }, seen, me)).rejects.toMatchObject({
    code: 'WORK_ORDER_CHANGED',
  });
  expect((await theWorkOrder(database, scratch.workOrderId)).cancelRequestedAt).toBeNull();
  expect(await eventsOf(database.query, scratch.workOrderId)).toEqual(before);
});

test('a cancel of work that waits for a person ends it and answers its question; a second cancel is refused', async () => {
  const database = await testDatabase();
  const { deps, order } = await inReview(database);
  expect(await cancel(deps, order, me)).toBe('cancelled');
  expect(await theWorkOrder(database, order.id)).toMatchObject({ status: 'cancelled', stepState: 'done' });
  expect(await openEscalationOf(database.query, order.id)).toBeUndefined();
  await expect(cancel(deps, await theWorkOrder(database, order.id), me)).rejects.toMatchObject({
    code: 'WORK_ORDER_OVER',
  });
});
