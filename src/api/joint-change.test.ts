import { expect, test } from 'vitest';
import type { WorkOrder, WorkOrderDetail } from '../contract/contract.ts';
import { apiGround } from './api-ground.fixture.ts';

async function ground() {
  const it = await apiGround();
  const authorization = `Bearer ${it.tokens.operator}`;
  const given = { title: 'Add the tax', repository_path: await it.addedRepository() };
  const submit = (also_in: object[], headers = {}) =>
    it.call('/api/work-orders', {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ ...given, also_in }),
    });
  const one = (id: string) => it.call(`/api/work-orders/${id}`, { headers: { authorization } });
  return { ...it, submit, one };
}

test('a joint change that is submitted twice under one key is one, and each work order shows all', async () => {
  const it = await ground();
  const client = await it.addedRepository();
  const key = { 'idempotency-key': 'one' };
  const made = await it.submit([{ repository_path: client }], key);
  expect(made.status).toBe(201);
  expect((await it.submit([{ repository_path: client }], key)).status).toBe(201);
  const { work_order: order } = made.body as { work_order: WorkOrder };
  expect(order.joint).toEqual({ group_id: order.id, number: 1, of: 2 });
  const { joint_change: joint } = (await it.one(order.id)).body as WorkOrderDetail;
  expect(joint?.items.map(({ number, waits_for }) => [number, waits_for])).toEqual([
    [1, []],
    [2, [1]],
  ]);
  const other = (await it.one(joint?.items[1]?.work_order_id ?? '')).body as WorkOrderDetail;
  expect(other.joint_change).toEqual(joint);
  expect(await it.database.query.selectFrom('workOrders').select('id').execute()).toHaveLength(2);
  const [logged] = await it.database.query.selectFrom('auditLog').select('detail').execute();
  expect(logged?.detail).toMatchObject({ also_in: [{ repository_path: client }] });
});

test.each([
  [{ repository_path: 'client' }, 400, 'REPOSITORY_PATH_RELATIVE'],
  [{ repository_path: 'https://example.invalid/acme/client.git' }, 403, 'PROJECT_NOT_YOURS'],
  [{}, 400, 'SUBMISSION_WITHOUT_REPOSITORY'],
])('fear: what is refused as a repository is taken as the second one: %j', async (also, status, code) => {
  const it = await ground();
  const refused = await it.submit([also]);
  expect(refused.body).toMatchObject({ code });
  expect(refused.status).toBe(status);
  expect(await it.database.query.selectFrom('workOrders').select('id').execute()).toEqual([]);
});
