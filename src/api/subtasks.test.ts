import { expect, test } from 'vitest';
import type { WorkOrder, WorkOrderDetail } from '../contract/contract.ts';
import type { WorkOrderId } from '../domain/ids.ts';
import { createSubtask } from '../engine/commands/subtasks/create-subtask.ts';
import { projectById } from '../store/work/projects/projects.ts';
import { requireWorkOrder } from '../store/work/work-orders/work-orders.ts';
import { apiGround } from './api-ground.fixture.ts';

test('R-AGENT-4: a program cannot allow sub-tasks over HTTP, and parent and sub-task show each other', async () => {
  const it = await apiGround();
  const authorization = `Bearer ${it.tokens.admin}`;
  const send = (path: string, method: string, body: object) =>
    it.call(path, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  const one = async (id: string) =>
    (await it.call(`/api/work-orders/${id}`, { headers: { authorization } })).body as WorkOrderDetail;
  const given = { title: 'Add the tax', repository_path: await it.addedRepository(), limit_usd: 10 };
  const made = await send('/api/work-orders', 'POST', given);
  const { id } = (made.body as { work_order: WorkOrder }).work_order;
  expect(await one(id)).toMatchObject({ parent: null, subtasks: [] });
  const order = await requireWorkOrder(it.database.query, id as WorkOrderId);
  const path = `/api/projects/${order.projectId}`;
  const unknown = await send(path, 'PATCH', { subtasks: 'always' });
  expect(unknown.status).toBe(400);
  const refused = await send(path, 'PATCH', { subtasks: 'ask' });
  expect(refused).toMatchObject({ body: { code: 'LIMIT_NOT_YOURS' } });
  await it.database.query
    .updateTable('projects')
    .set({ settings: JSON.stringify({ subtasks: 'ask' }) })
    .execute();
  expect((await it.call(path, { headers: { authorization } })).body).toMatchObject({ subtasks: 'ask' });
  await it.database.query
    .updateTable('workOrders')
    .set({ status: 'in_progress', step: 'routing', stepState: 'running' })
    .where('id', '=', order.id)
    .execute();
  const child = await it.database.transaction(async (query) =>
    createSubtask(
      query,
      { title: 'Fix the parser', instructions: 'It drops a day.' },
      {
        parentId: order.id,
        project: await projectById(query, order.projectId),
        actor: 'claude-code',
        now: new Date(),
      },
    ),
  );
  expect((await one(id)).subtasks).toEqual([
    {
      work_order_id: child,
      title: 'Fix the parser',
      status: 'pending',
      waits_for_approval: true,
      limit_usd: 2.5,
      cost_usd: 0,
      pull_request: null,
    },
  ]);
  expect(await one(child)).toMatchObject({
    parent: { work_order_id: id, title: 'Add the tax', status: 'in_progress' },
    needs_you: true,
    limit_usd: 2.5,
  });
});
