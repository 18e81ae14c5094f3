// A person continues a sub-task whose parent was cancelled.

import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import type { WorkOrderId } from '../../../domain/ids.ts';
import { systemClock } from '../../../stdx/clock.ts';
import { toJson } from '../../../store/storable.ts';
import { projectById } from '../../../store/work/projects/projects.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { ifDue } from '../../background/jobs/if-due.fixture.ts';
import { scratchWork } from '../../scratch-work.fixture.ts';
import { cancel } from '../cancel.ts';
import { retry } from '../start-run.ts';
import { createSubtask } from './create-subtask.ts';
import { subtasksJob } from './subtasks-job.ts';

const shared = sharedDatabase();
const ada = 'human:ada';
const deps = () => ({ database: shared(), clock: systemClock });
const job = () => ifDue(shared(), subtasksJob(deps())).run(new AbortController().signal);

async function family() {
  const database = shared();
  const { order } = await scratchWork(database, { step: 'applying', limitNanoUsd: 1_000_000_000n });
  const settings = toJson({ subtasks: 'allow' as const });
  await database.query.updateTable('projects').set({ settings }).where('id', '=', order.projectId).execute();
  const id = await database.transaction(async (query) => {
    const project = await projectById(query, order.projectId);
    const wanted = { title: 'Fix the parser', instructions: 'It drops a day.' };
    return createSubtask(query, wanted, {
      parentId: order.id,
      project,
      actor: 'claude-code',
      now: new Date(),
    });
  });
  return { parentId: order.id, id };
}

const change = (id: WorkOrderId, to: object) =>
  shared().query.updateTable('workOrders').set(to).where('id', '=', id).execute();

async function endParent(id: WorkOrderId): Promise<void> {
  await cancel(deps(), await theWorkOrder(shared(), id), ada);
  await change(id, { status: 'cancelled', stepState: 'done', finishedAt: new Date() });
}

async function fail(id: WorkOrderId): Promise<void> {
  await change(id, { status: 'in_progress', step: 'routing', stepState: 'running' });
  await change(id, { status: 'failed', stepState: 'done' });
  const ended = { state: 'ended' as const, outcome: 'failed', endedAt: new Date() };
  await shared().query.updateTable('runs').set(ended).where('workOrderId', '=', id).execute();
}

test('R-AGENT-4: fear: a failed sub-task of a cancelled work order that a person continues is cancelled again', async () => {
  const { parentId, id } = await family();
  await fail(id);
  await endParent(parentId);
  await job();
  expect(await theWorkOrder(shared(), id)).toMatchObject({ status: 'failed', isToldOfCancel: true });
  await retry(deps(), await theWorkOrder(shared(), id), {}, ada);
  await job();
  expect(await theWorkOrder(shared(), id)).toMatchObject({ status: 'in_progress', cancelRequestedAt: null });
});

test('R-AGENT-4: a sub-task that ran when its parent was cancelled is told to stop, once', async () => {
  const { parentId, id } = await family();
  await change(id, { status: 'in_progress', step: 'routing', stepState: 'running' });
  await cancel(deps(), await theWorkOrder(shared(), parentId), ada);
  await job();
  const { cancelRequestedAt } = await theWorkOrder(shared(), id);
  expect(cancelRequestedAt).not.toBeNull();
  await job();
  expect((await theWorkOrder(shared(), id)).cancelRequestedAt).toEqual(cancelRequestedAt);
});

test('R-AGENT-4: one that has failed is not told before its parent has ended, because a person may continue that one', async () => {
  const { parentId, id } = await family();
  await fail(id);
  await cancel(deps(), await theWorkOrder(shared(), parentId), ada);
  await job();
  expect(await theWorkOrder(shared(), id)).toMatchObject({ isToldOfCancel: false });
});
