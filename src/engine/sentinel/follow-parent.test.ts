// When the parent change is merged, a pull request is retargeted once, at whatever moment Moose dies (R-SPEC-5).
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { recordPullRequest } from '../../store/work/pull-requests/pull-requests.ts';
import { aWorkOrderAtWork } from '../../store/work/scratch-rows.fixture.ts';
import { changeWorkOrder, eventsOf } from '../../store/work/work-orders/work-orders.ts';
import { followedGround } from './followed-ground.fixture.ts';
import { base, look } from './next/followed.fixture.ts';

const shared = sharedDatabase();
const because = { changedBy: 'test', changedBecause: 'test' };

/** A pull request into the branch of another one, which is merged into main. */
async function onMerged() {
  const ground = await followedGround(shared());
  const { database, forge, scratch, order } = ground;
  const { projectId } = await order();
  const lower = await aWorkOrderAtWork(database, { title: 'Lower' });
  await recordPullRequest(database.query, {
    projectId,
    workOrderId: lower.workOrderId,
    number: 6,
    title: 't',
    body: 'b',
    headSha: base,
    host: forge.host,
    repository: forge.repository,
    headBranch: 'moose/0',
    baseBranch: 'main',
    baseSha: base,
    state: 'merged',
    mergedSha: base,
    url: null,
    isDraft: false,
    mergeable: null,
  });
  const stands = { stackedOn: lower.workOrderId, baseBranch: 'moose/0', baseSha: base, ...because };
  await changeWorkOrder(database.query, scratch.workOrderId, {}, stands);
  await database.query
    .updateTable('pullRequests')
    .set({ baseBranch: 'moose/0' })
    .where('workOrderId', '=', scratch.workOrderId)
    .execute();
  forge.pullRequest.baseBranch = 'moose/0';
  forge.updatePullRequest = async (number, { baseBranch = '' }) => {
    forge.calls.push(`retarget ${number} ${baseBranch}`);
    return Object.assign(forge.pullRequest, { baseBranch });
  };
  const retargets = () => forge.calls.filter((call) => call.startsWith('retarget'));
  const told = async () =>
    (await eventsOf(database.query, scratch.workOrderId)).filter(
      ({ kind }) => kind === 'pull_request.retargeted',
    );
  return { ...ground, lower, retargets, told };
}

test('R-SPEC-5: it is retargeted once, and another machine compares the commits if this one has no repository', async () => {
  const { database, forge, order, row, retargets, told } = await onMerged();
  await look(database, forge);
  await look(database, forge);
  expect(retargets()).toEqual(['retarget 7 main']);
  expect(await order()).toMatchObject({ step: 'awaiting_ci', baseBranch: 'main', run: 1 });
  expect(await row()).toMatchObject({ baseBranch: 'main' });
  expect(await told()).toMatchObject([
    { reason: 'pull request 6, which it is based on, is merged into main', detail: { into: 'main' } },
  ]);
});

test('fear: the forge has retargeted it by itself, or Moose died before it knew', async () => {
  const { database, forge, order, row, retargets, told } = await onMerged();
  forge.pullRequest.baseBranch = 'main';
  await look(database, forge);
  expect(retargets()).toEqual([]);
  expect(await order()).toMatchObject({ baseBranch: 'main' });
  expect(await row()).toMatchObject({ baseBranch: 'main' });
  expect(await told()).toHaveLength(1);
});

test('R-SPEC-5: it goes on standing on what the lower one stood on, if that is where the lower one went', async () => {
  const { database, forge, order, lower } = await onMerged();
  const bottom = await aWorkOrderAtWork(database, { title: 'Bottom' });
  const at = { branch: 'moose/bottom', ...because };
  await changeWorkOrder(database.query, bottom.workOrderId, {}, at);
  const onBottom = { stackedOn: bottom.workOrderId, ...because };
  await changeWorkOrder(database.query, lower.workOrderId, {}, onBottom);
  await database.query
    .updateTable('pullRequests')
    .set({ baseBranch: 'moose/bottom' })
    .where('workOrderId', '=', lower.workOrderId)
    .execute();
  await look(database, forge);
  expect(await order()).toMatchObject({ baseBranch: 'moose/bottom', stackedOn: bottom.workOrderId });
});
