import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { newId, type RunId, type WorkOrderId } from '../../domain/ids.ts';
import type { Database } from '../../store/database.ts';
import { projectOf } from '../../store/projects.ts';
import { destructionHalted } from './destruction-breaker.ts';

async function anUndoneWorkOrder(database: Database, kind: 'branch' | 'worktree'): Promise<WorkOrderId> {
  const id = newId<WorkOrderId>(new Date());
  const runId = newId<RunId>(new Date());
  const project = await projectOf(database.query, '/srv/api', new Date());
  const owner = { workOrderId: id, runId };
  await database.query
    .insertInto('workOrders')
    .values({ id, projectId: project.id, title: 'Undo me', timeLimitMs: 1_000, changedBy: 'human:test' })
    .execute();
  await database.query
    .insertInto('runs')
    .values({ id: runId, workOrderId: id, number: 1, kind: 'undo' })
    .execute();
  await database.query
    .insertInto('effects')
    .values({ ...owner, kind, key: `${kind}:${id}`, state: 'undone' })
    .execute();
  return id;
}

test('R-PIPE-14: many undone at once stop the next one, and alert', async () => {
  const database = await testDatabase();
  for (let n = 0; n < 3; n++) await anUndoneWorkOrder(database, 'branch');
  const next = newId<WorkOrderId>(new Date());
  expect(await destructionHalted(database.query, next, 4)).toBeUndefined();
  expect(await destructionHalted(database.query, next, 3)).toMatchObject({
    code: 'DESTRUCTION_HALTED',
    retryable: false,
  });
  expect(await database.query.selectFrom('systemAlerts').select('component').execute()).toEqual([
    { component: 'effects' },
  ]);
});

test('R-PIPE-14: what is older than a minute, and what destroys nothing, does not count', async () => {
  const database = await testDatabase();
  const old = await anUndoneWorkOrder(database, 'branch');
  await database.query
    .updateTable('effects')
    .set({ updatedAt: new Date(Date.now() - 61_000) })
    .where('workOrderId', '=', old)
    .execute();
  await anUndoneWorkOrder(database, 'worktree');
  expect(await destructionHalted(database.query, newId<WorkOrderId>(new Date()), 1)).toBeUndefined();
});

test('R-PIPE-14: one undo is always whole: its own acts do not stop it', async () => {
  const database = await testDatabase();
  const id = await anUndoneWorkOrder(database, 'branch');
  expect(await destructionHalted(database.query, id, 1)).toBeUndefined();
});
