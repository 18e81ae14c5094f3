import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { systemClock } from '../../stdx/clock.ts';
import { ensureProject, markRemoved, projectById } from '../../store/work/projects/projects.ts';
import { requireWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { aPlannedSpec, by, endWith, orderOf, ordersOf } from '../specs/planned-spec.fixture.ts';
import { actsOf } from './acts.ts';
import { cancelIfOpen } from './cancel.ts';
import { retry } from './start-run.ts';
import { steerSpecs } from './steer-spec.ts';

async function ground() {
  const database = await testDatabase();
  const deps = { database, clock: systemClock };
  const spec = await aPlannedSpec(database, { a: [], b: [] });
  const specs = steerSpecs({ ...deps, actor: by });
  await specs.run(spec);
  const [a, b] = [await orderOf(database, spec, 'a'), await orderOf(database, spec, 'b')];
  await endWith(database, a, 'failed');
  await cancelIfOpen(deps, b, by);
  const order = await requireWorkOrder(database.query, a);
  await markRemoved(database.query, order.projectId);
  return { database, deps, spec, specs, order };
}

const removed = { code: 'WORK_ORDER_PROJECT_GONE', advice: expect.stringContaining('moose project add') };

test('fear: a failed work order of a removed project is retried there, without the variables that were deleted', async () => {
  const { database, deps, order } = await ground();
  await expect(retry(deps, order, {}, by)).rejects.toMatchObject(removed);
  const whyNot = (await actsOf(database.query, order, by)).find(({ act }) => act === 'retry')?.why_not;
  expect(whyNot).toContain('was removed');
  const { repositoryPath } = await projectById(database.query, order.projectId);
  await ensureProject(database.query, { repositoryPath: repositoryPath ?? '' }, 'api', new Date());
  await retry(deps, order, {}, by);
  expect(await requireWorkOrder(database.query, order.id)).toMatchObject({ status: 'in_progress', run: 2 });
});

test('R-SPEC-2: fear: a retry of a spec makes new work orders in a project that takes none', async () => {
  const { database, spec, specs } = await ground();
  const before = await ordersOf(database, spec);
  await expect(specs.retry(spec)).rejects.toMatchObject(removed);
  expect(await ordersOf(database, spec)).toEqual(before);
});
