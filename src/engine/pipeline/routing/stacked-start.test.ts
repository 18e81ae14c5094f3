// The start of a work order whose dependencies are in different states (R-SPEC-5).
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import type { WorkOrderId } from '../../../domain/ids.ts';
import { ensureBareRemote } from '../../../git/remote/remote.ts';
import { scratchDirectory, scratchRepository } from '../../../git/scratch-repository.fixture.ts';
import type { Database } from '../../../store/database.ts';
import { recordPullRequest } from '../../../store/work/pull-requests/pull-requests.ts';
import { aWorkOrderAtWork } from '../../../store/work/scratch-rows.fixture.ts';
import { changeWorkOrder } from '../../../store/work/work-orders/work-orders.ts';
import { remotePlace } from '../../run/remote-place.ts';
import { scratchWork } from '../../scratch-work.fixture.ts';
import { stackedStart } from './find-start.ts';

const shared = sharedDatabase();
const sha = 'a'.repeat(40);
type Given = { how?: 'branch' | 'within' | 'merge'; state?: 'open' | 'merged' | 'closed'; base?: string };

/** A work order that depends on others, each with its own branch on the remote. */
async function dependingOn(...lowers: readonly Given[]) {
  const database = shared();
  const repository = scratchRepository({ 'a.txt': 'one\n' });
  const work = await scratchWork(database, {
    step: 'routing',
    repositoryPath: repository.path,
    dataDirectory: scratchDirectory(),
  });
  const { url, isMooses } = await remotePlace(work.project, work.settings.dataDirectory);
  await ensureBareRemote(url, {
    defaultBranchFrom: repository.path,
    branch: 'main',
    sha: repository.headSha,
  });
  const heads: Record<string, string> = { main: repository.headSha };
  const ids = [];
  for (const [at, { how = 'branch', state = 'open', base = 'main' }] of lowers.entries()) {
    const branch = `moose/${at + 1}-lower`;
    repository.git('checkout', '--quiet', '-B', branch, 'main');
    heads[branch] = repository.commit({ [`${at}.txt`]: 'lower\n' });
    repository.git('push', '--quiet', url, `${branch}:refs/heads/${branch}`);
    const { workOrderId, projectId } = await aWorkOrderAtWork(database, {
      repositoryPath: repository.path,
      step: 'tracking',
    });
    ids.push(workOrderId);
    await changeWorkOrder(
      database.query,
      workOrderId,
      {},
      {
        branch,
        status: 'completed',
        stepState: 'done',
        finishedAt: new Date(),
        changedBy: 'test',
        changedBecause: 'test',
      },
    );
    await recordPullRequest(database.query, {
      projectId,
      workOrderId,
      number: at + 1,
      title: 't',
      body: 'b',
      headBranch: branch,
      headSha: sha,
      host: 'memory',
      repository: workOrderId,
      baseBranch: base,
      baseSha: sha,
      state,
      mergedSha: null,
      url: null,
      isDraft: false,
      mergeable: null,
    });
    await database.query
      .insertInto('workOrderDependencies')
      .values({ workOrderId: work.order.id, dependsOn: workOrderId, how })
      .execute();
  }
  repository.git('checkout', '--quiet', 'main');
  return { work, heads, ids, isMooses, database };
}

const becomes = (database: Database, id: WorkOrderId, status: 'completed' | 'failed') =>
  database.query.updateTable('workOrders').set({ status, stepState: 'done' }).where('id', '=', id).execute();

test('what depends on nothing, or on what has no change, starts as always', async () => {
  const { work, database } = await dependingOn();
  expect(await stackedStart(work)).toBeUndefined();
  const { workOrderId } = await aWorkOrderAtWork(database);
  const edge = { workOrderId: work.order.id, dependsOn: workOrderId };
  await database.query.insertInto('workOrderDependencies').values(edge).execute();
  await becomes(database, workOrderId, 'completed');
  expect(await stackedStart(work)).toBeUndefined();
});

test('R-SPEC-5, fear: what replaces a cancelled one below it has no change yet, and it starts without it', async () => {
  const { work, database } = await dependingOn();
  const { workOrderId } = await aWorkOrderAtWork(database);
  const edge = { workOrderId: work.order.id, dependsOn: workOrderId };
  await database.query.insertInto('workOrderDependencies').values(edge).execute();
  await expect(stackedStart(work)).rejects.toMatchObject({ code: 'DEPENDENCY_NOT_READY' });
  await becomes(database, workOrderId, 'failed');
  await expect(stackedStart(work)).rejects.toMatchObject({ code: 'DEPENDENCY_GONE' });
});

test('R-SPEC-5: from the branch of the one that it stands on, whatever that one contains', async () => {
  const { work, heads, ids } = await dependingOn({ how: 'within' }, { how: 'branch' });
  const baseBranch = 'moose/2-lower';
  const start = { baseBranch, baseSha: heads[baseBranch], stackedOn: ids[1] };
  expect(await stackedStart(work)).toEqual(start);
});

test('R-SPEC-5: from the base once they are merged', async () => {
  const one = await dependingOn({ state: 'merged' });
  const base = { baseBranch: 'main', baseSha: one.heads.main };
  expect(await stackedStart(one.work)).toEqual({ ...base, stackedOn: one.ids[0] });
  const both = await dependingOn({ how: 'merge', state: 'merged' }, { how: 'merge', state: 'merged' });
  expect(await stackedStart(both.work)).toEqual({ ...base, baseSha: both.heads.main });
});

test('R-SPEC-5: what a person merged into a branch below goes on from that branch', async () => {
  const { work, database, heads, ids } = await dependingOn(
    { how: 'within' },
    { how: 'branch', state: 'merged', base: 'moose/1-lower' },
  );
  const [bottom, lower] = ids;
  if (!bottom || !lower) throw new Error('There are two');
  const change = { stackedOn: bottom, changedBy: 'test', changedBecause: 'test' };
  await changeWorkOrder(database.query, lower, {}, change);
  const baseBranch = 'moose/1-lower';
  expect(await stackedStart(work)).toEqual({ baseBranch, baseSha: heads[baseBranch], stackedOn: bottom });
});

test('R-SPEC-5, fear: a person retries it although something below it is missing', async () => {
  const waits = await dependingOn({ how: 'merge', state: 'merged' }, { how: 'merge' });
  await expect(stackedStart(waits.work)).rejects.toMatchObject({
    code: 'DEPENDENCY_NOT_MERGED',
    message: expect.stringContaining('pull request 2 of work order'),
    advice: expect.stringContaining('moose merge'),
  });
  const closed = await dependingOn({ state: 'closed' });
  await expect(stackedStart(closed.work)).rejects.toMatchObject({
    code: 'DEPENDENCY_GONE',
    message: expect.stringContaining('was closed without a merge'),
  });
});
