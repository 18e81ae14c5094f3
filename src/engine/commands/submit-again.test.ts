import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { aWorkOrderAtWork, theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { scratchWork } from '../scratch-work.fixture.ts';
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
