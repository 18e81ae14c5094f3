// What people do to a pull request while its run works. Git is real; the test decides what the forge answers.
import { expect, test } from 'vitest';
import { sharedDatabase } from '../../../test/shared-database.ts';
import { retry } from '../commands/start-run.ts';
import type { ChecksReport } from '../ports/forge.ts';
import { remotePlace } from '../run/remote-place.ts';
import { checkOf, look } from '../sentinel/next/followed.fixture.ts';
import { changing, published } from './published.fixture.ts';

const shared = sharedDatabase();

/** CI is red on the first commit, and a run works on that. */
async function sentBack() {
  const at = await published(shared(), { agent: changing });
  const redOn = new Set([at.pullRequest.headSha]);
  const none: Omit<ChecksReport, 'sha'> = { verdict: 'none', checks: [], missing: [] };
  const red: Omit<ChecksReport, 'sha'> = { ...none, verdict: 'red', checks: [checkOf('build', 'failed')] };
  Object.assign(at.work.forge, {
    readChecks: async ({ sha }: { sha: string }) => ({ ...(redOn.has(sha) ? red : none), sha }),
    readLog: async () => null,
  });
  await look(at.database, at.work.forge);
  expect(await at.order()).toMatchObject({ step: 'generating', run: 2 });
  return { ...at, redOn };
}

test.each(['merged', 'closed'] as const)(
  'fear: a person has its pull request %s while its run works, and Moose opens a second one',
  async (state) => {
    const { work, repository, execute, pullRequest, atRemote, order } = await sentBack();
    const { headBranch, headSha } = pullRequest;
    Object.assign(pullRequest, { state });
    await execute();
    expect(await order()).toMatchObject({
      status: 'needs_review',
      step: 'creating_pr',
      failure: { code: 'PULL_REQUEST_ENDED' },
    });
    expect(atRemote(headBranch)).toBe(headSha);
    expect(work.forge.pullRequests).toHaveLength(1);
    // The person wants the rest too, although the branch was deleted on the forge.
    const { url } = await remotePlace(work.project, work.settings.dataDirectory);
    repository.git('push', '--quiet', url, `:refs/heads/${headBranch}`);
    await retry(work, await order(), { from: 'creating_pr' }, 'human:ada');
    await execute();
    expect(await order()).toMatchObject({ status: 'in_progress', step: 'awaiting_ci' });
    expect(work.forge.pullRequests.map((each) => each.state)).toEqual([state, 'open']);
    expect(atRemote(headBranch)).toBe(work.forge.pullRequests[1]?.headSha);
    expect(atRemote(headBranch)).not.toBe(headSha);
  },
);

test.each([
  ['renames', { title: 'feat: make it' }],
  ['describes', { body: 'What QA has to test by hand: …' }],
])('fear: a person %s the pull request, and the second cycle after that overwrites it', async (_, change) => {
  const { execute, pullRequest, order, work, database, redOn } = await sentBack();
  const written = { title: pullRequest.title, body: pullRequest.body };
  Object.assign(pullRequest, change);
  for (const run of [2, 3]) {
    expect(await order()).toMatchObject({ step: 'generating', run });
    await execute();
    expect(await order()).toMatchObject({ step: 'awaiting_ci', title: written.title });
    expect(work.forge.pullRequests).toMatchObject([{ ...change, state: 'open' }]);
    redOn.add(pullRequest.headSha);
    await look(database, work.forge);
  }
  // What nobody changed is Moose's.
  if ('title' in change) expect(pullRequest.body).not.toBe(written.body);
  else expect(pullRequest.title).toBe(written.title);
});
