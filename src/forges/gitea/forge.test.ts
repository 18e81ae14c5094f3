// Rare situations that a real Gitea does not produce on demand: temporary refusals, and forges that lack a part of the
// API. `test/forges` covers the rest with a real Gitea.
import { expect, onTestFinished, test } from 'vitest';
import { testDatabase } from '../../../test/database.ts';
import { type FaultRequest, startFaultServer } from '../../../test/fault-server.ts';
import type { Check, ForgeCredential } from '../../domain/forge/forge.ts';
import type { Remark } from '../../engine/ports/forge.ts';
import { systemClock } from '../../stdx/clock.ts';
import { keepForgeHost } from '../../store/work/pull-requests/forge-hosts.ts';
import { createGiteaForges } from './forge.ts';

const sha = 'a'.repeat(40);
const draft = {
  workOrderId: 'order',
  title: 'Add a',
  body: '',
  headBranch: 'moose/a',
  headSha: sha,
  baseBranch: 'main',
  baseSha: 'b'.repeat(40),
};
const side = (branch: string) => ({ label: branch, ref: branch, sha, repo_id: 1 });
const pull = {
  number: 7,
  html_url: 'http://forge/7',
  state: 'open',
  title: 'Add a',
  body: '',
  merged: false,
  mergeable: true,
  head: side('moose/a'),
  base: side('main'),
};

type Reply = { status: number; body?: unknown };
/** Keyed by method and path below the repository, without the query; everything else answers 404. */
type Replies = Readonly<Record<string, Reply | ((request: FaultRequest) => Reply)>>;

async function forgeWith(replies: Replies, credential: ForgeCredential = { source: 'env', name: 'TOKEN' }) {
  const server = await startFaultServer((request) => {
    const path = request.path.replace(/\?.*$/, '').replace('/api/v1/repos/ada/api', '') || '/';
    const found = replies[`${request.method} ${path}`] ?? { status: 404, body: { message: 'not found' } };
    const { status, body } = typeof found === 'function' ? found(request) : found;
    return { kind: 'reply', status, body: body === undefined ? '' : JSON.stringify(body) };
  });
  onTestFinished(() => server.stop());
  const database = await testDatabase();
  const host = await database.run((query) =>
    keepForgeHost(query, {
      host: 'forge.test',
      kind: 'gitea',
      apiUrl: `${server.url}/api/v1`,
      createdBy: 'test',
      credential: JSON.stringify(credential),
      webhookSecret: null,
    }),
  );
  const options = { database, clock: systemClock, programEnvironment: {}, writesApartMs: 0 };
  const build = createGiteaForges({ ...options, read: () => 'a-token-of-tests' });
  return { forge: build({ projectId: 'project', host, path: 'ada/api' }), server };
}

const there: Replies = {
  'GET /': { status: 200, body: { default_branch: 'main', default_merge_style: 'merge' } },
  'GET /pulls': { status: 200, body: [] },
  'GET /compare/main...moose%2Fa': { status: 200, body: { total_commits: 1 } },
  'GET /api/v1/user': { status: 200, body: { login: 'moose' } },
};

test('R-PIPE-7: a pull request that exists already, and is not listed yet, is asked for again', async () => {
  const { forge } = await forgeWith({
    ...there,
    'POST /pulls': { status: 409, body: { message: 'pull request already exists' } },
  });
  const notYet = { code: 'PULL_REQUEST_NOT_AS_WRITTEN', retryable: true };
  await expect(forge.openPullRequest(draft)).rejects.toMatchObject(notYet);
});

test('R-PIPE-7: it is adopted if another call opened it in between', async () => {
  let isOpen = false;
  const { forge } = await forgeWith({
    ...there,
    'GET /pulls/main/moose%2Fa': () => (isOpen ? { status: 200, body: pull } : { status: 404 }),
    'GET /pulls/7': { status: 200, body: pull },
    'POST /pulls': () => {
      isOpen = true;
      return { status: 409, body: { message: 'pull request already exists' } };
    },
  });
  expect(await forge.openPullRequest(draft)).toMatchObject({ number: 7, how: 'adopted' });
});

test('a refusal is told in the words of the forge', async () => {
  const { forge } = await forgeWith({
    ...there,
    'POST /pulls': { status: 422, body: { message: 'Invalid PullRequest: base and head must be branches' } },
    'GET /pulls/7': { status: 200, body: pull },
    'PATCH /pulls/7': { status: 422, body: { message: 'no' } },
  });
  const refused = { code: 'FORGE_REFUSED', message: expect.stringContaining('must be branches') };
  await expect(forge.openPullRequest(draft)).rejects.toMatchObject(refused);
  const changing = forge.updatePullRequest(7, { title: 'B' });
  await expect(changing).rejects.toMatchObject({ code: 'FORGE_REFUSED' });
});

test('fear: what somebody merged in between is closed', async () => {
  const { forge } = await forgeWith({
    ...there,
    'GET /pulls/7': { status: 200, body: pull },
    'PATCH /pulls/7': { status: 412, body: { message: 'it was already merged' } },
  });
  await expect(forge.closePullRequest(7)).rejects.toMatchObject({ code: 'PULL_REQUEST_NOT_OPEN' });
});

test.each<[number, unknown, string]>([
  [409, { message: 'head out of date' }, 'PULL_REQUEST_HEAD_MOVED'],
  [409, { Style: 'merge', StdErr: 'CONFLICT' }, 'MERGE_CONFLICT'],
  [405, { message: 'User not allowed to merge PR' }, 'PULL_REQUEST_NOT_MERGEABLE'],
  [422, { message: '[Do]: In' }, 'FORGE_REFUSED'],
])('R-SEN-8: a merge that is refused with %i %j is %s', async (status, body, code) => {
  const { forge } = await forgeWith({
    ...there,
    'GET /pulls/7': { status: 200, body: pull },
    'POST /pulls/7/merge': { status, body },
  });
  const merging = forge.mergePullRequest(7, { expectedHeadSha: sha });
  await expect(merging).rejects.toMatchObject({ code });
});

test('R-SEN-8: a merge whose answer was lost is a success', async () => {
  let isMerged = false;
  const { forge } = await forgeWith({
    ...there,
    'GET /pulls/7': () => ({ status: 200, body: { ...pull, merged: isMerged, merge_commit_sha: sha } }),
    'POST /pulls/7/merge': () => {
      isMerged = true;
      return { status: 405, body: { message: 'The PR is already merged' } };
    },
  });
  const merged = { state: 'merged', mergedSha: sha };
  expect(await forge.mergePullRequest(7, { expectedHeadSha: sha })).toMatchObject(merged);
});

test('R-SEN-6: a forge without the interface of Actions has statuses only', async () => {
  const target_url = '/ada/api/actions/runs/1/jobs/0';
  const statuses = [{ id: 1, context: 'CI / build (push)', status: 'warning', target_url }];
  const { forge } = await forgeWith({
    ...there,
    [`GET /commits/${sha}/status`]: { status: 200, body: { statuses } },
  });
  const report = await forge.readChecks({ sha, baseBranch: 'main' });
  // Gitea does not merge with a warning.
  const check = { id: 'status:1', state: 'failed', conclusion: 'warning', attempt: 1, url: null };
  expect(report).toMatchObject({ verdict: 'red', checks: [check] });
  const [first] = report.checks as [Check];
  expect(await forge.readLog(first)).toBeNull();
});

test.each<[string, object, Reply, string]>([
  ['no runner took it', { runner_id: 0 }, { status: 404 }, 'none'],
  [
    'it failed at once, without a log',
    { runner_id: 3, completed_at: '2026-03-10T12:00:01Z' },
    { status: 404 },
    'none',
  ],
  [
    'it failed at once, with a log',
    { runner_id: 3, completed_at: '2026-03-10T12:00:01Z' },
    { status: 200, body: 'no' },
    'red',
  ],
  ['it failed later', { runner_id: 3, completed_at: '2026-03-10T12:03:00Z' }, { status: 404 }, 'red'],
])('R-GREEN-10: a job of Actions, and %s', async (_, given, log, verdict) => {
  const target_url = '/ada/api/actions/runs/1/jobs/5';
  const statuses = [{ id: 1, context: 'CI / build (push)', status: 'failure', target_url }];
  const ended = { status: 'completed', conclusion: 'failure', started_at: '2026-03-10T12:00:00Z' };
  const job = { id: 5, run_id: 1, name: 'build', run_attempt: 1, ...ended, ...given };
  const { forge } = await forgeWith({
    ...there,
    [`GET /commits/${sha}/status`]: { status: 200, body: { statuses } },
    'GET /actions/runs': { status: 200, body: { workflow_runs: [{ id: 1 }] } },
    'GET /actions/runs/1/jobs': { status: 200, body: { jobs: [job] } },
    'GET /actions/jobs/5/logs': log,
  });
  expect(await forge.readChecks({ sha, baseBranch: 'main' })).toMatchObject({ verdict });
});

test('R-GREEN-10: a status of another program that names a billing problem is not red', async () => {
  const description = 'Your account has exceeded its CI minutes: spending limit reached';
  const statuses = [{ id: 1, context: 'ci/builds', status: 'error', description }];
  const { forge } = await forgeWith({
    ...there,
    [`GET /commits/${sha}/status`]: { status: 200, body: { statuses } },
  });
  const checks = [{ obstacle: { kind: 'billing' } }];
  expect(await forge.readChecks({ sha, baseBranch: 'main' })).toMatchObject({ verdict: 'none', checks });
});

test('a thread stays open where the forge cannot resolve it, and what has none is left alone', async () => {
  const { forge, server } = await forgeWith(there);
  const remark = { threadId: '12' } as Remark;
  await forge.resolveThread(remark);
  await forge.resolveThread({ ...remark, threadId: null });
  expect(server.requests.map(({ path }) => path)).toEqual([
    '/api/v1/repos/ada/api/pulls/comments/12/resolve',
  ]);
});

test('there is nothing to comment on', async () => {
  const { forge } = await forgeWith({ ...there, 'GET /issues/9/comments': { status: 200, body: [] } });
  const saying = forge.say({ number: 9, text: 'Hello', key: 'a' });
  await expect(saying).rejects.toMatchObject({ code: 'PULL_REQUEST_NOT_FOUND' });
});

test('an answer in another format is an error that names the host', async () => {
  const { forge } = await forgeWith({ 'GET /pulls/7': { status: 200, body: { number: 'seven' } } });
  const garbled = { code: 'FORGE_GARBLED', message: expect.stringContaining('forge.test') };
  await expect(forge.findPullRequest({ number: 7 })).rejects.toMatchObject(garbled);
});

test('R-SEC-4: Gitea has no Apps', async () => {
  const app = forgeWith(there, { source: 'app', appId: '1', key: { source: 'env', name: 'KEY' } });
  await expect(app).rejects.toMatchObject({ code: 'FORGE_CREDENTIALS_MISSING' });
});

test('fear: an address that Gitea shows only to its administrators is published', async () => {
  const ada = { status: 200, body: { login: 'ada', full_name: 'Ada', email: 'ada@home.test' } };
  const asked = async (is_admin: boolean, login: string) => {
    const { forge } = await forgeWith({
      'GET /api/v1/user': { status: 200, body: { login: 'moose', is_admin } },
      'GET /api/v1/users/ada': ada,
      'GET /api/v1/users/hidden': { status: 200, body: { login: 'hidden' } },
    });
    return forge.findPerson(login);
  };
  expect(await asked(true, 'ada')).toBeNull();
  expect(await asked(false, 'ada')).toEqual({ name: 'Ada', email: 'ada@home.test' });
  expect([await asked(false, 'hidden'), await asked(false, 'nobody')]).toEqual([null, null]);
});
