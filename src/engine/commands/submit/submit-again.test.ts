import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { nothingAsked } from '../../../domain/work-order/asked.ts';
import { scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import { aWorkOrderAtWork, theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { scratchWork } from '../../scratch-work.fixture.ts';
import { submitAgain } from './submit-again.ts';

test('R-PIPE-11: what conflicts starts again from its beginning, and from no later step', async () => {
  const database = await testDatabase();
  const { workOrderId } = await aWorkOrderAtWork(database);
  const order = await theWorkOrder(database, workOrderId);
  const deps = await scratchWork(database);
  await expect(submitAgain(deps, order, { from: 'verifying' }, 'human:ada')).rejects.toMatchObject({
    code: 'NOT_FROM_THERE',
    advice: expect.stringMatching(/\S/),
  });
});

test('R-PIPE-11: fear: the repetition starts from another branch, and is proposed to it', async () => {
  const database = await testDatabase();
  const repository = scratchRepository();
  repository.git('branch', 'release');
  const { workOrderId, runId } = await aWorkOrderAtWork(database, { repositoryPath: repository.path });
  await database.query.updateTable('runs').set({ state: 'ended' }).where('id', '=', runId).execute();
  const order = await theWorkOrder(database, workOrderId);
  const deps = await scratchWork(database);
  const made = await submitAgain(deps, { ...order, settings: { base: 'release' } }, {}, 'human:ada');
  expect(made.settings.base).toBe('release');
});

test('R-GREEN-17: what repeats the work is allowed to change the same', async () => {
  const database = await testDatabase();
  const repository = scratchRepository();
  const { workOrderId, runId } = await aWorkOrderAtWork(database, { repositoryPath: repository.path });
  await database.query.updateTable('runs').set({ state: 'ended' }).where('id', '=', runId).execute();
  const order = await theWorkOrder(database, workOrderId);
  const asked = { ...nothingAsked, skips: ['prints'] };
  const deps = await scratchWork(database);
  const made = await submitAgain(deps, { ...order, settings: { asked } }, {}, 'human:ada');
  expect(made.settings.asked).toEqual(asked);
});

test('R-AGENT-4: fear: what repeats a sub-task has the limit that is left of it, needs no approval, and asks for sub-tasks', async () => {
  const database = await testDatabase();
  const repository = scratchRepository();
  const { workOrderId, runId } = await aWorkOrderAtWork(database, { repositoryPath: repository.path });
  await database.query.updateTable('runs').set({ state: 'ended' }).where('id', '=', runId).execute();
  const order = await theWorkOrder(database, workOrderId);
  const ended = { parentId: workOrderId, limitNanoUsd: 3n, givenBackNanoUsd: 997n, needsApproval: true };
  const deps = await scratchWork(database);
  const made = await submitAgain(deps, { ...order, ...ended }, {}, 'human:ada');
  expect(made).toMatchObject({ limitNanoUsd: 1_000n, needsApproval: true, settings: { of_subtask: true } });
  // And what repeats that one.
  const cancelled = { status: 'cancelled' as const, stepState: 'done' as const };
  await database.query.updateTable('workOrders').set(cancelled).where('id', '=', made.id).execute();
  const next = await submitAgain(deps, { ...made, id: workOrderId }, {}, 'human:ada');
  expect(next).toMatchObject({ limitNanoUsd: 1_000n, needsApproval: true, settings: { of_subtask: true } });
  expect(next.id).not.toBe(made.id);
});
