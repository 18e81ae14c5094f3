// Merges that Gitea puts off. `test/forges` covers the others with a real Gitea.
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { startFaultServer } from '../../../test/fault-server.ts';
import { systemClock } from '../../stdx/clock.ts';
import { createAnswerCache } from '../answer-cache.ts';
import { createCallHost } from '../call-host.ts';
import { createLimitsOf } from '../host-limits.ts';
import { createGiteaApi } from './api.ts';
import { mergePull } from './merge.ts';
import { createPullRequests } from './pull-requests.ts';

const sha = 'a'.repeat(40);
const side = (branch: string) => ({ label: branch, ref: branch, sha, repo_id: 1 });
const pull = {
  number: 7,
  html_url: 'http://forge/7',
  state: 'open',
  title: 'Add a',
  merged: false,
  mergeable: false,
  head: side('moose/a'),
  base: side('main'),
};

/** A forge that never ends computing. `missing`: how many commits of its base branch the change lacks. */
async function mergedWhere(missing: number) {
  const delays: number[] = [];
  const server = await startFaultServer(({ method, path }) => {
    const body =
      method === 'POST'
        ? { message: 'Please try again later' }
        : path.includes('/compare/')
          ? { total_commits: missing }
          : pull;
    return { kind: 'reply', status: method === 'POST' ? 405 : 200, body: JSON.stringify(body) };
  });
  onTestFinished(() => server.stop());
  const database = await testDatabase();
  const limits = createLimitsOf({ database, clock: systemClock, writesApartMs: 0 })('forge.test');
  const authorization = async () => 'token of-tests';
  const place = { host: 'forge.test', apiUrl: server.url, clock: systemClock, limits, authorization };
  const api = createGiteaApi('forge.test', 'ada/api', createCallHost(place, createAnswerCache()));
  const order = { expectedHeadSha: sha, method: 'merge' as const };
  const merging = mergePull(api, createPullRequests(api), { number: 7, order }, undefined, async (ms) => {
    delays.push(ms);
  });
  const error = await merging.catch((cause: unknown) => cause);
  return { error, delays, paths: server.requests.map(({ path }) => path) };
}

test('R-SEN-4: a change that contains its base branch is not called in conflict by a forge that never decides', async () => {
  const { error, delays, paths } = await mergedWhere(0);
  expect(error).toMatchObject({ code: 'PULL_REQUEST_UNDECIDED', category: 'transient', retryable: true });
  expect(delays.reduce((sum, each) => sum + each)).toBeGreaterThan(30_000);
  expect(paths.at(-1)).toBe(`/repos/ada/api/compare/${sha}...main`);
});

test('R-SEN-4: one that lacks commits of it is', async () => {
  expect((await mergedWhere(1)).error).toMatchObject({ code: 'MERGE_CONFLICT', retryable: false });
});
