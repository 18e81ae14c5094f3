import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { newId, type WorkOrderId } from '../../domain/ids.ts';
import { scratchRepository } from '../../git/scratch-repository.fixture.ts';
import { systemClock } from '../../stdx/clock.ts';
import { openRunOf } from '../../store/work/runs/runs.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { approve } from './approve.ts';
import { cancel } from './cancel.ts';
import { submit } from './submit/submit.ts';

const ada = 'human:ada';

async function submitted(needsApproval: boolean, id?: WorkOrderId) {
  const database = await testDatabase();
  const deps = { database, clock: systemClock };
  const repositoryPath = (await scratchRepository()).path;
  const given = { title: 'Mend it', repositoryPath, needsApproval };
  const { order } = await submit(deps, given, ada, id === undefined ? {} : { id });
  return { database, deps, order, again: () => submit(deps, given, ada, { id: order.id }) };
}

test('R-PIPE-11: before the approval there is no run; with it there is one, however often it is given', async () => {
  const { database, deps, order } = await submitted(true);
  expect(await openRunOf(database.query, order.id)).toBeUndefined();
  await Promise.all([
    approve(deps, order, ada, 'go'),
    approve(deps, order, 'human:bob'),
    approve(deps, order, ada),
  ]);
  expect(await openRunOf(database.query, order.id)).toMatchObject({ number: 1, kind: 'work', leg: 0 });
  const { approvedBy, approvedAt, status } = await theWorkOrder(database, order.id);
  expect([ada, 'human:bob']).toContain(approvedBy);
  expect([approvedAt, status]).toEqual([expect.any(Date), 'pending']);
});

test('R-PIPE-11: a program approves nothing, what is over is not approved, and what needs none says so', async () => {
  const { deps, order } = await submitted(true);
  await expect(approve(deps, order, 'api:ci')).rejects.toMatchObject({ code: 'APPROVAL_NOT_YOURS' });
  expect(await cancel(deps, order, ada)).toBe('cancelled');
  await expect(approve(deps, order, ada)).rejects.toMatchObject({ code: 'WORK_ORDER_OVER' });
  const free = await submitted(false);
  await expect(approve(free.deps, free.order, ada)).rejects.toMatchObject({ code: 'APPROVAL_NOT_NEEDED' });
});

test('submitted twice under one id it is one work order, with one run', async () => {
  const id = newId<WorkOrderId>(new Date());
  const { database, order, again } = await submitted(false, id);
  expect(order.id).toBe(id);
  expect((await again()).order.id).toBe(id);
  expect(await database.query.selectFrom('runs').select('number').execute()).toEqual([{ number: 1 }]);
});
