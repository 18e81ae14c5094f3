// Shows that the real forge of the tests works, and states what it does that its adapter relies on.
import { createHmac } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commitFiles, git, makeRepository } from '../e2e/repository.fixture.ts';
import { expectStatus, type Gitea, type GiteaPerson, lacksGitea, startGitea } from './gitea.fixture.ts';
import { type GiteaRunner, startGiteaRunner, workflowOf } from './gitea-runner.fixture.ts';
import { startHookReceiver } from './hook-receiver.fixture.ts';

describe.skipIf(lacksGitea)('a real Gitea', () => {
  let gitea: Gitea;
  let runner: GiteaRunner;
  let moose: GiteaPerson;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moose-gitea-test-'));
    gitea = await startGitea();
    moose = await gitea.addPerson('moose');
    runner = await startGiteaRunner(gitea);
  });
  afterAll(async () => {
    await gitea?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  test('R-SEN-6: its CI is red, tells why, is run again and is green, and its webhooks are signed', async () => {
    const path = await makeRepository(join(folder, 'one'), { '.gitea/workflows/ci.yaml': workflowOf() });
    const repository = await gitea.addRepository({ name: 'one', from: path, writers: [moose] });
    const hooks = await startHookReceiver();
    const secret = 'of the hook';
    const hook = {
      type: 'gitea',
      active: true,
      events: ['pull_request', 'status', 'workflow_run'],
      config: { url: hooks.url, content_type: 'json', secret },
    };
    expectStatus(await gitea.api('POST', `/repos/${repository.path}/hooks`, hook), 201);
    await git(path, 'switch', '--quiet', '--create', 'moose/one');
    const sha = await commitFiles(path, { 'a.txt': 'a\n' }, 'Add a');
    await git(path, 'push', '--quiet', repository.pushUrl, 'moose/one');
    const draft = { title: 'Add a', body: '', head: 'moose/one', base: 'main' };
    const opened = await gitea.api('POST', `/repos/${repository.path}/pulls`, draft, moose);
    expect(expectStatus(opened, 201)).toMatchObject({ number: 1, head: { sha } });

    const first = await runner.next();
    expect(first).toMatchObject({ job: 'build', repository: 'admin/one', sha, attempt: 1 });
    await first.end('failure', ['npm test', 'FAIL a.test.ts', 'expected 1 to be 2']);
    const statuses = `/repos/${repository.path}/commits/${sha}/status`;
    const red = await gitea.api('GET', statuses);
    expect(red.body).toMatchObject({
      state: 'failure',
      statuses: [{ context: 'CI / build (pull_request)' }],
    });
    const runs = `/repos/${repository.path}/actions/runs/${first.runId}`;
    const [job] = (await gitea.api('GET', `${runs}/jobs`)).body.jobs;
    const log = await gitea.api('GET', `/repos/${repository.path}/actions/jobs/${job.id}/logs`);
    expect(log.body).toContain('expected 1 to be 2');

    expectStatus(await gitea.api('POST', `${runs}/rerun-failed-jobs`, undefined, moose), 201);
    const second = await runner.next();
    expect(second.attempt).toBe(2);
    await second.end('success');
    expect((await gitea.api('GET', statuses)).body.state).toBe('success');

    await expect.poll(() => hooks.received.length).toBeGreaterThan(5);
    for (const { headers, body } of hooks.received) {
      const expected = createHmac('sha256', secret).update(body).digest('hex');
      expect(headers.get('x-gitea-signature')).toBe(expected);
    }
    await hooks.stop();
  });
});
