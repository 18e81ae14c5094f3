import { expect, test } from 'vitest';
import { githubScene, repo } from './github-double-scene.ts';

// What the double knows of CI: Actions, logs, reruns; and of who may ask.

test('a run of Actions goes red, its log is on another host for a minute, and a rerun goes green', async () => {
  const { github, repository, headSha, token } = await githubScene();
  const run = repository.startRun(headSha, ['build', 'lint']);
  repository.reportJob(run, 'lint', { conclusion: 'success' });
  const failed = {
    conclusion: 'failure',
    log: '2026-01-01T00:00:00Z ##[error]it broke\n',
    failedStep: 'npm test',
  } as const;
  const jobId = repository.reportJob(run, 'build', failed);
  const jobs = () => github.as('moose', `GET ${repo}/actions/runs/${run.id}/jobs`);
  const steps = [{ name: 'Set up job' }, { name: 'npm test', conclusion: 'failure' }];
  expect(await jobs()).toMatchObject({
    body: { total_count: 2, jobs: [{ id: jobId, run_attempt: 1, steps }, { name: 'lint' }] },
  });
  expect(await github.as('moose', `GET ${repo}/actions/runs/${run.id}`)).toMatchObject({
    body: { conclusion: 'failure' },
  });
  const headers = { authorization: `Bearer ${token}` };
  const log = `${github.world.api}${repo}/actions/jobs/${jobId}/logs`;
  const redirect = await fetch(log, { headers, redirect: 'manual' });
  const location = redirect.headers.get('location') ?? '';
  expect([redirect.status, new URL(location).host === github.host]).toEqual([302, false]);
  expect(await (await fetch(log, { headers })).text()).toBe(failed.log);
  github.passTime(61_000);
  expect((await fetch(location)).status).toBe(403);
  expect(await github.as('moose', `POST ${repo}/actions/runs/${run.id}/rerun-failed-jobs`)).toMatchObject({
    status: 201,
  });
  const running = { status: 403, body: { message: 'This workflow is already running' } };
  expect(await github.as('moose', `POST ${repo}/actions/runs/${run.id}/rerun`)).toMatchObject(running);
  repository.reportJob(run, 'build', { conclusion: 'success' });
  const [again, same] = [
    { name: 'build', run_attempt: 2, conclusion: 'success' },
    { name: 'lint', run_attempt: 1 },
  ];
  expect(await jobs()).toMatchObject({
    body: { jobs: expect.arrayContaining([expect.objectContaining(again), expect.objectContaining(same)]) },
  });
});

test('the token that follows a redirect to the host of the logs is a fault', async () => {
  const { github } = await githubScene();
  await fetch(`${github.world.logs}/log/x`, { headers: { authorization: 'Bearer x' } });
  expect(github.faults).toEqual(['GET of a log: the token was sent to the host of the logs']);
  github.faults.length = 0;
});

test('an answer that is known already is 304 and costs nothing', async () => {
  const { github, repository, headSha, token } = await githubScene();
  const get = async (etag?: string) => {
    const headers = { authorization: `Bearer ${token}`, ...(etag && { 'if-none-match': etag }) };
    const answer = await fetch(`${github.world.api}${repo}/commits/${headSha}/check-runs`, { headers });
    await answer.arrayBuffer();
    return {
      status: answer.status,
      etag: answer.headers.get('etag') ?? '',
      left: answer.headers.get('x-ratelimit-remaining'),
    };
  };
  const first = await get();
  expect(first).toMatchObject({ status: 200, left: '4999' });
  expect(await get(first.etag)).toMatchObject({ status: 304, left: '4999' });
  repository.reportCheck(headSha, 'build', { conclusion: 'success' });
  expect(await get(first.etag)).toMatchObject({ status: 200, left: '4998' });
});

test('the limit of an hour ends with the hour', async () => {
  const { github, token } = await githubScene();
  const headers = { authorization: `Bearer ${token}` };
  const get = () => fetch(`${github.world.api}/user`, { headers });
  await get();
  const own = github.world.tokens.get(token);
  if (own) own.left = 0;
  const refused = await get();
  expect([refused.status, refused.headers.get('x-ratelimit-remaining')]).toEqual([403, '0']);
  github.passTime(3_600_000);
  expect((await get()).status).toBe(200);
});

test('tokens: unknown and expired are 401, too narrow is 403, and a private repository is hidden', async () => {
  const { github } = await githubScene();
  const secret = github.addRepository('acme/secret', { isPrivate: true });
  secret.grant('ann', 'write');
  const status = async (token: string, line: string) => {
    const [method = '', path = ''] = line.split(' ');
    const body = method === 'POST' ? { body: '{"title":"x"}' } : {};
    const answer = await fetch(`${github.world.api}${path}`, {
      method,
      headers: { authorization: `token ${token}` },
      ...body,
    });
    return [answer.status, ((await answer.json()) as { message?: string }).message];
  };
  expect(await status('ghp_nobody', 'GET /user')).toEqual([401, 'Bad credentials']);
  const short = github.tokenOf('ann', { expiresInMs: 1_000 });
  expect((await status(short, 'GET /user'))[0]).toBe(200);
  github.passTime(1_001);
  expect((await status(short, 'GET /user'))[0]).toBe(401);
  expect(await status(github.tokenOf('moose'), 'GET /repos/acme/secret')).toEqual([404, 'Not Found']);
  expect((await status(github.tokenOf('ann'), 'GET /repos/acme/secret'))[0]).toBe(200);
  const narrow = github.tokenOf('ann', { permissions: { issues: 'read' } });
  const refused = [403, 'Resource not accessible by personal access token'];
  expect(await status(narrow, `POST ${repo}/issues`)).toEqual(refused);
});

test('permissions are asked for each person; maintain shows as write, triage as read, Apps are no users', async () => {
  const { github, repository } = await githubScene();
  repository.grant('max', 'maintain');
  repository.grant('tri', 'triage');
  for (const login of ['stranger']) github.addUser(login);
  const of = async (login: string) =>
    (await github.as('moose', `GET ${repo}/collaborators/${login}/permission`)).body;
  expect(await of('max')).toMatchObject({ permission: 'write', role_name: 'maintain' });
  expect(await of('tri')).toMatchObject({ permission: 'read', role_name: 'triage' });
  expect(await of('stranger')).toMatchObject({ permission: 'read' });
  expect(await of('some-app[bot]')).toMatchObject({ message: 'some-app[bot] is not a user' });
});

test('issues and pull requests share numbers and lists; labels say who put them on', async () => {
  const { github } = await githubScene();
  expect(await github.as('ann', `POST ${repo}/issues`, { title: 'Broken' })).toMatchObject({
    body: { number: 2 },
  });
  await github.as('ann', `POST ${repo}/issues/2/labels`, { labels: ['moose'] });
  const listed = await github.as('moose', `GET ${repo}/issues?labels=moose&state=open`);
  expect(listed.body).toMatchObject([{ number: 2, labels: [{ name: 'moose' }] }]);
  const all = (await github.as('moose', `GET ${repo}/issues`)).body as {
    number: number;
    pull_request?: unknown;
  }[];
  expect(all.map(({ number, pull_request: pull }) => [number, pull !== undefined])).toEqual([
    [2, false],
    [1, true],
  ]);
  const events = await github.as('moose', `GET ${repo}/issues/2/events`);
  expect(events.body).toMatchObject([
    { event: 'labeled', actor: { login: 'ann' }, label: { name: 'moose' } },
  ]);
});

test('lists come in pages of at most 100, which are linked', async () => {
  const { github, token } = await githubScene();
  for (let count = 0; count < 3; count += 1)
    await github.as('ann', `POST ${repo}/issues/1/comments`, { body: `${count}` });
  const headers = { authorization: `Bearer ${token}` };
  const first = await fetch(`${github.world.api}${repo}/issues/1/comments?per_page=2`, { headers });
  const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  expect(await first.json()).toHaveLength(2);
  expect(await (await fetch(next, { headers })).json()).toMatchObject([{ body: '2' }]);
});
