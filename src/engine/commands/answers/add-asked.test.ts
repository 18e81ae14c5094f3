import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { nothingAsked } from '../../../domain/work-order/asked.ts';
import { toJson } from '../../../store/storable.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { eventsOf } from '../../../store/work/work-orders/work-orders.ts';
import { asking, by, depsOf } from '../../questions/asking.fixture.ts';
import { answer } from './answer.ts';

const shared = sharedDatabase();

async function refused() {
  const database = shared();
  const free = { costNanoUsd: '0', risk: 'high', chance: null, chanceOf: 0 } as const;
  const asked = { ...nothingAsked, skips: ['prints'] };
  const option = { ...free, id: 'asked', kind: 'asked', label: 'Asked', from: 'verifying', asked } as const;
  const at = await asking(database, {
    failureClass: 'contract_violation',
    options: [option],
    recommendedOption: 'asked',
  });
  const settings = toJson({ agent: 'patch', asked: { ...nothingAsked, needs_test: true } });
  await database.query.updateTable('workOrders').set({ settings }).where('id', '=', at.workOrderId).execute();
  return { ...at, database };
}

test('R-GREEN-17, R-ESC-3: what was asked after all is added, and the change is judged again without the agent', async () => {
  const { database, question, workOrderId } = await refused();
  await answer(depsOf(database), await question(), 'asked', { by });
  expect(await theWorkOrder(database, workOrderId)).toMatchObject({
    status: 'in_progress',
    step: 'verifying',
    settings: { agent: 'patch', asked: { ...nothingAsked, needs_test: true, skips: ['prints'] } },
  });
  const events = await eventsOf(database.query, workOrderId);
  expect(events.find(({ kind }) => kind === 'asked.added')).toMatchObject({
    actor: by,
    reason: `${by} said that this was asked: may skip prints`,
  });
});

test('R-GREEN-17: fear: a program acquits the change that an agent made', async () => {
  const { database, question, workOrderId } = await refused();
  await expect(answer(depsOf(database), await question(), 'asked', { by: 'api:ci' })).rejects.toMatchObject({
    code: 'ASKED_NOT_YOURS',
    advice: expect.stringContaining('yourself'),
  });
  expect(await question()).toMatchObject({ status: 'open' });
  expect((await theWorkOrder(database, workOrderId)).settings).toMatchObject({ asked: { skips: [] } });
});
