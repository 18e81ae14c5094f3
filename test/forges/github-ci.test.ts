// CI, discussion and merging later, as only GitHub has them. On the double.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { testDatabase } from '../database.ts';
import { opened, pushed } from './contract.fixture.ts';
import { type GitHubGround, startGitHubGround } from './github-ground.fixture.ts';

let ground: GitHubGround;
beforeAll(async () => {
  ground = await startGitHubGround(() => testDatabase());
});
afterAll(() => ground?.stop());

test('R-SEN-3: the log of a red job is read, its failed step named, and the job run again once', async () => {
  const scene = await ground.scene();
  const { headSha: sha } = await opened(scene);
  const run = scene.repository.startRun(sha, ['build', 'lint']);
  scene.repository.reportJob(run, 'lint', { conclusion: 'success' });
  const log = `${'2026-01-01T00:00:00Z line\n'.repeat(3)}2026-01-01T00:00:00Z ##[error]it broke\n`;
  scene.repository.reportJob(run, 'build', { conclusion: 'failure', log, failedStep: 'npm test' });
  const look = () => scene.forge.readChecks({ sha, baseBranch: 'main' });
  const red = await look();
  expect(red.verdict).toBe('red');
  const build = red.checks.find(({ name }) => name === 'build');
  if (!build) throw new Error('The check is missing.');
  expect(build).toMatchObject({ state: 'failed', attempt: 1 });
  expect(await scene.forge.readLog(build)).toEqual({
    text: 'line\nline\nline\n##[error]it broke\n',
    isCut: false,
    failedStep: 'npm test',
  });
  expect(await scene.forge.rerun(build)).toBe('started');
  // After a lost answer it is asked for again.
  expect(await scene.forge.rerun(build)).toBe('started');
  const asked = ground.github.requests.filter(({ path }) => path.endsWith('/rerun-failed-jobs'));
  expect(asked).toHaveLength(1);
  expect(await look()).toMatchObject({ verdict: 'running' });
  scene.repository.reportJob(run, 'build', { conclusion: 'success' });
  const green = await look();
  expect(green.verdict).toBe('green');
  expect(green.checks.find(({ name }) => name === 'build')).toMatchObject({ attempt: 2, state: 'passed' });
});

test('a check of another App has its marks in files in place of a log, and a status has nothing', async () => {
  const scene = await ground.scene();
  const { headSha: sha } = await opened(scene);
  const annotation = { path: 'a.ts', line: 3, message: 'unused' };
  scene.repository.reportCheck(sha, 'lint', {
    conclusion: 'failure',
    title: 'One problem',
    summary: 'See a.ts',
    annotations: [annotation],
  });
  scene.repository.reportStatus(sha, 'deploy', 'failure', 'No room');
  const { checks } = await scene.forge.readChecks({ sha, baseBranch: 'main' });
  const [lint, deploy] = ['lint', 'deploy'].map((name) => checks.find((check) => check.name === name));
  if (!lint || !deploy) throw new Error('A check is missing.');
  expect(lint.summary).toContain('One problem');
  expect((await scene.forge.readLog(lint))?.text).toContain('a.ts:3: failure: unused');
  expect(deploy.summary).toBe('No room');
  expect(await scene.forge.readLog(deploy)).toBeNull();
  expect(await scene.forge.rerun(deploy)).toBe('refused');
});

test('R-SEN-5: an answer goes into the thread of its line, once', async () => {
  const scene = await ground.scene();
  const { pull } = await opened(scene, { 'a.txt': 'one\ntwo\n' });
  await ground.acts.review(scene, pull.number, {
    body: 'See below.',
    judgement: 'changes_requested',
    path: 'a.txt',
    line: 2,
  });
  const lines = async () =>
    (await scene.forge.readRemarks(pull.number, null)).filter(({ kind }) => kind === 'line');
  const [line] = await lines();
  if (!line) throw new Error('The comment on a line is missing.');
  const answer = { number: pull.number, key: 'answer:1', answers: line };
  await scene.forge.say({ ...answer, text: 'Done.' });
  await scene.forge.say({ ...answer, text: 'Done now.' });
  const after = await lines();
  expect(after.map(({ isOwn }) => isOwn)).toEqual([false, true]);
  expect(after[1]).toMatchObject({ body: 'Done now.', threadId: line.threadId });
});

test('R-SEN-8: GitHub merges by itself when the checks have passed', async () => {
  const scene = await ground.scene();
  scene.repository.state.settings.hasAutoMerge = true;
  await ground.acts.require(scene, ['build']);
  const { headSha, pull } = await opened(scene);
  const how = { expectedHeadSha: headSha, method: 'squash', when: 'checks passed' } as const;
  expect(await scene.forge.mergePullRequest(pull.number, how)).toBe('queued');
  expect(await scene.forge.mergePullRequest(pull.number, how)).toBe('queued');
  await ground.acts.setCheck(scene, { sha: headSha, name: 'build', state: 'passed' });
  expect(await scene.forge.findPullRequest({ number: pull.number })).toMatchObject({ state: 'merged' });
  // Nothing is left to wait for.
  const { headSha: next, draft } = await pushed(scene);
  const { number } = await scene.forge.openPullRequest(draft);
  await ground.acts.setCheck(scene, { sha: next, name: 'build', state: 'passed' });
  const now = { ...how, expectedHeadSha: next };
  expect(await scene.forge.mergePullRequest(number, now)).toMatchObject({ state: 'merged' });
});

test('R-SEN-8: what GitHub was to merge by itself is taken back, from auto-merge and from the queue', async () => {
  const scene = await ground.scene();
  scene.repository.state.settings.hasAutoMerge = true;
  await ground.acts.require(scene, ['build']);
  const { headSha, pull } = await opened(scene);
  const { number } = pull;
  // There is no auto-merge to cancel.
  await scene.forge.cancelAutoMerge(number);
  const how = { expectedHeadSha: headSha, when: 'checks passed' } as const;
  expect(await scene.forge.mergePullRequest(number, how)).toBe('queued');
  await scene.forge.cancelAutoMerge(number);
  await ground.acts.setCheck(scene, { sha: headSha, name: 'build', state: 'passed' });
  expect(await scene.forge.findPullRequest({ number })).toMatchObject({ state: 'open' });
  scene.repository.state.settings.hasMergeQueue = true;
  expect(await scene.forge.mergePullRequest(number, { expectedHeadSha: headSha })).toBe('queued');
  const queued = () => scene.repository.state.pulls.get(number)?.queuedAt;
  expect(queued()).not.toBeNull();
  await scene.forge.cancelAutoMerge(number);
  expect(queued()).toBeNull();
});

test('R-SEN-8: what is behind its base branch is refused as that, so that Moose brings it up to date', async () => {
  const scene = await ground.scene();
  scene.repository.protect('main', { isStrict: true });
  const { headSha, pull } = await opened(scene);
  await scene.push('main', { 'newer.txt': 'newer\n' });
  const merging = scene.forge.mergePullRequest(pull.number, { expectedHeadSha: headSha });
  await expect(merging).rejects.toMatchObject({
    code: 'PULL_REQUEST_NOT_MERGEABLE',
    metadata: { isBehind: true },
  });
});

test('R-SEN-8: where there is a merge queue, it is entered', async () => {
  const scene = await ground.scene();
  scene.repository.state.settings.hasMergeQueue = true;
  const { headSha, pull } = await opened(scene);
  const how = { expectedHeadSha: headSha };
  expect(await scene.forge.inspect()).toMatchObject({ hasMergeQueue: true });
  expect(await scene.forge.mergePullRequest(pull.number, how)).toBe('queued');
  expect(await scene.forge.mergePullRequest(pull.number, how)).toBe('queued');
});
