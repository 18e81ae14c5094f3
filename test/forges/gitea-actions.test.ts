// What the adapter makes of Gitea's own CI, its webhooks and its rights.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { giteaDeliveries } from '../../src/forges/gitea/read-delivery.ts';
import { testDatabase } from '../database.ts';
import { opened } from './contract.fixture.ts';
import { expectStatus, lacksGitea } from './gitea.fixture.ts';
import { type GiteaGround, startGiteaGround } from './gitea-ground.fixture.ts';
import { type GiteaRunner, startGiteaRunner, workflowOf } from './gitea-runner.fixture.ts';
import { startHookReceiver } from './hook-receiver.fixture.ts';

const escapeCode = '\u001b';

describe.skipIf(lacksGitea)('Gitea', () => {
  let ground: GiteaGround;
  let runner: GiteaRunner;
  beforeAll(async () => {
    ground = await startGiteaGround(() => testDatabase());
    runner = await startGiteaRunner(ground.gitea);
  });
  afterAll(() => ground?.stop());

  const workflows = (jobs?: readonly string[]) => ({ '.gitea/workflows/ci.yaml': workflowOf(jobs) });

  test('R-SEN-3: a red job has a log, is run again, and is then another attempt', async () => {
    const scene = await ground.scene();
    const { forge } = scene;
    const { headSha: sha } = await opened(scene, workflows());
    const report = () => forge.readChecks({ sha, baseBranch: 'main' });
    const name = 'CI / build (pull_request)';
    await expect.poll(async () => (await report()).checks).toMatchObject([{ name, state: 'queued' }]);

    const job = await runner.next();
    expect(await report()).toMatchObject({ verdict: 'running', checks: [{ name, state: 'running' }] });
    const many = Array.from({ length: 20_000 }, (_, index) => `line ${index} of a long log`);
    const end = [
      `${escapeCode}[31mFAIL${escapeCode}[0m a.test.ts`,
      '  ❌  Failure - Main Run the tests [1.2s]',
    ];
    await job.end('failure', [...many, ...end]);
    const red = await report();
    expect(red).toMatchObject({ verdict: 'red', checks: [{ name, state: 'failed', attempt: 1 }] });
    const [check] = red.checks;
    if (!check) throw new Error('The check is missing.');
    const log = await forge.readLog(check);
    expect(log).toMatchObject({ isCut: true, failedStep: 'Run the tests' });
    const lines = log?.text.trimEnd().split('\n') ?? [];
    expect(lines.slice(-2)).toEqual(['FAIL a.test.ts', '  ❌  Failure - Main Run the tests [1.2s]']);
    expect(lines[0]).toMatch(/^line \d+ of a long log$/);

    expect(await forge.rerun(check)).toBe('started');
    // The answer may have been lost.
    expect(await forge.rerun(check)).toBe('started');
    expect(await forge.readLog(check)).toBeNull();
    const second = await runner.next();
    expect(second.attempt).toBe(2);
    const [again] = (await report()).checks;
    expect(again).toMatchObject({ name, state: 'running', attempt: 2 });
    expect(again?.id).not.toBe(check.id);
    if (again) expect(await forge.rerun(again)).toBe('refused');
    await second.end('success');
    expect(await report()).toMatchObject({ verdict: 'green', checks: [{ state: 'passed', attempt: 2 }] });
  });

  test('R-SEN-6: a job that was cancelled or skipped, and a check without a log', async () => {
    const scene = await ground.scene();
    const { forge } = scene;
    const { headSha: sha } = await opened(scene, workflows(['build', 'test']));
    await (await runner.next()).end('cancelled');
    await (await runner.next()).end('skipped');
    await ground.acts.setCheck(scene, { sha, name: 'other', state: 'passed' });
    const { verdict, checks } = await forge.readChecks({ sha, baseBranch: 'main' });
    expect(checks.map(({ state }) => state).toSorted()).toEqual(['cancelled', 'passed', 'skipped']);
    expect(verdict).toBe('none');
    const other = checks.find(({ name }) => name === 'other');
    if (!other) throw new Error('The check is missing.');
    expect(await forge.readLog(other)).toBeNull();
    expect(await forge.rerun(other)).toBe('refused');
    const gone = { ...other, id: 'job:4711:4711:1' };
    expect(await forge.readLog(gone)).toBeNull();
    expect(await forge.rerun(gone)).toBe('refused');
  });

  test('R-SEN-8: it merges by itself once its checks have passed', async () => {
    const scene = await ground.scene();
    const { forge } = scene;
    const { headSha, pull } = await opened(scene);
    await ground.acts.require(scene, ['build']);
    const how = { expectedHeadSha: headSha, method: 'squash', when: 'checks passed' } as const;
    expect(await forge.mergePullRequest(pull.number, how)).toBe('queued');
    expect(await forge.mergePullRequest(pull.number, how)).toBe('queued');
    // Gitea looks once, when a check passes, and merges nothing that it has not compared with its base yet.
    const isMergeable = async () => (await forge.findPullRequest({ number: pull.number }))?.mergeable;
    await expect.poll(isMergeable).toBe(true);
    await ground.acts.setCheck(scene, { sha: headSha, name: 'build', state: 'passed' });
    const state = async () => (await forge.findPullRequest({ number: pull.number }))?.state;
    await expect.poll(state).toBe('merged');
  });

  test('R-SEN-8: a merge that it was to do by itself is taken back, and once more is no failure', async () => {
    const scene = await ground.scene();
    const { forge } = scene;
    const { headSha, pull } = await opened(scene);
    await ground.acts.require(scene, ['build']);
    await forge.cancelAutoMerge(pull.number);
    const how = { expectedHeadSha: headSha, when: 'checks passed' } as const;
    expect(await forge.mergePullRequest(pull.number, how)).toBe('queued');
    await forge.cancelAutoMerge(pull.number);
    await forge.cancelAutoMerge(pull.number);
    await ground.acts.setCheck(scene, { sha: headSha, name: 'build', state: 'passed' });
    expect(await forge.findPullRequest({ number: pull.number })).toMatchObject({ state: 'open' });
  });

  test('R-SEN-1: what it sends is signed, and says where to look', async () => {
    const scene = await ground.scene();
    const hooks = await startHookReceiver();
    const path = `/repos/${scene.forge.repository}`;
    const hook = {
      type: 'gitea',
      active: true,
      events: ['pull_request', 'pull_request_review', 'status'],
      config: { url: hooks.url, content_type: 'json', secret: 'of the hook' },
    };
    const comments = ['issue_comment', 'pull_request_comment', 'issues', 'workflow_run', 'push'];
    hook.events.push(...comments);
    expectStatus(await ground.gitea.api('POST', `${path}/hooks`, hook), 201);
    // Gitea reports only runs of workflows that are also in the default branch.
    await scene.push('main', workflows());
    const { branch, headSha, pull } = await opened(scene);
    const { number } = pull;
    await (await runner.next()).end('success');
    await ground.acts.comment(scene, number, '/moose retry', 'writer');
    await ground.acts.review(scene, number, { body: 'No', judgement: 'changes_requested' });
    await ground.acts.openIssue(scene, { title: 'Do it', body: '', labels: ['moose'] });
    const repository = scene.forge.repository.toLowerCase();
    const hints = () =>
      hooks.received.flatMap(({ headers, body }) => {
        expect(giteaDeliveries.isSigned(headers, body, 'of the hook')).toBe(true);
        const { event = '' } = giteaDeliveries.headers(headers) ?? {};
        const hint = giteaDeliveries.read(event, JSON.parse(body.toString('utf8')));
        return hint ? [{ event, ...hint }] : [];
      });
    const expected = [
      { event: 'push', about: 'pull request', branches: [branch], shas: [headSha] },
      { event: 'pull_request', about: 'pull request', numbers: [number], branches: [branch] },
      { event: 'status', about: 'checks', shas: [headSha] },
      { event: 'workflow_run', about: 'checks', shas: [headSha] },
      { event: 'issue_comment', about: 'remarks', numbers: [number] },
      { event: 'pull_request_rejected', about: 'remarks', numbers: [number] },
      { event: 'issues', about: 'issues', issue: number + 1 },
    ];
    for (const hint of expected)
      await expect.poll(hints).toContainEqual(expect.objectContaining({ repository, ...hint }));
    await hooks.stop();
  });

  test('fear: in an organization, who may only read gives commands', async () => {
    const { gitea, moose } = ground;
    expectStatus(await gitea.api('POST', '/orgs', { username: 'acme' }), 201);
    const repository = { name: 'api', auto_init: true, default_branch: 'main' };
    expectStatus(await gitea.api('POST', '/orgs/acme/repos', repository), 201);
    const right = { permission: 'write' };
    for (const login of [moose.login, 'ada'])
      expectStatus(await gitea.api('PUT', `/repos/acme/api/collaborators/${login}`, right), 204);
    const asWriter = await ground.forgeOf('acme/api');
    // Nobody is sure without the right to ask.
    expect(await asWriter.mayWrite('ada')).toBe(false);
    const problem = { code: 'FORGE_NO_ADMINISTRATION', isFatal: false };
    expect((await asWriter.inspect()).problems).toMatchObject([problem]);
    const path = `/repos/acme/api/collaborators/${moose.login}`;
    expectStatus(await gitea.api('PUT', path, { permission: 'admin' }), 204);
    expect(await asWriter.mayWrite('ada')).toBe(true);
    expect(await asWriter.mayWrite('eve')).toBe(false);
    expect((await asWriter.inspect()).problems).toEqual([]);
  });

  test('what is wrong with a repository is told', async () => {
    const scene = await ground.scene();
    const { gitea } = ground;
    const path = `/repos/${scene.forge.repository}`;
    const stranger = await gitea.addPerson('bob');
    const forge = await ground.forgeOf(scene.forge.repository, stranger.token);
    const archived = { archived: true, has_pull_requests: false };
    expectStatus(await gitea.api('PATCH', path, { has_pull_requests: false }), 200);
    expectStatus(await gitea.api('PATCH', path, archived), 200);
    const { login, problems, rights } = await forge.inspect();
    expect(login).toBe('bob');
    expect(problems.map(({ code }) => code)).toEqual([
      ...['FORGE_REPOSITORY_ARCHIVED', 'FORGE_NO_PULL_REQUESTS', 'FORGE_NO_WRITE'],
      'FORGE_NO_ADMINISTRATION',
    ]);
    expect(rights).toMatchObject([
      { name: 'write', isGiven: false },
      { name: 'administration', isGiven: false },
    ]);
    expect(await scene.forge.commitIdentity()).toEqual({ name: 'moose', email: 'moose@example.org' });
    expect(await scene.forge.findPerson('bob')).toEqual({ name: 'bob', email: 'bob@example.org' });
    expect(await scene.forge.findPerson('nobody')).toBeNull();
  });
});
