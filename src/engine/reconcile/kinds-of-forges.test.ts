// Each kind of drift between a forge and the rows: made by hand, found, and repaired or asked about.
import { expect, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { projectOf } from '../../store/work/projects/projects.ts';
import { intendEffect, markEffect } from '../../store/work/sessions/effects.ts';
import type { PullRequest } from '../ports/forge.ts';
import { scratchWork } from '../scratch-work.fixture.ts';
import { type Machine, reconcileKinds } from './scratch-reconcile.fixture.ts';

/** A work order with a pushed branch, on a forge that keeps its pull requests in memory. */
async function scene() {
  const database = await testDatabase();
  const work = await scratchWork(database, { step: 'verifying' });
  const { order, run, forge, project } = work;
  const { query } = database;
  const key = `push:${order.id}`;
  const headBranch = 'moose/x';
  await intendEffect(query, {
    workOrderId: order.id,
    runId: run.id,
    kind: 'push',
    key,
    detail: { branch: headBranch },
  });
  await markEffect(query, key, 'done');
  await query
    .updateTable('runs')
    .set({ state: 'ended', endedAt: new Date() })
    .where('id', '=', run.id)
    .execute();
  const draft = {
    workOrderId: order.id,
    title: 't',
    body: '',
    headBranch,
    headSha: 'a',
    baseBranch: 'main',
    baseSha: 'b',
  };
  const addRow = (nextLookAt: Date | null) =>
    query
      .insertInto('pullRequests')
      .values({ ...draft, projectId: project.id, number: 1, host: 'memory', repository: '', nextLookAt })
      .execute();
  const rows = () =>
    query.selectFrom('pullRequests').select(['number', 'state', 'workOrderId', 'nextLookAt']).execute();
  const machine: Machine = { database, dataDirectory: '/nowhere/moose', forges: { of: async () => forge } };
  const reconciled = async (kind: string) => {
    const { failures, repairFailures, found, repaired } = await reconcileKinds(machine, [kind]);
    expect([...failures, ...repairFailures]).toEqual([]);
    return { found: found.length, repaired };
  };
  return { database, project, order, forge, draft, addRow, rows, reconciled };
}

test.each(['merged', 'closed'] as const)(
  'R-SES-7: a pull request that was %s by hand is recorded',
  async (state) => {
    const { forge, draft, addRow, rows, reconciled } = await scene();
    await forge.openPullRequest(draft);
    await addRow(null);
    expect(await reconciled('pull-request-ended-by-hand')).toEqual({ found: 0, repaired: 0 });
    Object.assign(forge.pullRequests[0] as PullRequest, { state });
    expect(await reconciled('pull-request-ended-by-hand')).toEqual({ found: 1, repaired: 1 });
    expect(await rows()).toMatchObject([{ state }]);
  },
);

test('R-SES-7: one that is followed is looked at now, by whoever decides what its end means', async () => {
  const { forge, draft, addRow, rows, reconciled } = await scene();
  await forge.openPullRequest(draft);
  await addRow(new Date(Date.now() + 24 * 3_600_000));
  await forge.closePullRequest(1);
  expect(await reconciled('pull-request-ended-by-hand')).toEqual({ found: 1, repaired: 1 });
  const [row] = await rows();
  expect(row).toMatchObject({ state: 'open' });
  expect(row?.nextLookAt?.getTime()).toBeLessThan(Date.now() + 3_600_000);
});

test('fear: the remote is another repository now, and the end of a pull request there is recorded for one here', async () => {
  const { forge, draft, addRow, rows, reconciled } = await scene();
  await addRow(null);
  await forge.openPullRequest(draft);
  Object.assign(forge, { repository: 'acme/other' });
  Object.assign(forge.pullRequests[0] as PullRequest, { state: 'merged', headBranch: 'theirs' });
  expect(await reconciled('pull-request-ended-by-hand')).toEqual({ found: 0, repaired: 0 });
  expect(await reconciled('pull-request-missing')).toEqual({ found: 0, repaired: 0 });
  expect(await rows()).toMatchObject([{ state: 'open' }]);
});

test('R-SES-7: a pull request that the forge does not know is a question', async () => {
  const { addRow, rows, reconciled } = await scene();
  await addRow(null);
  expect(await reconciled('pull-request-missing')).toEqual({ found: 1, repaired: 0 });
  expect(await rows()).toMatchObject([{ state: 'open' }]);
});

test('R-SES-7: a pull request that Moose does not know is recorded as that of its work order', async () => {
  const { order, forge, draft, rows, reconciled } = await scene();
  await forge.openPullRequest(draft);
  expect(await reconciled('pull-request-unknown')).toEqual({ found: 1, repaired: 1 });
  expect(await rows()).toMatchObject([{ number: 1, state: 'open', workOrderId: order.id }]);
  expect(await reconciled('pull-request-unknown')).toEqual({ found: 0, repaired: 0 });
});

/** Open pull requests of the scene's project and of another one, whose forge does not answer. */
async function twoForges(perProject: number) {
  const { database, order, forge, project, draft } = await scene();
  const other = await projectOf(database.query, '/nowhere/other', new Date());
  const asked: number[] = [];
  const counting = {
    ...forge,
    findPullRequest: async ({ number }: { number?: number }) => {
      asked.push(number ?? 0);
      return null;
    },
  };
  let isDown = false;
  for (const projectId of [project.id, other.id])
    await database.query
      .insertInto('pullRequests')
      .values(
        Array.from({ length: perProject }, (_, index) => ({
          ...draft,
          workOrderId: order.id,
          projectId,
          number: index + 1,
          headBranch: `moose/${index}`,
          host: 'memory',
          repository: projectId,
        })),
      )
      .execute();
  const of = async (id: string) => {
    if (id === other.id && isDown) throw new TypeError('The forge is away');
    return { ...counting, repository: id } as never;
  };
  const machine: Machine = { database, dataDirectory: '/nowhere/moose', forges: { of } };
  const look = (aheadMs?: number) => reconcileKinds(machine, ['pull-request-missing'], aheadMs);
  const open = () =>
    database.query.selectFrom('drifts').select(['subject', 'endedAt']).where('endedAt', 'is', null).execute();
  return { asked, look, open, breaks: () => (isDown = true) };
}

test('fear: a forge that does not answer hides what is different on others, or ends what was found on it', async () => {
  const { look, open, breaks } = await twoForges(1);
  expect((await look()).failures).toEqual([]);
  expect(await open()).toHaveLength(2);
  breaks();
  const { found, failures } = await look();
  expect(failures.map(({ failure }) => failure.message)).toEqual([expect.stringContaining('away')]);
  expect(found).toHaveLength(1);
  expect(await open()).toHaveLength(2);
});

test('fear: of many open pull requests, only the first are ever looked at', async () => {
  const { asked, look, open } = await twoForges(40);
  const turnMs = 10 * 60_000;
  await look(turnMs);
  expect(asked.length).toBeLessThanOrEqual(50);
  await look(2 * turnMs);
  expect(asked).toHaveLength(80);
  expect(await open()).toHaveLength(80);
});
