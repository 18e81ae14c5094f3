import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { scratchDirectory, scratchRepository } from '../src/git/scratch-repository.fixture.ts';
import { type GitHub, startGitHub } from './github-double/github.ts';

// The double is held to GitHub's own description: these tests plant what must be caught, and walk through what GitHub does.

const run = promisify(execFile);

async function scene() {
  const github = await startGitHub();
  onTestFinished(() => github.stop());
  const repository = github.addRepository('acme/api', { files: { 'a.txt': 'one\n' } });
  repository.grant('moose', 'write');
  const headSha = repository.commit('moose/work', { 'b.txt': 'two\n' }, { from: 'main', by: 'moose' });
  return { github, repository, headSha };
}

const repo = '/repos/acme/api';
const wanted = { title: 'Add b', body: 'It adds b.', head: 'moose/work', base: 'main' };

async function opened(github: GitHub) {
  const answer = await github.as('moose', `POST ${repo}/pulls`, wanted);
  expect(answer).toMatchObject({ status: 201, body: { number: 1 } });
  return answer.body;
}

test.each([
  [`GET ${repo}/pulls?state=merged`, undefined, /state is "merged", not one of open, closed, all/],
  [`GET ${repo}/pulls?stat=open`, undefined, /query parameter stat is unknown to GitHub/],
  [
    `POST ${repo}/pulls`,
    { title: 'x', headBranch: 'y', base: 'main' },
    /head is missing.*headBranch is unknown/,
  ],
  [
    `PUT ${repo}/pulls/1/merge`,
    { merge_method: 'ff' },
    /merge_method is "ff", not one of merge, squash, rebase/,
  ],
  [`POST ${repo}/issues/1/comments`, { text: 'x' }, /body is missing/],
  [`GET ${repo}/pull/1`, undefined, /is not known/],
])('a wrong request is caught: %s', async (line, body, what) => {
  const { github } = await scene();
  expect((await github.as('moose', line, body)).status).toBe(500);
  expect(github.faults.join('; ')).toMatch(what);
  github.faults.length = 0;
});

test('a wrong request fails the test that made it, even if nobody looked at the answer', async () => {
  const github = await startGitHub();
  await github.as('moose', 'GET /user?name=moose');
  await expect(github.stop()).rejects.toThrow('query parameter name is unknown to GitHub');
});

test('a branch that is pushed over HTTP becomes a pull request, and a further push moves its head', async () => {
  const { github, repository } = await scene();
  const person = scratchRepository();
  const address = repository.cloneUrl.replace('http://', `http://x-access-token:${github.tokenOf('moose')}@`);
  const clone = `${scratchDirectory()}/clone`;
  const git = (...args: string[]) =>
    run('git', ['-C', clone, '-c', 'user.name=M', '-c', 'user.email=m@x', ...args]);
  await run('git', ['clone', '--quiet', address, clone]);
  await git('switch', '--quiet', '--create', 'moose/pushed');
  await git('commit', '--quiet', '--allow-empty', '-m', 'one');
  await git('push', '--quiet', 'origin', 'moose/pushed');
  const first = await github.as('moose', `POST ${repo}/pulls`, { ...wanted, head: 'acme:moose/pushed' });
  const before = repository.sha('moose/pushed');
  expect(first).toMatchObject({ status: 201, body: { head: { sha: before }, mergeable: true, commits: 1 } });
  await git('commit', '--quiet', '--allow-empty', '-m', 'two');
  await git('push', '--quiet', 'origin', 'moose/pushed');
  const after = repository.sha('moose/pushed');
  expect(after).not.toBe(before);
  expect(await github.as('moose', `GET ${repo}/pulls/1`)).toMatchObject({ body: { head: { sha: after } } });
  expect(person.headSha).not.toBe(after);
});

test('a push needs a token with the right to write', async () => {
  const { github, repository } = await scene();
  github.addUser('stranger');
  const from = scratchRepository();
  const push = async (token: string | null) => {
    const address = token === null ? repository.cloneUrl : repository.cloneUrl.replace('//', `//x:${token}@`);
    const env = { ...process.env, GIT_TERMINAL_PROMPT: '0' };
    return run('git', ['-C', from.path, 'push', address, 'HEAD:refs/heads/x'], { env }).then(
      () => 'pushed',
      (cause: { stderr: string }) => cause.stderr,
    );
  };
  expect(await push(null)).toContain('could not read Username');
  expect(await push('ghp_unknown')).toContain('Authentication failed');
  expect(await push(github.tokenOf('stranger'))).toContain('403');
  expect(await push(github.tokenOf('moose', { permissions: { contents: 'read' } }))).toContain('403');
  expect(await push(github.tokenOf('moose', { permissions: { contents: 'write' } }))).toBe('pushed');
  repository.protect('main', { refusesPushes: true });
  const protectedMain = await run('git', [
    '-C',
    from.path,
    'push',
    '--force',
    repository.cloneUrl.replace('//', `//x:${github.tokenOf('moose')}@`),
    'HEAD:main',
  ]).catch((cause: { stderr: string }) => cause);
  expect(protectedMain.stderr).toContain('GH006: Protected branch update failed for refs/heads/main.');
});

test('a second pull request of a branch, an unknown branch and nothing new are refused in words of GitHub', async () => {
  const { github } = await scene();
  await opened(github);
  const create = (change: object) => github.as('moose', `POST ${repo}/pulls`, { ...wanted, ...change });
  expect(await create({})).toEqual({
    status: 422,
    body: {
      message: 'Validation Failed',
      errors: [
        {
          resource: 'PullRequest',
          code: 'custom',
          message: 'A pull request already exists for acme:moose/work.',
        },
      ],
      documentation_url: 'https://docs.github.com/rest/pulls/pulls#create-a-pull-request',
      status: '422',
    },
  });
  const [head, base] = [
    { resource: 'PullRequest', field: 'head', code: 'invalid' },
    { resource: 'PullRequest', field: 'base', code: 'invalid' },
  ];
  expect(await create({ head: 'nowhere' })).toMatchObject({ status: 422, body: { errors: [head] } });
  expect(await create({ base: 'nowhere' })).toMatchObject({ status: 422, body: { errors: [base] } });
  const nothing = { code: 'custom', message: 'No commits between main and main' };
  expect(await create({ head: 'main' })).toMatchObject({ status: 422, body: { errors: [nothing] } });
});

test('a body of 65,536 characters is taken, one more is refused; a comment differs', async () => {
  const { github } = await scene();
  const long = '🫎'.repeat(65_536);
  await github.as('moose', `POST ${repo}/pulls`, { ...wanted, body: long });
  const body = { code: 'custom', field: 'body', message: 'body is too long (maximum is 65536 characters)' };
  const changed = await github.as('moose', `PATCH ${repo}/pulls/1`, { body: `${long}.` });
  expect(changed).toMatchObject({ status: 422, body: { errors: [{ resource: 'Issue', ...body }] } });
  const data = { resource: 'IssueComment', field: 'data', code: 'unprocessable' };
  const said = await github.as('moose', `POST ${repo}/issues/1/comments`, { body: `${long}.` });
  expect(said).toMatchObject({ status: 422, body: { errors: [data] } });
});

test('the filter by head is ignored without an owner', async () => {
  const { github, repository } = await scene();
  repository.commit('moose/other', { 'c.txt': 'three\n' }, { from: 'main' });
  await opened(github);
  await github.as('moose', `POST ${repo}/pulls`, { ...wanted, head: 'moose/other' });
  const found = async (head: string) =>
    ((await github.as('moose', `GET ${repo}/pulls?head=${head}`)).body as { number: number }[]).map(
      ({ number }) => number,
    );
  expect(await found('acme:moose/work')).toEqual([1]);
  expect(await found('moose/work')).toEqual([2, 1]);
  expect(await found('acme:nowhere')).toEqual([]);
});

test('a merge is made by git, once, and only of the head that was looked at', async () => {
  const { github, repository, headSha } = await scene();
  await opened(github);
  const merge = (body: object) => github.as('moose', `PUT ${repo}/pulls/1/merge`, body);
  const modified = { message: 'Head branch was modified. Review and try the merge again.' };
  expect(await merge({ sha: repository.sha('main') })).toMatchObject({ status: 409, body: modified });
  const answer = await merge({ sha: headSha, merge_method: 'squash' });
  const sha = repository.sha('main');
  expect(answer).toMatchObject({ status: 200, body: { sha, merged: true } });
  expect(repository.git('log', '-1', '--format=%P %s', 'main')).toMatch(/^[0-9a-f]{40} Add b \(#1\)$/);
  expect(repository.git('show', 'main:b.txt')).toBe('two');
  expect(await merge({ sha: headSha })).toMatchObject({
    status: 405,
    body: { message: 'Pull Request is not mergeable' },
  });
  expect(await github.as('moose', `GET ${repo}/pulls/1`)).toMatchObject({
    body: { state: 'closed', merged: true, mergeable: null },
  });
});

test.each(['merge', 'rebase'] as const)('the method %s keeps the commits', async (merge_method) => {
  const { github, repository, headSha } = await scene();
  repository.commit('main', { 'd.txt': 'four\n' });
  await opened(github);
  expect(await github.as('moose', `PUT ${repo}/pulls/1/merge`, { sha: headSha, merge_method })).toMatchObject(
    { status: 200 },
  );
  expect(repository.git('ls-tree', '--name-only', 'main').split('\n')).toEqual(['a.txt', 'b.txt', 'd.txt']);
  const parents = repository.git('log', '-1', '--format=%P', 'main').split(' ').length;
  expect(parents).toBe(merge_method === 'merge' ? 2 : 1);
});

test('a conflict is what git says, and cannot be merged', async () => {
  const { github, repository } = await scene();
  await opened(github);
  repository.commit('main', { 'b.txt': 'other\n' });
  expect(await github.as('moose', `GET ${repo}/pulls/1`)).toMatchObject({
    body: { mergeable: false, mergeable_state: 'dirty' },
  });
  expect(await github.as('moose', `PUT ${repo}/pulls/1/merge`, {})).toMatchObject({ status: 405 });
});

test('a required check has to report, and to pass, before a merge', async () => {
  const { github, repository, headSha } = await scene();
  await opened(github);
  repository.protect('main', { classic: ['build'], ruleset: [{ context: 'lint', integrationId: 4_711 }] });
  const merge = () => github.as('moose', `PUT ${repo}/pulls/1/merge`, { sha: headSha });
  repository.reportCheck(headSha, 'lint', { conclusion: 'skipped' });
  expect(await merge()).toMatchObject({
    status: 405,
    body: { message: 'Required status check "build" is expected.' },
  });
  repository.reportStatus(headSha, 'build', 'failure');
  expect(await merge()).toMatchObject({
    status: 405,
    body: { message: 'Required status check "build" is failing.' },
  });
  repository.reportStatus(headSha, 'build', 'success');
  expect(await merge()).toMatchObject({ status: 200 });
});

test('checks and statuses are two lists, and none is pending', async () => {
  const { github, repository, headSha } = await scene();
  const status = () => github.as('moose', `GET ${repo}/commits/${headSha}/status`);
  const checks = () => github.as('moose', `GET ${repo}/commits/${headSha}/check-runs?filter=latest`);
  expect(await status()).toMatchObject({ body: { state: 'pending', total_count: 0 } });
  expect(await checks()).toMatchObject({ status: 200, body: { total_count: 0 } });
  repository.reportStatus(headSha, 'ci/x', 'success');
  repository.reportCheck(headSha, 'lint', { conclusion: 'failure', title: 'Two faults', summary: 'a and b' });
  repository.reportCheck(headSha, 'lint', { status: 'in_progress' });
  expect(await status()).toMatchObject({
    body: { state: 'success', total_count: 1, statuses: [{ context: 'ci/x' }] },
  });
  const lint = { name: 'lint', status: 'in_progress', conclusion: null, app: { slug: 'some-ci' } };
  expect(await checks()).toMatchObject({ body: { total_count: 1, check_runs: [lint] } });
});

test('closing is idempotent; deleting the head branch closes; reopening needs the commit', async () => {
  const { github, repository, headSha } = await scene();
  await opened(github);
  const change = (state: string) => github.as('moose', `PATCH ${repo}/pulls/1`, { state });
  const remove = () => github.as('moose', `DELETE ${repo}/git/refs/heads/moose/work`);
  expect(await change('closed')).toMatchObject({ status: 200, body: { state: 'closed', merged: false } });
  expect(await change('closed')).toMatchObject({ status: 200 });
  expect(await change('open')).toMatchObject({ status: 200, body: { state: 'open' } });
  expect(await remove()).toEqual({ status: 204, body: null });
  expect(await remove()).toMatchObject({ status: 422, body: { message: 'Reference does not exist' } });
  expect(await github.as('moose', `GET ${repo}/pulls/1`)).toMatchObject({ body: { state: 'closed' } });
  const refused = async () =>
    ((await change('open')).body as { errors: { message: string }[] }).errors[0]?.message;
  expect(await refused()).toBe('state cannot be changed. The moose/work branch has been deleted.');
  repository.commit('moose/work', { 'b.txt': 'new\n' }, { from: 'main' });
  expect(await refused()).toBe(
    'state cannot be changed. The moose/work branch was force-pushed or recreated.',
  );
  repository.git('update-ref', 'refs/heads/moose/work', headSha);
  repository.notice();
  expect(await change('open')).toMatchObject({ status: 200, body: { state: 'open' } });
});
