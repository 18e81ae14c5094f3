// A stacked change is merged by hand only after the parent change, and into the branch where that went (R-SPEC-5).
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { pullRequestOf, recordPullRequest } from '../../store/work/pull-requests/pull-requests.ts';
import { theWorkOrder } from '../../store/work/scratch-rows.fixture.ts';
import { changeWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import { scratchWork } from '../scratch-work.fixture.ts';
import { viewWorkOrders } from '../views/work-order/work-order-view.ts';
import { actsOf } from './acts.ts';
import { merge } from './merge/merge.ts';

const shared = sharedDatabase();
const sha = 'a'.repeat(40);
const because = { changedBy: 'test', changedBecause: 'test' };

/** Two completed work orders with open pull requests, the second into the branch of the first. */
async function stack() {
  const database = shared();
  const lower = await scratchWork(database, { step: 'tracking' });
  const upper = await scratchWork(database, { step: 'tracking' });
  const { forge } = lower;
  Object.assign(forge, { repository: `acme/${lower.order.id}` });
  const propose = async (work: typeof lower, branch: string, baseBranch: string) => {
    const { id, projectId } = work.order;
    const draft = { title: 't', body: 'b', headBranch: branch, headSha: sha, baseBranch, baseSha: sha };
    const { how: _, ...pull } = await forge.openPullRequest({ ...draft, workOrderId: id });
    const at = { host: forge.host, repository: forge.repository, projectId };
    await recordPullRequest(database.query, { ...pull, ...at, baseSha: sha, workOrderId: id });
    const learned = {
      branch,
      baseBranch,
      status: 'completed' as const,
      stepState: 'done' as const,
      finishedAt: new Date(),
    };
    await changeWorkOrder(database.query, id, {}, { ...learned, ...because });
  };
  await propose(lower, 'moose/1-lower', 'main');
  await propose(upper, 'moose/2-upper', 'moose/1-lower');
  await changeWorkOrder(database.query, upper.order.id, {}, { stackedOn: lower.order.id, ...because });
  const deps = { ...upper, forge, forges: { of: async () => forge } };
  const lowerOrder = () => theWorkOrder(database, lower.order.id);
  const upperOrder = () => theWorkOrder(database, upper.order.id);
  const whyNot = async () =>
    (await actsOf(database.query, await upperOrder(), 'human:ada')).find(({ act }) => act === 'merge')
      ?.why_not;
  return { database, forge, deps, lowerOrder, upperOrder, whyNot };
}

test('R-SPEC-5: the upper one is refused before the lower one is merged, and says why', async () => {
  const { database, deps, forge, upperOrder, whyNot } = await stack();
  const refused = { code: 'PULL_REQUEST_STACKED', message: expect.stringContaining('pull request 1 of') };
  await expect(merge(deps, await upperOrder(), 'human:ada')).rejects.toMatchObject(refused);
  expect(forge.pullRequests.map(({ state }) => state)).toEqual(['open', 'open']);
  expect(await whyNot()).toMatch(/^It is based on pull request 1 of .*, which has to be merged first\.$/);
  const [view] = await viewWorkOrders(database, [{ ...(await upperOrder()), project: 'api' }], new Date());
  expect(view?.explain).toContain('which has to be merged first');
});

test('R-SPEC-5: after the lower one, it goes where that one went', async () => {
  const { database, deps, forge, lowerOrder, upperOrder, whyNot } = await stack();
  await merge(deps, await lowerOrder(), 'human:ada');
  expect(await whyNot()).toBeNull();
  expect(await merge(deps, await upperOrder(), 'human:ada')).toMatchObject({ baseBranch: 'main' });
  expect(forge.pullRequests.map(({ state, baseBranch }) => [state, baseBranch])).toEqual([
    ['merged', 'main'],
    ['merged', 'main'],
  ]);
  expect(await upperOrder()).toMatchObject({ baseBranch: 'main' });
  const row = await pullRequestOf(database.query, (await upperOrder()).id);
  expect(row).toMatchObject({ baseBranch: 'main', state: 'merged' });
});

test('R-SPEC-5, fear: the lower one is closed, and a person merges what stands on it without knowing', async () => {
  const { database, deps, forge, lowerOrder, upperOrder } = await stack();
  const { id } = await lowerOrder();
  await database.query
    .updateTable('pullRequests')
    .set({ state: 'closed' })
    .where('workOrderId', '=', id)
    .execute();
  await expect(merge(deps, await upperOrder(), 'human:ada')).rejects.toMatchObject({
    code: 'PULL_REQUEST_STACKED',
    message: expect.stringContaining('was closed without a merge'),
    advice: expect.stringContaining('merge it on the forge yourself'),
  });
  expect(forge.pullRequests[1]).toMatchObject({ state: 'open' });
});
