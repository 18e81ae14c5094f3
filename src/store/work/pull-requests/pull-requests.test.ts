import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../../test/shared-database.ts';
import type { ProjectId } from '../../../domain/ids.ts';
import type { Database } from '../../database.ts';
import { aWorkOrderAtWork } from '../scratch-rows.fixture.ts';
import { endPullRequest, findPullRequest, openLocalPullRequest } from './pull-requests.ts';

const shared = sharedDatabase();

const at = (projectId: ProjectId) => ({ projectId, host: 'local', repository: '' });

async function opener(database: Database) {
  const { workOrderId, projectId } = await aWorkOrderAtWork(database, {
    repositoryPath: `/srv/${randomUUID()}`,
  });
  const draft = { projectId, workOrderId, title: 't', body: 'b', baseBranch: 'main', baseSha: 'base' };
  return {
    projectId,
    open: (headBranch: string, headSha = 'head') =>
      database.transaction((query) => openLocalPullRequest(query, { ...draft, headBranch, headSha })),
  };
}

test('R-PIPE-7: a branch has one pull request; opening it again updates its head', async () => {
  const database = shared();
  const { open, projectId } = await opener(database);
  const first = await open('moose/a');
  const again = await open('moose/a', 'newer');
  expect(again).toMatchObject({ number: first.number, headSha: 'newer', state: 'open' });
  expect(await findPullRequest(database.query, at(projectId), { headBranch: 'moose/a' })).toEqual(again);
  expect(await findPullRequest(database.query, at(projectId), { number: 99 })).toBeUndefined();
});

test('numbers have no gaps, even with concurrent requests', async () => {
  const database = shared();
  const { open } = await opener(database);
  const opened = await Promise.all(Array.from({ length: 20 }, (_, index) => open(`moose/${index % 10}`)));
  expect([...new Set(opened.map(({ number }) => number))].sort((a, b) => a - b)).toEqual([
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10,
  ]);
});

test('a closed pull request is opened again, and a merged one stays merged', async () => {
  const database = shared();
  const { open, projectId } = await opener(database);
  const [one, other] = [await open('moose/a'), await open('moose/b')];
  const ends = await Promise.all([
    endPullRequest(database.query, at(projectId), one.number, { state: 'closed', mergedSha: null }),
    endPullRequest(database.query, at(projectId), one.number, { state: 'closed', mergedSha: null }),
  ]);
  expect(ends.filter(Boolean)).toHaveLength(1);
  expect((await open('moose/a')).state).toBe('open');
  await endPullRequest(database.query, at(projectId), other.number, { state: 'merged', mergedSha: 'm' });
  expect(await open('moose/b')).toMatchObject({ state: 'merged', mergedSha: 'm' });
});
