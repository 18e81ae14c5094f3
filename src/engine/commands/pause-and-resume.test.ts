import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import type { WorkOrderId } from '../../domain/ids.ts';
import { enqueueRun } from '../../durable/enqueue-run.ts';
import { loseMessages, messagesIn } from '../../durable/messages.fixture.ts';
import { systemClock } from '../../stdx/clock.ts';
import type { Database } from '../../store/database.ts';
import { openWork } from '../../store/work/runs/progress.ts';
import { runById, updateRun } from '../../store/work/runs/runs.ts';
import { plantStepResult } from '../../store/work/runs/step-results.fixture.ts';
import { aWorkOrderAtWork, theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { changeWorkOrder, eventsOf } from '../../store/work/work-orders/work-orders.ts';
import { cancel } from './cancel.ts';
import { pause, resume } from './pause-and-resume.ts';
import { retry } from './start-run.ts';

const ada = 'human:ada';

/** A work order in progress; `isLaid`: no process carries it out any more. */
async function atWork({ isLaid = false } = {}) {
  const database = await testDatabase();
  const { workOrderId, runId } = await aWorkOrderAtWork(database, { step: 'verifying' });
  await enqueueRun(database.query, runId);
  if (isLaid) await updateRun(database.query, runId, { leg: 1, executor: null });
  const deps = { database, clock: systemClock };
  const order = () => theWorkOrder(database, workOrderId);
  return { database, deps, order, first: await order(), runId };
}

const queued = ({ query }: Database) => messagesIn(query);
const kinds = async ({ query }: Database, id: WorkOrderId) =>
  (await eventsOf(query, id)).map(({ kind }) => kind).filter((kind) => kind !== 'transition');

test('R-PIPE-11: of two people who pause, one succeeds; of three who resume, one starts the run, on an unused leg', async () => {
  const { database, deps, order, first, runId } = await atWork({ isLaid: true });
  await Promise.all([pause(deps, first, ada, 'lunch'), pause(deps, first, 'human:bob')]);
  const { heldBy } = await order();
  expect([ada, 'human:bob']).toContain(heldBy);
  await Promise.all([1, 2, 3].map(() => resume(deps, first, ada)));
  expect(await order()).toMatchObject({ heldBy: null, heldAt: null, changedBecause: 'resumed' });
  expect(await kinds(database, first.id)).toEqual(['pause.requested', 'resumed']);
  expect(await queued(database)).toEqual([`${runId}:0`, `${runId}:1`]);
});

test('fear: resuming starts a run a second time that is still carried out, or waits for its time', async () => {
  const { database, deps, first, runId } = await atWork();
  await pause(deps, first, ada);
  await resume(deps, first, ada);
  expect(await queued(database)).toEqual([`${runId}:0`]);
});

test('a leg that has lost its message gets another one', async () => {
  const { database, deps, first, runId } = await atWork();
  await loseMessages(database.query);
  await pause(deps, first, ada);
  await resume(deps, first, ada);
  expect(await queued(database)).toEqual([`${runId}:0`]);
  expect(await runById(database.query, runId)).toMatchObject({ leg: 0 });
});

test("only a person lifts a person's pause; anybody lifts a program's", async () => {
  const { deps, order, first } = await atWork();
  await pause(deps, first, ada);
  await expect(resume(deps, first, 'api:ci')).rejects.toMatchObject({
    code: 'PAUSE_NOT_YOURS',
    message: expect.stringMatching(/^ada paused work order /),
  });
  expect((await order()).heldBy).toBe(ada);
  await resume(deps, first, 'human:bob');
  await pause(deps, first, 'api:ci');
  await resume(deps, first, 'api:other');
  expect((await order()).heldBy).toBeNull();
});

test('fear: a work order that is paused at the moment of its completion stays paused forever', async () => {
  const { database, deps, order, first } = await atWork();
  await pause(deps, first, ada);
  await changeWorkOrder(
    database.query,
    first.id,
    {},
    { status: 'completed', stepState: 'done', changedBy: 'moose:1', changedBecause: 'done' },
  );
  expect(await order()).toMatchObject({ status: 'completed', heldBy: null, heldAt: null });
  await resume(deps, first, ada);
  await expect(pause(deps, first, ada)).rejects.toMatchObject({
    code: 'NOTHING_TO_PAUSE',
    message: expect.stringMatching(/ is completed, and nothing is running\.$/),
  });
});

test('work that is being cancelled cannot be paused, and paused work is cancelled immediately', async () => {
  const { database, deps, order, first, runId } = await atWork({ isLaid: true });
  await pause(deps, first, ada);
  expect(await cancel(deps, await order(), ada)).toBe('stopping');
  expect(await queued(database)).toEqual([`${runId}:0`, `${runId}:1`]);
  await resume(deps, first, ada);
  await expect(pause(deps, first, ada)).rejects.toMatchObject({
    code: 'NOTHING_TO_PAUSE',
    message: expect.stringMatching(/ is being cancelled\.$/),
  });
});

test('R-PIPE-12: a retry by a person lifts a pause, and a retry by a standing answer does not', async () => {
  const lifted: Array<string | null> = [];
  for (const by of [ada, 'moose:policy:1']) {
    const { database, deps, order, first, runId } = await atWork();
    await pause(deps, first, ada);
    for (const step of ['routing', 'generating', 'applying'] as const) {
      const row = { runId, workOrderId: first.id, step, cycle: 0, result: {}, startedAt: new Date() };
      await plantStepResult(database.query, row);
    }
    await updateRun(database.query, runId, { state: 'ended' });
    const stopped = { status: 'needs_review', stepState: 'manual_intervention_required' } as const;
    await changeWorkOrder(database.query, first.id, {}, { ...stopped, changedBy: 'm', changedBecause: '' });
    await retry(deps, await order(), {}, by);
    lifted.push((await order()).heldBy);
  }
  expect(lifted).toEqual([null, ada]);
});

test("R-PIPE-12: work that only waits for a person's decision is not stuck", async () => {
  const { database, deps, first } = await atWork();
  const later = new Date(Date.now() + 86_400_000);
  const ids = async () => (await openWork(database.query, later, later)).map(({ id }) => id);
  expect(await ids()).toEqual([first.id]);
  await pause(deps, first, ada);
  expect(await ids()).toEqual([]);
  await resume(deps, first, ada);
  const [work] = await openWork(database.query, later, later);
  const resumed = (await eventsOf(database.query, first.id)).find(({ kind }) => kind === 'resumed');
  expect(work?.humanAt).toEqual(resumed?.at);
});
