// A person changes the base branch of a pull request on its forge, or the branch is renamed there.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { keepFollowed } from '../../store/work/pull-requests/followed-pull-requests.ts';
import { eventsOf } from '../../store/work/work-orders/work-orders.ts';
import { followedGround, passing } from './followed-ground.fixture.ts';
import { checkOf, look, pushed } from './next/followed.fixture.ts';

const shared = sharedDatabase();
const running = { verdict: 'running' as const, checks: [checkOf('build', 'running')] };

test('R-SEN-4: a pull request that was retargeted is followed to its new base branch, and that is told once', async () => {
  const { database, forge, scratch, order, row } = await followedGround(shared());
  forge.verdicts[pushed] = running;
  forge.pullRequest.baseBranch = 'develop';
  await look(database, forge);
  await look(database, forge);
  expect(await row()).toMatchObject({ baseBranch: 'develop', waitingFor: expect.stringContaining('build') });
  expect(await order()).toMatchObject({ baseBranch: 'develop', step: 'awaiting_ci', run: 1 });
  const events = await eventsOf(database.query, scratch.workOrderId);
  expect(events.filter(({ kind }) => kind === 'pull_request.retargeted')).toMatchObject([
    {
      reason: 'pull request 7 has the base branch develop now, no longer main',
      detail: { number: 7, from: 'main', into: 'develop' },
    },
  ]);
});

test('R-SEN-8: fear: what a file allows to be merged into one branch is merged into another', async () => {
  const { database, forge, order, row } = await followedGround(shared());
  forge.verdicts[pushed] = passing;
  await keepFollowed(database.query, await row(), { pushedSha: pushed, mergeOfFile: 'green' });
  forge.pullRequest.baseBranch = 'release';
  await look(database, forge);
  expect(forge.calls.filter((call) => call.startsWith('merge'))).toEqual([]);
  expect(await order()).toMatchObject({ status: 'completed', changedBecause: 'CI is green' });
});

test('R-SEN-8: fear: the base branch is renamed, and Moose merges what the file of the project leaves to people', async () => {
  const { database, forge, order, row } = await followedGround(shared());
  forge.verdicts[pushed] = passing;
  await keepFollowed(database.query, await row(), { pushedSha: pushed, mergeOfFile: 'never' });
  forge.pullRequest.baseBranch = 'trunk';
  await look(database, forge, { merge: 'green' });
  expect(forge.calls.filter((call) => call.startsWith('merge'))).toEqual([]);
  expect(await order()).toMatchObject({ status: 'completed', changedBecause: 'CI is green' });
});

test('fear: a conflict with the old base branch starts a paid run for the new one', async () => {
  const { database, forge, order, row } = await followedGround(shared());
  forge.verdicts[pushed] = running;
  const refused = { sha: pushed, because: 'It conflicts.', isBehind: false, isConflict: true, times: 1 };
  const mergeRefused = { ...refused, at: new Date().toISOString() };
  await keepFollowed(database.query, await row(), { pushedSha: pushed, mergeRefused });
  forge.pullRequest.baseBranch = 'develop';
  await look(database, forge);
  expect(await order()).toMatchObject({ step: 'awaiting_ci', run: 1, refinementCycles: 0 });
});

test('fear: somebody else has looked in the meantime, and the base branch of both looks is recorded', async () => {
  const { database, forge, scratch, row } = await followedGround(shared());
  forge.verdicts[pushed] = running;
  forge.pullRequest.baseBranch = 'develop';
  const find = forge.findPullRequest;
  forge.findPullRequest = async (...asked) => {
    const lookedAt = new Date();
    await database.query
      .updateTable('pullRequests')
      .set({ lookedAt })
      .where('workOrderId', '=', scratch.workOrderId)
      .execute();
    return find(...asked);
  };
  await look(database, forge);
  expect(await row()).toMatchObject({ baseBranch: 'main' });
});
