import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import { PermanentError, TransientError } from '../../../domain/failure.ts';
import { pullRequestOf, recordPullRequest } from '../../../store/work/pull-requests/pull-requests.ts';
import { theWorkOrder } from '../../../store/work/scratch-rows.fixture.ts';
import { changeWorkOrder, eventsOf } from '../../../store/work/work-orders/work-orders.ts';
import { scratchWork } from '../../scratch-work.fixture.ts';
import { mergeConflict } from './in-conflict.ts';
import { merge } from './merge.ts';

const shared = sharedDatabase();
const said = { component: 'forge', operation: 'merge', message: 'It did not work.' };

/** A work order with a pull request, on a forge whose first merges fail. */
async function proposed(failures: readonly Error[]) {
  const work = await scratchWork(shared(), { step: 'tracking' });
  const { database, forge, order } = work;
  const branch = 'moose/12345678-mend-it';
  await changeWorkOrder(database.query, order.id, {}, { branch, changedBy: 'test', changedBecause: 'test' });
  const sha = 'a'.repeat(40);
  const draft = { title: 't', body: 'b', headBranch: branch, headSha: sha, baseBranch: 'main', baseSha: sha };
  await forge.openPullRequest({ ...draft, workOrderId: order.id });
  let calls = 0;
  const merged = forge.mergePullRequest;
  forge.mergePullRequest = async (...asked) => {
    const failure = failures[calls++];
    if (failure) throw failure;
    return merged(...asked);
  };
  work.order = await theWorkOrder(database, order.id);
  return { work, calls: () => calls };
}

test('R-REC-1: a merge is retried as the recovery table says of the forge', async () => {
  const away = () => new TransientError({ ...said, code: 'AWAY' });
  const { work, calls } = await proposed([away(), away()]);
  expect(await merge(work, work.order, 'human:me')).toMatchObject({ state: 'merged' });
  expect(calls()).toBe(3);
});

test('R-SEN-8: a merge that the forge does later is recorded as queued, and not as done', async () => {
  const { work } = await proposed([]);
  work.forge.mergePullRequest = async () => 'queued';
  expect(await merge(work, work.order, 'human:me')).toMatchObject({ state: 'open', mergedSha: null });
  const kinds = (await eventsOf(work.database.query, work.order.id)).map(({ kind }) => kind);
  expect(kinds).toContain('pull_request.queued');
  expect(kinds).not.toContain('progress');
});

test.each(['merged', 'queued'] as const)(
  'R-SEN-8: once a person has had it %s, Moose looks at once',
  async (end) => {
    const { work } = await proposed([]);
    const { query } = work.database;
    const [pull] = work.forge.pullRequests;
    if (!pull) throw new Error('There is no pull request');
    const { headSha } = pull;
    Object.assign(work.forge, { repository: `acme/${end}` });
    const at = { host: work.forge.host, repository: work.forge.repository, projectId: work.order.projectId };
    await recordPullRequest(query, { ...pull, ...at, baseSha: headSha, workOrderId: work.order.id });
    const ofIt = query.updateTable('pullRequests').where('workOrderId', '=', work.order.id);
    const later = new Date(Date.now() + 60 * 60_000);
    await ofIt.set({ nextLookAt: later, looksUnchanged: 9 }).execute();
    if (end === 'queued') work.forge.mergePullRequest = async () => 'queued';
    await merge(work, work.order, 'human:me');
    const row = await pullRequestOf(query, work.order.id);
    expect(row?.nextLookAt?.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
    expect(row?.looksUnchanged).toBe(0);
  },
);

test('R-SEN-8: a paused work order is not merged: the pause would take the merge back', async () => {
  const { work, calls } = await proposed([]);
  const { query } = work.database;
  const by = { changedBy: 'human:ada', changedBecause: 'test' };
  await changeWorkOrder(query, work.order.id, {}, { step: 'awaiting_ci', stepState: 'running', ...by });
  const held = { heldBy: 'human:ada', heldAt: new Date(), ...by };
  await changeWorkOrder(query, work.order.id, {}, held);
  const paused = await theWorkOrder(work.database, work.order.id);
  await expect(merge(work, paused, 'human:me')).rejects.toMatchObject({
    code: 'MERGE_WHILE_PAUSED',
    category: 'permanent',
    message: expect.stringContaining('ada'),
    advice: expect.stringContaining('moose resume '),
  });
  expect(calls()).toBe(0);
});

test('R-REC-1: a merge that conflicts is not retried', async () => {
  const conflict = new PermanentError({ ...said, code: mergeConflict });
  const { work, calls } = await proposed([conflict]);
  await changeWorkOrder(
    work.database.query,
    work.order.id,
    {},
    { status: 'completed', stepState: 'done', changedBy: 'test', changedBecause: 'test' },
  );
  await expect(merge(work, work.order, 'human:me')).rejects.toMatchObject({ code: mergeConflict });
  expect(calls()).toBe(1);
  expect(await theWorkOrder(work.database, work.order.id)).toMatchObject({
    failure: { code: mergeConflict },
  });
});
