// What counts as green on GitHub, and what says nothing about the change. On the double.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../database.ts';
import type { CheckRequest } from '../github-double/ci.ts';
import type { Job } from '../github-double/state.ts';
import { opened } from './contract.fixture.ts';
import { type GitHubGround, type GitHubScene, startGitHubGround } from './github-ground.fixture.ts';

let ground: GitHubGround;
beforeAll(async () => {
  ground = await startGitHubGround(() => testDatabase());
});
afterAll(() => ground?.stop());

type Ended = CheckRequest & Partial<Pick<Job, 'log' | 'failedStep' | 'hasRunner'>>;

async function pullRequest(required: readonly string[] = []) {
  const scene = await ground.scene();
  if (required.length > 0) scene.repository.protect('main', { classic: required });
  const { headSha: sha, pull } = await opened(scene);
  const read = () => scene.forge.readChecks({ sha, baseBranch: 'main' });
  return { scene, sha, read, number: pull.number, workflow: workflowOn(scene, sha) };
}

/** A run of Actions whose jobs end so. */
const workflowOn =
  ({ repository }: GitHubScene, sha: string) =>
  (jobs: Readonly<Record<string, Ended>>, name = 'CI') => {
    const run = repository.startRun(sha, Object.keys(jobs), { name });
    for (const [job, ended] of Object.entries(jobs)) repository.reportJob(run, job, ended);
    return run;
  };

const passed: Ended = { conclusion: 'success' };
const skipped: Ended = { conclusion: 'skipped' };
const failed: Ended = { conclusion: 'failure', log: 'not ok 1\n', failedStep: 'npm test' };
const marked = (message: string): Ended => ({
  conclusion: 'failure',
  annotations: [{ path: '.github', line: 1, message }],
});

test.each<[string, string, string[], Record<string, Ended>]>([
  ['what it needs failed', 'red', ['all'], { build: failed, test: failed, all: skipped }],
  ['what it needs was cancelled', 'none', ['all'], { build: { conclusion: 'cancelled' }, all: skipped }],
  ['what it needs was skipped', 'none', ['all'], { lint: passed, test: skipped, all: skipped }],
  ['all was skipped', 'none', ['all'], { build: skipped, all: skipped }],
  ['its own filter skipped it', 'none', ['build', 'docs'], { changes: passed, build: passed, docs: skipped }],
])('R-SEN-6: a required check is skipped because %s: %s', async (_, verdict, required, jobs) => {
  const { read, workflow } = await pullRequest(required);
  workflow(jobs);
  expect(await read()).toMatchObject({ verdict });
});

test('R-SEN-6: neutral is not green, nor is a bot that passed', async () => {
  const { scene, sha, read, workflow } = await pullRequest();
  scene.repository.reportCheck(sha, 'test', { conclusion: 'neutral' });
  expect(await read()).toMatchObject({ verdict: 'none', because: 'every check was skipped' });
  scene.repository.reportCheck(sha, 'helper', { conclusion: 'success', app: { id: 7, slug: 'helper-bot' } });
  expect(await read()).toMatchObject({ verdict: 'none' });
  workflow({ triage: passed, run: passed }, 'Label pull requests');
  expect(await read()).toMatchObject({
    verdict: 'none',
    because: 'no check that tests the change has passed',
  });
  scene.repository.reportStatus(sha, 'license/cla', 'success');
  expect(await read()).toMatchObject({ verdict: 'none' });
  scene.repository.reportCheck(sha, 'test', { conclusion: 'success' });
  expect(await read()).toMatchObject({ verdict: 'green' });
});

test('R-SEN-6: tests skipped and a labeler that passed are not green', async () => {
  const { read, workflow } = await pullRequest();
  workflow({ build: skipped, test: skipped });
  workflow({ labeler: passed }, 'Labeler');
  expect(await read()).toMatchObject({
    verdict: 'none',
    because: 'no check that tests the change has passed',
  });
});

test.each<[string, Ended]>([
  ['billing', marked('The job was not started because recent account payments have failed.')],
  ['no runner', marked('The job was not acquired by Runner of type hosted even after multiple attempts')],
  ['runner lost', marked('The self-hosted runner: box lost communication with the server.')],
  ['runner lost', { ...marked('The runner has received a shutdown signal.'), log: 'half a log\n' }],
  ['no runner', { conclusion: 'failure', hasRunner: false }],
  // It failed within seconds, without a log.
  ['no runner', { conclusion: 'failure' }],
  ['no runner', { conclusion: 'failure', failedStep: 'Set up job' }],
  ['approval', { conclusion: 'action_required', title: 'A maintainer has to approve this' }],
])('R-SEN-6, R-GREEN-10: a job that did not run is not red: %s', async (kind, ended) => {
  const { read, workflow, scene } = await pullRequest();
  workflow({ test: ended, build: ended });
  const report = await read();
  expect(report.checks.map(({ obstacle }) => obstacle?.kind)).toEqual([kind, kind]);
  expect(report).toMatchObject({ verdict: 'none', because: expect.stringContaining('did not run') });
  // It is read once: a completed job does not change.
  const asked = () => ground.github.requests.filter(({ path }) => path.includes('/annotations')).length;
  const before = asked();
  await scene.forge.readChecks({ sha: report.sha, baseBranch: 'main' });
  expect(asked()).toBe(before);
});

test('R-GREEN-10: a check of another program that fails at once and says nothing has judged nothing', async () => {
  const { scene, sha, read } = await pullRequest();
  const app = { id: 7, slug: 'builds' };
  scene.repository.reportCheck(sha, 'test', { conclusion: 'failure', app });
  expect(await read()).toMatchObject({ verdict: 'none', checks: [{ obstacle: { kind: 'no runner' } }] });
  scene.repository.reportCheck(sha, 'test', { conclusion: 'failure', title: '3 tests failed', app });
  expect(await read()).toMatchObject({ verdict: 'red' });
});

test('R-SEN-6: a failure of the change beside a job without a runner is red; words that a step prints are no reason', async () => {
  const both = await pullRequest();
  both.workflow({ test: failed, gpu: { conclusion: 'failure', hasRunner: false } });
  expect(await both.read()).toMatchObject({ verdict: 'red' });
  const printed = await pullRequest();
  printed.workflow({ test: { ...marked('recent account payments have failed'), ...failed } });
  expect(await printed.read()).toMatchObject({ verdict: 'red', checks: [{ state: 'failed' }] });
});

test('R-SEN-6: a workflow that waits for an approval, and has no check yet, is named', async () => {
  const { scene, sha, read } = await pullRequest(['test']);
  const run = scene.repository.startRun(sha, [], { name: 'Integration' });
  run.isHeld = true;
  expect(await read()).toMatchObject({
    verdict: 'none',
    because: expect.stringContaining('Integration did not run'),
    checks: [{ name: 'Integration', obstacle: { kind: 'approval' } }],
    missing: ['test'],
  });
});

test('R-SEN-8: what a merge queue tests is read, also after it has removed the pull request', async () => {
  const { scene, sha, number } = await pullRequest();
  scene.repository.state.settings.hasMergeQueue = true;
  const of = { number, baseBranch: 'main', groupSha: null };
  expect(await scene.forge.readQueue?.(of)).toEqual({ isQueued: false, group: null });
  expect(await scene.forge.mergePullRequest(number, { expectedHeadSha: sha })).toBe('queued');
  const branch = [...scene.repository.state.heads.keys()].find((each) =>
    each.startsWith('gh-readonly-queue/'),
  );
  if (!branch) throw new Error('The queue has no branch.');
  const groupSha = scene.repository.sha(branch);
  const run = scene.repository.startRun(groupSha, ['e2e'], { event: 'merge_group', headBranch: branch });
  expect(await scene.forge.readQueue?.(of)).toMatchObject({ isQueued: true, group: { sha: groupSha } });
  scene.repository.reportJob(run, 'e2e', failed);
  scene.repository.endQueueOf(number, 'red');
  const removed = { isQueued: false, group: { sha: groupSha, checks: [{ name: 'e2e', state: 'failed' }] } };
  expect(await scene.forge.readQueue?.(of)).toMatchObject(removed);
  expect(await scene.forge.readQueue?.({ ...of, groupSha })).toMatchObject(removed);
});

test('R-SEN-8: what is in the way of a merge is read, so that a change of it is noticed', async () => {
  const { scene, number } = await pullRequest();
  const state = async () => (await scene.forge.findPullRequest({ number }))?.mergeState;
  expect(await state()).toBe('clean');
  scene.repository.protect('main', { isStrict: true });
  await scene.push('main', { 'newer.txt': 'newer\n' });
  expect(await state()).toBe('behind');
});
