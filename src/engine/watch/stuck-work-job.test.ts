import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { isAlive } from '../../sessions/scratch-sessions.fixture.ts';
import { until } from '../../stdx/async/until.fixture.ts';
import type { Database } from '../../store/database.ts';
import { openEscalation } from '../../store/failures/escalations.ts';
import { openRunOf } from '../../store/work/runs/runs.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { sessionsOf } from '../../store/work/sessions/session-rows.ts';
import { changeWorkOrder, eventsOf, recordEvent } from '../../store/work/work-orders/work-orders.ts';
import { awaitingCi } from '../sentinel/next/followed.fixture.ts';
import { stopStandingRun } from './stop-standing-run.ts';
import { aLivingExecutor, anAgent, hourMs, limits, movedClock, workUnderWay } from './stuck.fixture.ts';
import { watchStuckWork } from './stuck-work-job.ts';

const questions = (database: Database) =>
  database.query.selectFrom('escalations').selectAll().orderBy('createdAt').execute();

test("after a day of being stuck, a person is asked once, with the options; the answer 'wait' is not asked about again", async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const work = await workUnderWay(database);
  await anAgent(database, work, 'exec sleep 600');
  const clock = movedClock();
  const deps = { database, clock, limits };
  clock.move(23 * hourMs);
  await watchStuckWork(deps);
  expect(await questions(database)).toEqual([]);
  clock.move(2 * hourMs);
  await watchStuckWork(deps);
  await watchStuckWork(deps);
  const [asked, ...more] = await questions(database);
  expect(more).toEqual([]);
  expect(asked).toMatchObject({
    workOrderId: work.workOrderId,
    runId: work.runId,
    code: 'WORK_STUCK',
    status: 'open',
    recommendedOption: 'retry',
    title: expect.stringMatching(/^"Mend it" has made no progress for 25 h: The agent patch/),
    context: expect.objectContaining({
      evidence: expect.objectContaining({ stuckHours: 25, session: 'patch' }),
    }),
  });
  expect(asked?.options.map(({ id, kind, command }) => `${id} ${kind} ${command}`)).toEqual([
    expect.stringMatching(/^retry retry moose answer \w+ retry$/),
    expect.stringMatching(/^wait wait moose answer \w+ wait$/),
    expect.stringMatching(/^cancel cancel moose answer \w+ cancel$/),
  ]);
  await database.query.updateTable('escalations').set({ status: 'resolved', chosenOption: 'wait' }).execute();
  await recordEvent(database.query, {
    ...work,
    workOrderId: work.workOrderId,
    kind: 'answered',
    actor: 'human:ada',
  });
  const answeredAt = new Date(clock.now().getTime() + 1_000);
  await database.query
    .updateTable('workOrderEvents')
    .set({ at: answeredAt })
    .where('kind', '=', 'answered')
    .execute();
  clock.move(90 * hourMs);
  await watchStuckWork(deps);
  expect(await questions(database)).toHaveLength(1);
  expect(
    (await eventsOf(database.query, work.workOrderId)).filter(({ kind }) => kind === 'stuck'),
  ).toHaveLength(1);
});

test('new progress withdraws the question, and the next standstill leads to a new one', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const work = await workUnderWay(database, { step: 'generating' });
  const clock = movedClock();
  const deps = { database, clock, limits };
  clock.move(30 * hourMs);
  await watchStuckWork(deps);
  await recordEvent(database.query, {
    workOrderId: work.workOrderId,
    kind: 'progress',
    actor: 'm',
    factKey: 'f',
  });
  await database.query
    .updateTable('workOrderEvents')
    .set({ at: new Date(clock.now().getTime() + 1_000) })
    .where('kind', '=', 'progress')
    .execute();
  clock.move(hourMs);
  await watchStuckWork(deps);
  expect((await questions(database)).map(({ status }) => status)).toEqual(['withdrawn']);
  clock.move(24 * hourMs);
  await watchStuckWork(deps);
  expect((await questions(database)).map(({ status }) => status)).toEqual(['withdrawn', 'open']);
});

test('a work order that already waits for a person gets no second question, and its question is not withdrawn', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const { workOrderId } = await workUnderWay(database, { step: 'generating' });
  const other = {
    failureClass: 'unknown',
    title: 'x',
    context: {},
    options: [],
    recommendedOption: 'retry',
  } as const;
  await openEscalation(database.query, { ...other, workOrderId });
  const clock = movedClock();
  clock.move(30 * hourMs);
  await watchStuckWork({ database, clock, limits });
  const ended = { status: 'needs_review', stepState: 'manual_intervention_required' } as const;
  await changeWorkOrder(
    database.query,
    workOrderId,
    {},
    { ...ended, changedBy: 'moose:1', changedBecause: 'x' },
  );
  await watchStuckWork({ database, clock, limits });
  expect((await questions(database)).map(({ status, title }) => `${status} ${title}`)).toEqual(['open x']);
});

test('a question whose run was stopped for its answer stays open until it is answered', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const work = await workUnderWay(database);
  const clock = movedClock();
  clock.move(30 * hourMs);
  await watchStuckWork({ database, clock, limits });
  const order = await theWorkOrder(database, work.workOrderId);
  await stopStandingRun({ database, clock, host: 'here' }, order, 'human:ada');
  await watchStuckWork({ database, clock, limits });
  expect((await questions(database)).map(({ status }) => status)).toEqual(['open']);
});

test('a hung run is ended with its whole process, and its work order can be restarted from there', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const work = await workUnderWay(database);
  const { handle } = await anAgent(database, work, 'sleep 600 & wait');
  const deps = { database, clock: movedClock(), host: 'here' };
  const order = await theWorkOrder(database, work.workOrderId);
  expect(await stopStandingRun(deps, order, 'human:ada')).toBe(true);
  await until('the end of its process', () => !isAlive(handle.pid));
  expect(await openRunOf(database.query, order.id)).toBeUndefined();
  expect(await sessionsOf(database.query, order.id)).toMatchObject([
    { state: 'stopped', endReason: 'cancelled' },
  ]);
  expect(await theWorkOrder(database, order.id)).toMatchObject({ status: 'needs_review', step: 'applying' });
  // R-LRN-2: it has one outcome, which says nothing about the model.
  expect(await database.query.selectFrom('outcomeVectors').selectAll().execute()).toMatchObject([
    { success: false, runId: work.runId, fault: 'person', counts: false, agent: 'unknown' },
  ]);
  // The second time, there is nothing to end.
  expect(await stopStandingRun(deps, order, 'human:ada')).toBe(false);
});

test('a process on another host is not reported as stopped here', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const work = await workUnderWay(database);
  const { handle } = await anAgent(database, work, 'exec sleep 600', { host: 'there' });
  const order = await theWorkOrder(database, work.workOrderId);
  await expect(
    stopStandingRun({ database, clock: movedClock(), host: 'here' }, order, 'human:ada'),
  ).rejects.toMatchObject({ code: 'STUCK_ELSEWHERE', advice: expect.stringContaining('Answer on there') });
  expect(isAlive(handle.pid)).toBe(true);
  expect((await openRunOf(database.query, order.id))?.id).toBe(work.runId);
});

test('R-CHA-2: a work order that waits for CI for more than a day is found, and nothing is offered that could restart', async () => {
  const database = await testDatabase();
  await aLivingExecutor(database);
  const { workOrderId } = await awaitingCi(database);
  const clock = movedClock();
  clock.move(25 * hourMs);
  await watchStuckWork({ database, clock, limits });
  const [asked] = await questions(database);
  expect(asked).toMatchObject({ workOrderId, code: 'WORK_STUCK', recommendedOption: 'wait' });
  expect(asked?.title).toContain('It waits for its pull request');
  expect(asked?.options.map(({ id }) => id)).toEqual(['wait', 'cancel']);
});
