import { createHmac, createSign } from 'node:crypto';
import { expect, test } from 'vitest';
import { startFaultServer } from './fault-server.ts';
import { primaryLimit, secondaryLimit, serverError } from './github-double/planned-fault.ts';
import { githubScene, repo } from './github-double-scene.ts';

// What the double knows about reviews, GraphQL, Apps and webhooks, and which wrong answers it can give.

const threadsQuery = `query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { pullRequest(number: $number) { reviewThreads(first: 100) {
    nodes { id isResolved comments(first: 10) { nodes { databaseId body } } } } } } }`;
const api = { owner: 'acme', name: 'api' };
const autoMerge = `mutation($id: ID!) {
  enablePullRequestAutoMerge(input: {pullRequestId: $id, mergeMethod: SQUASH}) { clientMutationId } }`;
const enqueue =
  'mutation($id: ID!) { enqueuePullRequest(input: {pullRequestId: $id}) { mergeQueueEntry { position } } }';

test('a thread has its identifier and its state in GraphQL alone, and takes answers at its first comment', async () => {
  const { github, graphql } = await githubScene();
  const said = {
    event: 'REQUEST_CHANGES',
    body: 'No.',
    comments: [{ path: 'b.txt', line: 1, body: 'Why?' }],
  };
  expect(await github.as('ann', `POST ${repo}/pulls/1/reviews`, said)).toMatchObject({
    body: { state: 'CHANGES_REQUESTED' },
  });
  const own = await github.as('moose', `POST ${repo}/pulls/1/reviews`, { event: 'APPROVE' });
  expect(own).toMatchObject({
    status: 422,
    body: { errors: ['Review Can not approve your own pull request'] },
  });
  const [line] = (await github.as('moose', `GET ${repo}/pulls/1/comments`)).body as { id: number }[];
  const answer = await github.as('moose', `POST ${repo}/pulls/1/comments/${line?.id}/replies`, {
    body: 'So.',
  });
  expect(answer).toMatchObject({ status: 201, body: { in_reply_to_id: line?.id } });
  const replyId = (answer.body as { id: number }).id;
  expect(
    await github.as('moose', `POST ${repo}/pulls/1/comments/${replyId}/replies`, { body: 'x' }),
  ).toMatchObject({ status: 404 });
  const threads = async () => (await graphql(threadsQuery, { ...api, number: 1 })).data;
  const nodes = [
    {
      id: `PRRT_${line?.id}`,
      isResolved: false,
      comments: { nodes: [{ databaseId: line?.id }, { databaseId: replyId }] },
    },
  ];
  expect(await threads()).toMatchObject({ repository: { pullRequest: { reviewThreads: { nodes } } } });
  const resolve =
    'mutation($id: ID!) { resolveReviewThread(input: {threadId: $id}) { thread { isResolved } } }';
  const done = { resolveReviewThread: { thread: { isResolved: true } } };
  expect((await graphql(resolve, { id: `PRRT_${line?.id}` })).data).toEqual(done);
  expect((await graphql(resolve, { id: 'PRRT_0' })).errors).toMatchObject([{ type: 'NOT_FOUND' }]);
});

test.each([
  ['query { viewer { name } }', {}, "Field 'name' doesn't exist on type 'User'"],
  [
    'query { repository(owner: "acme") { id } }',
    {},
    "Field 'repository' is missing required arguments: name",
  ],
  [
    'query($n: String!) { repository(owner: "a", name: "b") { pullRequest(number: $n) { id } } }',
    { n: '1' },
    'Type mismatch',
  ],
  ['query($n: Int!) { viewer { login } }', { n: 1 }, 'Variable $n is declared but not used'],
  [
    'mutation { enqueuePullRequest(input: {id: "x"}) { clientMutationId } }',
    {},
    "doesn't accept argument 'id'",
  ],
  ['query { viewer }', {}, "Field 'viewer' of Query must have selections"],
  ['query { viewer { login }', {}, 'end of the query'],
])('a wrong query is caught: %s', async (query, variables, what) => {
  const { github, graphql } = await githubScene();
  expect(JSON.stringify((await graphql(query, variables)).errors)).toContain(what.replaceAll('"', '\\"'));
  expect(github.faults.join()).toContain(what);
  github.faults.length = 0;
});

test('auto-merge must be allowed, needs something to wait for, and merges once it is there', async () => {
  const { repository, headSha, id, graphql } = await githubScene();
  const enable = async () => (await graphql(autoMerge, { id })).errors?.[0]?.message;
  expect(await enable()).toBe('Auto merge is not allowed for this repository');
  repository.state.settings.hasAutoMerge = true;
  expect(await enable()).toMatch(/Protected branch rules not configured for this branch/);
  repository.protect('main', { classic: ['build'] });
  repository.reportStatus(headSha, 'build', 'success');
  expect(await enable()).toMatch(/Pull request is in clean status/);
  repository.reportStatus(headSha, 'build', 'pending');
  expect(await enable()).toBeUndefined();
  expect(repository.state.pulls.get(1)?.mergedAt).toBeNull();
  repository.reportStatus(headSha, 'build', 'success');
  expect(repository.state.pulls.get(1)?.mergeSha).toBe(repository.sha('main'));
});

test('with a merge queue a merge is refused; what is queued is merged when its group is green', async () => {
  const { github, repository, headSha, id, graphql } = await githubScene();
  repository.state.settings.hasMergeQueue = true;
  const merge = await github.as('moose', `PUT ${repo}/pulls/1/merge`, { sha: headSha });
  expect(merge).toMatchObject({ status: 405, body: { message: expect.stringContaining('merge queue') } });
  const queued = { enqueuePullRequest: { mergeQueueEntry: { position: 1 } } };
  expect((await graphql(enqueue, { id })).data).toEqual(queued);
  expect((await graphql(enqueue, { id })).errors).toMatchObject([
    { message: 'Pull request is already in the merge queue' },
  ]);
  expect(repository.git('for-each-ref', '--format=%(refname)')).toContain(
    'refs/heads/gh-readonly-queue/main/pr-1-',
  );
  repository.endQueueOf(1, 'green');
  expect(await github.as('moose', `GET ${repo}/pulls/1`)).toMatchObject({ body: { merged: true } });
  const rules = (await github.as('moose', `GET ${repo}/rules/branches/main`)).body;
  expect(rules).toMatchObject([{ type: 'merge_queue' }]);
});

test('an App signs with its key, gets a narrower token for an hour, and is no user', async () => {
  const { github } = await githubScene();
  const { appId, privateKey, installationId } = github.addApp({ owner: 'acme', repositories: ['api'] });
  const jwt = (claims: object, key = privateKey) => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iss: appId, ...claims })}`;
    return `${text}.${createSign('RSA-SHA256').update(text).sign(key, 'base64url')}`;
  };
  const now = Math.floor(Date.now() / 1000);
  const call = async (token: string, path: string, body?: object) => {
    const how = body ? { method: 'POST', body: JSON.stringify(body) } : {};
    const answer = await fetch(`${github.world.api}${path}`, {
      ...how,
      headers: { authorization: `Bearer ${token}` },
    });
    return { status: answer.status, body: (await answer.json()) as { token?: string; message?: string } };
  };
  const good = jwt({ iat: now - 60, exp: now + 540 });
  expect(await call(good, '/app')).toMatchObject({ status: 200, body: { slug: 'moose-app' } });
  expect(await call(jwt({ iat: now + 60, exp: now + 600 }), '/app')).toMatchObject({ status: 401 });
  const far = await call(jwt({ iat: now - 60, exp: now + 660 }), '/app');
  expect(far.body.message).toBe("'Expiration time' claim ('exp') is too far in the future");
  const other = github.addApp({ owner: 'acme', slug: 'other' }).privateKey;
  expect(await call(jwt({ iat: now, exp: now + 60 }, other), '/app')).toMatchObject({ status: 401 });
  expect(await call(good, `${repo}/installation`)).toMatchObject({ body: { id: installationId } });
  const tokens = `/app/installations/${installationId}/access_tokens`;
  const wide = await call(good, tokens, { permissions: { checks: 'write' } });
  expect(wide).toMatchObject({
    status: 422,
    body: { message: 'The permissions requested are not granted to this installation.' },
  });
  const made = await call(good, tokens, {
    repositories: ['api'],
    permissions: { pull_requests: 'write', issues: 'read' },
  });
  expect(made).toMatchObject({ status: 201, body: { permissions: { pull_requests: 'write' } } });
  const token = made.body.token ?? '';
  expect(await call(token, '/user')).toMatchObject({
    status: 403,
    body: { message: 'Resource not accessible by integration' },
  });
  expect(await call(token, `${repo}/statuses/${'0'.repeat(40)}`, { state: 'success' })).toMatchObject({
    status: 403,
  });
  github.passTime(3_600_001);
  expect(await call(token, `${repo}/pulls`)).toMatchObject({ status: 401 });
});

test('webhooks are signed and described; they come late, twice, in another order or never', async () => {
  const { github, repository, headSha } = await githubScene();
  const receiver = await startFaultServer({ kind: 'reply', status: 200 });
  const hook = repository.addHook({ url: receiver.url, secret: 'shh' });
  github.world.webhooks.mode = 'at once';
  repository.state.hooks.shift();
  const events = () =>
    receiver.requests.map(({ headers, body }) => [
      headers['x-github-event'],
      (JSON.parse(body) as { action?: string }).action,
    ]);
  repository.reportStatus(headSha, 'build', 'success');
  await github.as('ann', `POST ${repo}/issues/1/comments`, { body: '/moose explain' });
  await github.settled();
  expect(events()).toEqual([
    ['status', undefined],
    ['issue_comment', 'created'],
  ]);
  const [first] = receiver.requests;
  const signature = createHmac('sha256', 'shh')
    .update(first?.body ?? '')
    .digest('hex');
  expect(first?.headers['x-hub-signature-256']).toBe(`sha256=${signature}`);
  github.world.webhooks.mode = 'held';
  const run = repository.startRun(headSha, ['build']);
  repository.reportJob(run, 'build', { conclusion: 'failure' });
  await github.as('ann', `POST ${repo}/pulls/1/reviews`, { event: 'COMMENT', body: 'Hm.' });
  expect(receiver.requests).toHaveLength(2);
  github.deliverHeld('newest first');
  await github.settled();
  expect(events().slice(2)).toEqual(
    expect.arrayContaining([
      ['workflow_run', 'completed'],
      ['workflow_job', 'completed'],
      ['check_run', 'completed'],
      ['pull_request_review', 'submitted'],
    ]),
  );
  const before = receiver.requests.length;
  github.world.webhooks.mode = 'lost';
  repository.reportStatus(headSha, 'lost', 'success');
  await github.settled();
  expect(receiver.requests).toHaveLength(before);
  const lost = hook.deliveries.at(-1);
  const deliveries = await github.as('acme', `GET ${repo}/hooks/${hook.id}/deliveries?per_page=1`);
  expect(deliveries.body).toMatchObject([
    { guid: lost?.guid, status: 'Invalid HTTP Response', redelivery: false },
  ]);
  await github.as('acme', `POST ${repo}/hooks/${hook.id}/deliveries/${lost?.id}/attempts`);
  await github.settled();
  expect(receiver.requests.at(-1)?.headers['x-github-delivery']).toBe(lost?.guid);
  github.world.webhooks.mode = 'twice';
  repository.reportStatus(headSha, 'twice', 'success');
  await github.settled();
  const [one, two] = receiver.requests.slice(-2).map(({ headers }) => headers['x-github-delivery']);
  expect(one).toBe(two);
  await receiver.stop();
});

test('limits and outages come as they are planned, before the act or after it', async () => {
  const { github } = await githubScene();
  const comment = () => github.as('ann', `POST ${repo}/issues/1/comments`, { body: 'x' });
  const count = () => github.world.repositories.get('acme/api')?.comments.length;
  const match = `POST ${repo}/issues/1/comments`;
  github.planned.push(
    { match, when: 'before', what: secondaryLimit(429, 7) },
    { match, when: 'before', what: primaryLimit(new Date()) },
  );
  expect(await comment()).toMatchObject({ status: 429 });
  expect(await comment()).toMatchObject({ status: 403 });
  expect(count()).toBe(0);
  github.planned.push({ match, when: 'after', what: 'drop' });
  await expect(comment()).rejects.toThrow();
  expect(count()).toBe(1);
  github.planned.push({ match, when: 'before', what: 'drop', after: 1 });
  expect(await comment()).toMatchObject({ status: 201 });
  await expect(comment()).rejects.toThrow();
  github.planned.push({ match: /GET .*\/user$/, when: 'after', what: serverError(502) });
  const answer = await fetch(`${github.world.api}/user`, {
    headers: { authorization: `Bearer ${github.tokenOf('ann')}` },
  });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'text/html; charset=utf-8']);
  expect(count()).toBe(2);
});

test('for a while GitHub does not know: mergeable, the head, a fresh branch, labels, checks', async () => {
  const { github, repository, headSha, draft } = await githubScene();
  const { lies } = github.world;
  const pull = async () => (await github.as('moose', `GET ${repo}/pulls/1`)).body;
  lies.headReads = 1;
  lies.mergeableReads = 1;
  const later = repository.commit('moose/work', { 'c.txt': 'three\n' });
  expect(await pull()).toMatchObject({ head: { sha: headSha }, mergeable: null });
  expect(await pull()).toMatchObject({ head: { sha: later }, mergeable: true });
  lies.unknownHeads = 1;
  repository.commit('moose/new', { 'd.txt': 'four\n' }, { from: 'main' });
  const open = () => github.as('moose', `POST ${repo}/pulls`, { ...draft, head: 'moose/new' });
  expect(await open()).toMatchObject({ status: 422, body: { errors: [{ field: 'head', code: 'invalid' }] } });
  expect(await open()).toMatchObject({ status: 201, body: { number: 2 } });
  lies.unresolvedNodes = 1;
  const label = () => github.as('moose', `POST ${repo}/issues/2/labels`, { labels: ['x'] });
  expect(await label()).toMatchObject({ status: 422 });
  expect(await label()).toMatchObject({ status: 200 });
  lies.hiddenChecks = 1;
  repository.reportCheck(later, 'build', { conclusion: 'failure' });
  const checks = () => github.as('moose', `GET ${repo}/commits/${later}/check-runs`);
  expect(await checks()).toMatchObject({ body: { total_count: 0 } });
  expect(await checks()).toMatchObject({ body: { total_count: 1 } });
});
