// What only looks like the pull request, its approval or the absence of a conflict: nothing is decided from it.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { PermanentError, TransientError } from '../../domain/failure.ts';
import { toJson } from '../../store/storable.ts';
import { changePullRequest } from '../../store/work/pull-requests/pull-requests.ts';
import { changeWorkOrder } from '../../store/work/work-orders/work-orders.ts';
import type { Remark } from '../ports/forge.ts';
import { followedGround, passing } from './followed-ground.fixture.ts';
import { look, pushed } from './next/followed.fixture.ts';
import { readFollowed } from './next/followed.ts';

const shared = sharedDatabase();
const ground = () => followedGround(shared());

test('fear: the remote is another repository now, and its pull request of this number decides', async () => {
  const { database, forge, order, row } = await ground();
  Object.assign(forge.pullRequest, { state: 'closed', headBranch: 'feature' });
  await look(database, Object.assign(forge, { repository: 'acme/fork' }));
  expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
  expect(await row()).toMatchObject({ state: 'open', waitingFor: expect.stringContaining('acme/fork on') });
  await look(database, Object.assign(forge, { host: 'local', repository: '' }));
  expect((await row()).waitingFor).toContain('on no registered forge');
  expect(forge.calls).toEqual([]);
});

test('fear: the repository was made again, and another pull request of this number decides', async () => {
  const { database, forge, order, row } = await ground();
  Object.assign(forge.pullRequest, { state: 'merged', mergedSha: 'c'.repeat(40), headBranch: 'feature' });
  await look(database, forge);
  expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
  expect(await row()).toMatchObject({ waitingFor: expect.stringContaining('no longer has pull request 7') });
  // This is how Gitea names a deleted branch.
  forge.pullRequest.headBranch = 'refs/pull/7/head';
  await look(database, forge);
  expect(await order()).toMatchObject({ status: 'completed' });
});

const approval = (given: Partial<Remark>): Remark => {
  const at = new Date(Date.now() + 60_000).toISOString();
  return {
    key: 'r1',
    kind: 'review',
    author: 'ada',
    isOwn: false,
    body: '',
    sha: pushed,
    path: null,
    judgement: 'approved',
    line: null,
    threadId: null,
    isResolved: false,
    url: null,
    createdAt: at,
    updatedAt: at,
    ...given,
  };
};

test('R-SEN-8: a program approves nothing, and an approval from before the push approves another commit', async () => {
  const { database, forge, order } = await ground();
  forge.verdicts[pushed] = passing;
  forge.writers = ['ada', 'robot[bot]', 'project_3_bot_0a1b'];
  forge.remarks = [
    approval({ author: 'robot[bot]' }),
    approval({ author: 'project_3_bot_0a1b' }),
    approval({ sha: null, createdAt: '2020-01-01T00:00:00Z' }),
  ];
  await look(database, forge, { merge: 'approved' });
  expect(await order()).toMatchObject({ status: 'in_progress' });
  expect(forge.calls.filter((call) => call.startsWith('merge'))).toEqual([]);
  forge.remarks = [approval({ sha: null })];
  await look(database, forge, { merge: 'approved' });
  expect(await order()).toMatchObject({ status: 'completed' });
});

test('fear: a person pauses the work order while Moose looks, and it merges all the same', async () => {
  const { database, forge, order, scratch } = await ground();
  forge.verdicts[pushed] = passing;
  const held = { heldBy: 'human:ada', heldAt: new Date(), changedBy: 'human:ada', changedBecause: 'paused' };
  const readChecks = forge.readChecks;
  forge.readChecks = async (of) => {
    await changeWorkOrder(database.query, scratch.workOrderId, {}, held);
    return readChecks(of);
  };
  await look(database, forge, { merge: 'green' });
  expect(forge.calls.filter((call) => call.startsWith('merge'))).toEqual([]);
  expect(await order()).toMatchObject({ status: 'in_progress', heldBy: 'human:ada' });
});

test('fear: a forge that computes again whether it conflicts ends the question about the conflict', async () => {
  const { database, forge, order, scratch } = await ground();
  const change = { refinementCyclesMax: 0, changedBy: 'human:test', changedBecause: 'test' };
  await changeWorkOrder(database.query, scratch.workOrderId, {}, change);
  forge.verdicts[pushed] = passing;
  for (const mergeable of [false, false, null, null]) {
    forge.pullRequest.mergeable = mergeable;
    await look(database, forge);
  }
  expect(await order()).toMatchObject({ status: 'needs_review' });
  forge.pullRequest.mergeable = true;
  await look(database, forge);
  expect(await order()).toMatchObject({ status: 'completed' });
});

test('R-SEN-4: a merge that the forge refuses for a conflict begins a cycle, although it still calls it mergeable', async () => {
  const { database, forge, order, row } = await ground();
  forge.verdicts[pushed] = passing;
  forge.pullRequest.mergeable = true;
  forge.failures.merge = new PermanentError({
    code: 'MERGE_CONFLICT',
    component: 'forge',
    operation: 'merge',
    message: 'Pull request 7 conflicts with main.',
  });
  await look(database, forge, { merge: 'green' });
  expect(await order()).toMatchObject({ step: 'awaiting_ci', refinementCycles: 0 });
  await look(database, forge, { merge: 'green' });
  expect(await order()).toMatchObject({ step: 'generating', run: 2, refinementCycles: 1 });
  expect((await row()).followed).toMatchObject({ needsBase: true });
  expect(forge.calls.filter((call) => call.startsWith('merge'))).toHaveLength(1);
});

test('R-SEN-4: a forge that has not decided about a merge is asked again, and a person is told after some minutes', async () => {
  const { database, forge, order, row } = await ground();
  forge.verdicts[pushed] = passing;
  forge.failures.merge = new TransientError({
    code: 'PULL_REQUEST_UNDECIDED',
    component: 'forge',
    operation: 'merge',
    message: 'forge.test has not computed yet whether pull request 7 can be merged.',
  });
  await look(database, forge, { merge: 'green' });
  expect((await row()).followed).toMatchObject({ mergeRefused: { isUndecided: true, times: 1 } });
  expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
  const before = await row();
  const followed = readFollowed(before.followed);
  const mergeRefused = followed.mergeRefused && { ...followed.mergeRefused, times: 6 };
  await changePullRequest(database.query, before, 7, { followed: toJson({ ...followed, mergeRefused }) });
  await look(database, forge, { merge: 'green' });
  expect((await row()).followed).toMatchObject({ asked: { code: 'FORGE_UNDECIDED' } });
});
