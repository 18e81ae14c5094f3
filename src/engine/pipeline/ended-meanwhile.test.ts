// What people do to a pull request while its run works. Git is real; the test decides what the forge answers.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { retry } from '../commands/start-run.ts';
import type { ChecksReport } from '../ports/forge.ts';
import { remotePlace } from '../run/remote-place.ts';
import { checkOf, look } from '../sentinel/followed.fixture.ts';
import { changing, published } from './published.fixture.ts';

const shared = sharedDatabase();

/** CI is red on the first commit, and a run works on that. */
async function sentBack() {
  const at = await published(shared(), { agent: changing });
  const { headSha } = at.pullRequest;
  const none: Omit<ChecksReport, 'sha'> = { verdict: 'none', checks: [], missing: [] };
  const red: Omit<ChecksReport, 'sha'> = { ...none, verdict: 'red', checks: [checkOf('build', 'failed')] };
  Object.assign(at.work.forge, {
    readChecks: async ({ sha }: { sha: string }) => ({ ...(sha === headSha ? red : none), sha }),
    readLog: async () => null,
  });
  await look(at.database, at.work.forge);
  expect(await at.order()).toMatchObject({ step: 'generating', run: 2 });
  return at;
}

test.each(['merged', 'closed'] as const)(
  'fear: a person has its pull request %s while its run works, and Moose opens a second one',
  async (state) => {
    const { work, repository, carry, pullRequest, atRemote, order } = await sentBack();
    const { headBranch, headSha } = pullRequest;
    Object.assign(pullRequest, { state });
    await carry();
    expect(await order()).toMatchObject({
      ...{ status: 'needs_review', step: 'creating_pr', failure: { code: 'PULL_REQUEST_ENDED' } },
    });
    expect(atRemote(headBranch)).toBe(headSha);
    expect(work.forge.pullRequests).toHaveLength(1);
    // The person wants the rest too, although the branch was deleted on the forge.
    const { url } = await remotePlace(work.project, work.settings.dataDirectory);
    repository.git('push', '--quiet', url, `:refs/heads/${headBranch}`);
    await retry(work, await order(), { from: 'creating_pr' }, 'human:ada');
    await carry();
    expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
    expect(work.forge.pullRequests.map((each) => each.state)).toEqual([state, 'open']);
    expect(atRemote(headBranch)).toBe(work.forge.pullRequests[1]?.headSha);
    expect(atRemote(headBranch)).not.toBe(headSha);
  },
  120_000,
);

test('fear: a person renames the pull request, and the next cycle takes the name away', async () => {
  const { carry, pullRequest, order, work } = await sentBack();
  const { title, body } = pullRequest;
  Object.assign(pullRequest, { title: 'feat: make it' });
  await carry();
  expect(await order()).toMatchObject({ step: 'awaiting_ci', title });
  expect(work.forge.pullRequests).toMatchObject([{ title: 'feat: make it', state: 'open' }]);
  expect(pullRequest.body).not.toBe(body);
}, 120_000);
