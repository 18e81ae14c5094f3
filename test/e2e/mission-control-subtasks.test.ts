// Sub-tasks in Mission Control: a person allows them, sees on both pages what an agent has asked for, and approves it.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { WorkOrder } from '../../src/contract/contract.ts';
import type { WorkOrderId } from '../../src/domain/ids.ts';
import { createSubtask } from '../../src/engine/commands/subtasks/create-subtask.ts';
import { projectById } from '../../src/store/work/projects/projects.ts';
import { requireWorkOrder } from '../../src/store/work/work-orders/work-orders.ts';
import { findBarriers } from '../browser/find-barriers.ts';
import { sizes } from '../browser/open-chromium.ts';
import { type MissionControl, missionControl } from './mission-control.fixture.ts';

let at: MissionControl;
beforeAll(async () => {
  at = await missionControl();
  await mkdir(gates(), { recursive: true });
});
afterAll(() => at.close());

const seenMs = 90_000;
const gates = () => join(at.farm.root, 'gates');

test('R-AGENT-4: a person allows sub-tasks, sees one appear on the page of its parent, and approves it', async () => {
  const gate = `until test -e ${gates()}/open; do sleep 0.1; done`;
  const made = await at.call('POST', '/api/work-orders', {
    title: 'Write file 1',
    repository_path: at.farm.repositories[0],
    limit_usd: 4,
    checks: [{ kind: 'test', command: gate }],
  });
  expect(made.status).toBe(201);
  const { id } = (made.body as { work_order: WorkOrder }).work_order;
  const { database } = at.farm;
  const order = await requireWorkOrder(database.query, id as WorkOrderId);

  const project = await at.see(`/projects/${order.projectId}`);
  await project.page.getByLabel('An agent may ask for work orders of its own').selectOption('ask');
  await project.page.getByText('Saved.').first().waitFor({ timeout: seenMs });

  const parent = await at.see(`/work-orders/${id}`);
  await parent.page.getByText('in progress').first().waitFor({ timeout: seenMs });
  const child = await database.transaction(async (query) =>
    createSubtask(
      query,
      { title: 'Write file 2', instructions: 'Beside the first.', limitNanoUsd: 1_000_000_000n },
      {
        parentId: order.id,
        project: await projectById(query, order.projectId),
        actor: 'patch',
        now: new Date(),
      },
    ),
  );
  const table = parent.page.getByRole('region', { name: /sub-tasks that the agent has asked for/ });
  const row = table.getByRole('row').filter({ hasText: 'Write file 2' });
  await row.getByText('waits for approval').waitFor({ timeout: seenMs });
  for (const size of [sizes.narrow, sizes.wide]) {
    await parent.page.setViewportSize(size);
    expect(await findBarriers(parent.page)).toEqual([]);
  }

  const own = await at.see(`/work-orders/${child}`);
  await own.page.getByText(/Sub-task of/).waitFor({ timeout: seenMs });
  expect(await findBarriers(own.page)).toEqual([]);
  await own.page.getByRole('button', { name: 'Approve' }).click();
  await own.page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await row.getByText('in progress').waitFor({ timeout: seenMs });
  await writeFile(join(gates(), 'open'), '');
  await row.getByText('completed').waitFor({ timeout: seenMs });
  await own.page.getByRole('link', { name: 'Write file 1' }).click();
  await own.page.getByRole('heading', { level: 1, name: 'Write file 1' }).waitFor({ timeout: seenMs });
  for (const { errors } of [project, parent, own]) expect(errors).toEqual([]);
}, 300_000);
