import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
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
