import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { TransientError } from '../../domain/failure.ts';
import { defaultRetryBudget, fullBudget } from '../../resilience/retry-budget.ts';
import { toJson } from '../../store/storable.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { scratchWork } from '../scratch-work.fixture.ts';
import { failed } from './failed-step.ts';

const away = () =>
  new TransientError({
    code: 'DATABASE_AWAY',
    component: 'store',
    operation: 'query',
    message: 'It is away.',
    advice: 'Wait for it.',
  });

test('R-REC-3, R-PIPE-8: the last step is retried whatever was used up, and resets none of it', async () => {
  const work = await scratchWork(await testDatabase(), { step: 'tracking' });
  const { id } = work.order;
  const usedUp = {
    retryBudget: { ...fullBudget(defaultRetryBudget), tokens: 0, retries: 10 },
    recoveries: [Date.now(), Date.now(), Date.now()],
  };
  await work.database.query
    .updateTable('workOrders')
    .set({ retryBudget: toJson(usedUp.retryBudget), recoveries: toJson(usedUp.recoveries) })
    .where('id', '=', id)
    .execute();
  const order = await theWorkOrder(work.database, id);
  expect(await failed({ ...work, order }, 'tracking', away())).toBe('go on');
  expect(await theWorkOrder(work.database, id)).toMatchObject({
    ...usedUp,
    status: 'in_progress',
    stepState: 'retrying',
    recoveryAttempts: 1,
  });
  // At any other step, the same failure ends the run.
  const early = await scratchWork(work.database, { step: 'creating_pr', repositoryPath: '/srv/web' });
  const spent = { ...early.order, ...usedUp };
  expect(await failed({ ...early, order: spent }, 'creating_pr', away())).toBe('stop');
  expect(await theWorkOrder(early.database, spent.id)).toMatchObject({ status: 'failed' });
});

test('R-SES-7: after a failure of the step that publishes, Moose compares itself with the forge', async () => {
  const database = await testDatabase();
  for (const [step, expected] of [
    ['creating_pr', ['far']],
    ['verifying', []],
  ] as const) {
    const rung: string[] = [];
    const work = await scratchWork(database, { step, repositoryPath: '/srv/web' });
    await failed({ ...work, mayDiffer: (where) => void rung.push(where) }, step, away());
    expect(rung, step).toEqual(expected);
  }
});
