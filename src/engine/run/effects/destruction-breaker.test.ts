import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { newId, type RunId, type WorkOrderId } from '../../../domain/ids.ts';
import { systemClock } from '../../../stdx/clock.ts';
import type { Database } from '../../../store/database.ts';
import { chooseOption } from '../../../store/failures/escalations.ts';
import { projectOf } from '../../../store/work/projects/projects.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { changeWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { ifDue } from '../../background/jobs/if-due.fixture.ts';
import { applyGroupAnswer } from '../../commands/answers/apply-group-answer.ts';
import { undo } from '../../commands/start-run.ts';
import { undoRun } from '../../pipeline/failure/undo-run.ts';
import { scratchWork } from '../../scratch-work.fixture.ts';
import { destructionHalted, endedHaltJob, haltKey } from './destruction-breaker.ts';

async function anUndoneWorkOrder(database: Database, kind: 'branch' | 'worktree'): Promise<WorkOrderId> {
  const id = newId<WorkOrderId>(new Date());
  const runId = newId<RunId>(new Date());
  const project = await projectOf(database.query, '/srv/api', new Date());
  const owner = { workOrderId: id, runId };
  await database.query
    .insertInto('workOrders')
    .values({ id, projectId: project.id, title: 'Undo me', timeLimitMs: 1_000, changedBy: 'human:test' })
    .execute();
  await database.query
    .insertInto('runs')
    .values({ id: runId, workOrderId: id, number: 1, kind: 'undo' })
    .execute();
  await database.query
    .insertInto('effects')
    .values({ ...owner, kind, key: `${kind}:${id}`, state: 'undone' })
    .execute();
  return id;
}

/** Another work order, whose undo the breaker stops. */
async function anUndoThatIsStopped(database: Database): Promise<WorkOrderId> {
  const work = await scratchWork(database, { step: 'tracking' });
  const { id } = work.order;
  await database.query
    .insertInto('effects')
    .values({ workOrderId: id, runId: work.run.id, kind: 'branch', key: `branch:${id}`, state: 'done' })
    .execute();
  await changeWorkOrder(
    database.query,
    id,
    {},
    { status: 'completed', stepState: 'done', changedBy: 'moose:1', changedBecause: 'done' },
  );
  const order = await theWorkOrder(database, id);
  const settings = { ...work.settings, undonePerMinuteMax: 3 };
  await undoRun({ ...work, order, settings });
  return id;
}

test('R-PIPE-14: after many undos at a time, the next one is stopped and an alert is raised', async () => {
  const database = await testDatabase();
  for (let n = 0; n < 3; n++) await anUndoneWorkOrder(database, 'branch');
  const next = newId<WorkOrderId>(new Date());
  expect(await destructionHalted(database.query, next, 4)).toBeUndefined();
  expect(await destructionHalted(database.query, next, 3)).toMatchObject({
    code: 'DESTRUCTION_HALTED',
    retryable: false,
  });
  expect(await database.query.selectFrom('systemAlerts').select('component').execute()).toEqual([
    { component: 'effects' },
  ]);
});

test('R-ESC-5: twenty stopped undos are one alert and one question; its answer applies to all, and both end', async () => {
  const database = await testDatabase();
  for (let n = 0; n < 3; n++) await anUndoneWorkOrder(database, 'branch');
  const stopped: WorkOrderId[] = [];
  for (let n = 0; n < 20; n++) stopped.push(await anUndoThatIsStopped(database));
  const alerts = () =>
    database.query.selectFrom('systemAlerts').select(['key', 'times', 'resolvedAt']).execute();
  expect(await alerts()).toEqual([{ key: haltKey, times: 20, resolvedAt: null }]);
  const questions = () => database.query.selectFrom('escalations').select(['id', 'status']).execute();
  const [question, ...more] = await questions();
  expect(more).toEqual([]);
  await chooseOption(database.query, question?.id ?? '', { option: 'undo', by: 'human:ada' });
  await applyGroupAnswer({ database, clock: systemClock }, question?.id ?? '');
  const runs = await database.query
    .selectFrom('runs')
    .select('workOrderId')
    .where('state', '=', 'running')
    .where('number', '=', 2)
    .execute();
  expect(runs.map(({ workOrderId }) => workOrderId).sort()).toEqual(stopped.sort());
  expect(await questions()).toMatchObject([{ status: 'resolved' }]);
  await database.query
    .updateTable('systemAlerts')
    .set({ lastSeenAt: new Date(Date.now() - 61_000) })
    .execute();
  await ifDue(database, endedHaltJob(database)).run(new AbortController().signal);
  expect(await alerts()).toMatchObject([{ resolvedAt: expect.any(Date) }]);
});

test('R-ESC-5: when all stopped undos have been completed by command, nobody has to answer any more', async () => {
  const database = await testDatabase();
  for (let n = 0; n < 3; n++) await anUndoneWorkOrder(database, 'branch');
  const id = await anUndoThatIsStopped(database);
  const order = await theWorkOrder(database, id);
  await undo({ database, clock: systemClock }, order, 'human:ada');
  await ifDue(database, endedHaltJob(database)).run(new AbortController().signal);
  expect(await database.query.selectFrom('escalations').select('status').execute()).toEqual([
    { status: 'withdrawn' },
  ]);
});

test('R-PIPE-14: undos older than a minute, and undos that destroy nothing, do not count', async () => {
  const database = await testDatabase();
  const old = await anUndoneWorkOrder(database, 'branch');
  await database.query
    .updateTable('effects')
    .set({ updatedAt: new Date(Date.now() - 61_000) })
    .where('workOrderId', '=', old)
    .execute();
  await anUndoneWorkOrder(database, 'worktree');
  expect(await destructionHalted(database.query, newId<WorkOrderId>(new Date()), 1)).toBeUndefined();
});

test('R-PIPE-14: one undo always completes: its own acts do not stop it', async () => {
  const database = await testDatabase();
  const id = await anUndoneWorkOrder(database, 'branch');
  expect(await destructionHalted(database.query, id, 1)).toBeUndefined();
});
