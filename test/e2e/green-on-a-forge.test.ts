// A whole Moose that merges by policy on the double of GitHub: nothing that is not green is merged, and what says nothing
// about the change is not sent to the agent.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CheckRequest } from '../github-double/ci.ts';
import { type GitHub, startGitHub } from '../github-double/github.ts';
import type { Job } from '../github-double/state.ts';
import type { TestRepository } from '../github-double/test-repository.ts';
import { hintAt } from './ci.fixture.ts';
import { eventually } from './eventually.fixture.ts';
import { githubPlace, openGitHubStage } from './forge-scenario/github-stage.fixture.ts';
import type { Stage } from './forge-scenario/scenario.fixture.ts';
import { writes } from './ground.fixture.ts';

const minuteMs = 60_000;
const waitMsMax = 3 * minuteMs;

let github: GitHub;
let repository: TestRepository;
let stage: Stage & { repositoryPath: string; close(): Promise<void> };
beforeAll(async () => {
  github = await startGitHub();
  repository = github.addRepository('acme/api');
  for (const login of ['moose', 'ada']) repository.grant(login, 'write');
  const place = githubPlace({
    MOOSE_TEST_GITHUB_URL: github.url,
    MOOSE_TEST_GITHUB_TOKEN: github.tokenOf('moose'),
    MOOSE_TEST_GITHUB_REVIEWER_TOKEN: github.tokenOf('ada'),
    MOOSE_TEST_GITHUB_REPOSITORY: 'acme/api',
  });
  if (!place) throw new Error('The token is missing.');
  stage = await openGitHubStage(place);
}, 2 * minuteMs);
afterAll(async () => {
  await stage?.close();
  await github?.stop();
});

type Ended = CheckRequest & Partial<Pick<Job, 'log' | 'failedStep'>>;
const passed: Ended = { conclusion: 'success' };
const skipped: Ended = { conclusion: 'skipped' };
const failed: Ended = { conclusion: 'failure', log: 'not ok 1 - it works\n', failedStep: 'npm test' };
const unpaid: Ended = {
  conclusion: 'failure',
  annotations: [
    {
      path: '.github',
      line: 1,
      message: 'The job was not started because recent account payments have failed.',
    },
  ],
};

/** A work order whose pull request is open, on a commit that has no check yet. */
async function proposed(title: string) {
  const { ground, repositoryPath } = stage;
  let proposals = 0;
  const answer = () => {
    proposals += 1;
    return writes(`${title.replaceAll(' ', '-')}.txt`, `${proposals}\n`, `Plan ${proposals}`);
  };
  const { id } = await ground.submit({ title, answer, repositoryPath });
  const order = () => ground.opened.moose.find(id);
  const { projectId } = await order();
  await ground.opened.mooseFor('human:ada').projects.change(projectId, { merge: 'green' });
  await holds(async () => expect((await order()).step).toBe('awaiting_ci'));
  const pull = async () => {
    const { pullRequestUrl } = await order();
    const found = [...repository.state.pulls.values()].find(({ number }) =>
      pullRequestUrl?.endsWith(`/${number}`),
    );
    if (!found) throw new Error('There is no pull request.');
    return found;
  };
  const ci = async (jobs: Readonly<Record<string, Ended>>) => {
    const { headSha } = await pull();
    const run = repository.startRun(headSha, Object.keys(jobs));
    for (const [job, ended] of Object.entries(jobs)) repository.reportJob(run, job, ended);
    return headSha;
  };
  const explain = async () => (await ground.opened.moose.view(id)).explain;
  return { id, order, pull, ci, explain };
}

async function holds(claim: () => Promise<unknown>): Promise<void> {
  const hinting = setInterval(() => void hintAt(stage.ground).catch(() => undefined), 500);
  try {
    await eventually(claim, waitMsMax);
  } finally {
    clearInterval(hinting);
  }
}

test(
  'R-SEN-6, R-SEN-8: a required check that was skipped because its needs failed goes back, and is not merged',
  async () => {
    repository.protect('main', { classic: ['all'] });
    const { order, pull, ci, explain } = await proposed('Skipped for its needs');
    const first = await ci({ build: failed, test: failed, all: skipped });
    await holds(async () => expect((await order()).refinementCycles).toBe(1));
    await holds(async () => expect((await order()).step).toBe('awaiting_ci'));
    const second = await ci({ build: passed, test: passed, lint: failed, all: passed });
    await holds(async () => expect((await order()).status).toBe('completed'));
    expect(second).not.toBe(first);
    expect((await pull()).mergedAt).not.toBeNull();
    // What failed and is not required is told.
    expect(await explain()).toContain('lint failed, and is not required');
  },
  10 * minuteMs,
);

test(
  'R-SEN-3: an account that cannot pay and a check that waits for a person charge no cycle, and are asked about',
  async () => {
    repository.protect('main', { classic: [] });
    const one = await proposed('Unpaid one');
    const two = await proposed('Unpaid two');
    await one.ci({ build: unpaid, test: unpaid });
    await two.ci({ build: unpaid });
    const { query } = stage.ground.opened.database;
    const asked = async () =>
      await query
        .selectFrom('escalations')
        .select(['code', 'title', 'groupKey'])
        .where('status', '=', 'open')
        .execute();
    await holds(async () => expect(await one.explain()).toContain('recent account payments have failed'));
    await holds(async () => expect(await two.explain()).toContain('recent account payments have failed'));
    expect(await asked()).toMatchObject([
      { code: 'CI_BLOCKED', title: expect.stringContaining('cannot pay') },
    ]);
    for (const { order } of [one, two])
      expect(await order()).toMatchObject({ status: 'in_progress', refinementCycles: 0, run: 1 });
    const { headSha } = await two.pull();
    repository.reportCheck(headSha, 'security', { conclusion: 'action_required', title: 'Approve the scan' });
    await one.ci({ build: passed, test: passed });
    await holds(async () => expect((await one.order()).status).toBe('completed'));
    expect((await one.pull()).mergedAt).not.toBeNull();
    expect(await two.order()).toMatchObject({ status: 'in_progress', refinementCycles: 0 });
    expect((await two.pull()).mergedAt).toBeNull();
    expect(github.faults).toEqual([]);
  },
  10 * minuteMs,
);
