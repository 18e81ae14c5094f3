import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { testDatabase } from '../../../../test/database.ts';
import { ConfigurationError, TransientError } from '../../../domain/failure.ts';
import { defaultRetryBudget, fullBudget } from '../../../resilience/retry-budget.ts';
import { toJson } from '../../../store/storable.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { scratchWork } from '../../scratch-work.fixture.ts';
import { atStep, decided } from '../scratch-pipeline.fixture.ts';
import { scriptedAgent } from '../scripted-agent.fixture.ts';
import { scriptedModel } from '../scripted-model.fixture.ts';
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
  expect(await decided(failed, { ...work, order }, 'tracking', away())).toBe('go on');
  expect(await theWorkOrder(work.database, id)).toMatchObject({
    ...usedUp,
    status: 'in_progress',
    stepState: 'retrying',
    recoveryAttempts: 1,
  });
  // At any other step, the same failure ends the run.
  const early = await scratchWork(work.database, { step: 'creating_pr', repositoryPath: '/srv/web' });
  const spent = { ...early.order, ...usedUp };
  expect(await decided(failed, { ...early, order: spent }, 'creating_pr', away())).toBe('stop');
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
    await decided(failed, { ...work, mayDiffer: (where) => void rung.push(where) }, step, away());
    expect(rung, step).toEqual(expected);
  }
});

test('R-BUD-12: the work of an agent whose model is stopped goes on with another model, and says so', async () => {
  const database = await testDatabase();
  const stopped = () =>
    new ConfigurationError({
      code: 'AGENT_MODEL_STOPPED',
      component: 'agents',
      operation: 'report',
      message: 'It asked for a model that is stopped.',
      advice: 'Check its price.',
    });
  const agents = [scriptedAgent('true', { wires: ['anthropic-messages'] })];
  const models = [scriptedModel('p/a'), scriptedModel('p/b')];
  const { work } = await atStep(database, 'applying', { agents, models });
  expect(await decided(failed, work, 'applying', stopped())).toBe('go on');
  expect(await theWorkOrder(database, work.order.id)).toMatchObject({ step: 'generating' });
  const { settings } = await database.query
    .selectFrom('runs')
    .select('settings')
    .where('id', '=', work.run.id)
    .executeTakeFirstOrThrow();
  expect(settings).toMatchObject({ model: 'p/b', modelsHad: ['p/a'] });
  const events = await database.query
    .selectFrom('workOrderEvents')
    .select('detail')
    .where('kind', '=', 'model.replaced')
    .execute();
  expect(events).toMatchObject([{ detail: { from: 'p/a', to: 'p/b' } }]);
  // What a person has named is not replaced.
  const named = await atStep(database, 'applying', { agents, models, orderSettings: { model: 'p/a' } });
  expect(await decided(failed, named.work, 'applying', stopped())).toBe('stop');
});

test('R-REC-1: fear: the clock of this machine is hours ahead, and a retry waits for hours', async () => {
  const database = await testDatabase();
  const hours = 6 * 3_600_000;
  for (const aheadMs of [hours, -hours]) {
    const work = await scratchWork(database, { step: 'tracking' });
    const clock = { now: () => new Date(Date.now() + aheadMs) };
    await decided(failed, { ...work, clock }, 'tracking', away());
    const { rows } = await sql<{
      seconds: number | null;
    }>`select extract(epoch from wake_at - clock_timestamp())::float8
      as seconds from runs where id = ${work.run.id}`.execute(database.query);
    expect(Math.abs(rows[0]?.seconds ?? 0)).toBeLessThan(600);
  }
});
