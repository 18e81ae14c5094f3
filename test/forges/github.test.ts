// What only GitHub does: late answers, lies for a while, limits, Apps. On the double.
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { Database } from '../../src/store/database.ts';
import { listForgeHosts } from '../../src/store/work/pull-requests/forge-hosts.ts';
import { testDatabase } from '../database.ts';
import { primaryLimit, secondaryLimit, serverError } from '../github-double/planned-fault.ts';
import { newLies } from '../github-double/world.ts';
import { opened, pushed } from './contract.fixture.ts';
import { type GitHubGround, startGitHubGround } from './github-ground.fixture.ts';

let ground: GitHubGround;
let database: Database;
beforeAll(async () => {
  ground = await startGitHubGround(async () => database);
});
beforeEach(async () => {
  database = await testDatabase();
  ground.github.world.lies = newLies();
});
afterAll(() => ground?.stop());

const pullsOf = async (path: string) => {
  const { body } = await ground.github.as('moose', `GET /repos/${path}/pulls?state=all`);
  return body as { number: number }[];
};
const since = (count: number) => ground.github.requests.slice(count);

test('R-PIPE-7: fear: an answer is lost, and a pull request is opened twice', async () => {
  const scene = await ground.scene();
  const { draft } = await pushed(scene);
  ground.github.planned.push({ match: 'POST /repos', when: 'after', what: 'drop' });
  const lost = { code: 'FORGE_UNREACHABLE', category: 'transient', metadata: { mayHaveHappened: true } };
  await expect(scene.forge.openPullRequest(draft)).rejects.toMatchObject(lost);
  expect(await scene.forge.openPullRequest(draft)).toMatchObject({ how: 'adopted', number: 1 });
  expect(await pullsOf(scene.forge.repository)).toHaveLength(1);
  ground.github.planned.push({ match: 'POST /repos', when: 'before', what: serverError(502) });
  const { draft: other } = await pushed(scene);
  const down = { code: 'FORGE_UNAVAILABLE', category: 'transient', message: expect.stringContaining('HTML') };
  await expect(scene.forge.openPullRequest(other)).rejects.toMatchObject(down);
});

test('R-PIPE-7: GitHub learns of a push late, and tells its newest head and its labels later still', async () => {
  const scene = await ground.scene();
  const other = await ground.scene();
  const { branch, draft } = await pushed(scene);
  ground.github.world.lies.unknownHeads = 1;
  const pull = await scene.forge.openPullRequest(draft);
  expect(pull).toMatchObject({ how: 'opened', headSha: draft.headSha });
  const { draft: labelled } = await pushed(other);
  ground.github.world.lies.unresolvedNodes = 1;
  await other.forge.openPullRequest({ ...labelled, labels: ['moose'] });
  ground.github.world.lies.headReads = 2;
  const headSha = await scene.push(branch, { 'more.txt': 'more\n' });
  expect(await scene.forge.openPullRequest({ ...draft, headSha })).toMatchObject({ headSha, how: 'adopted' });
});

test('R-SEN-8: null is not false: it is merged when GitHub has computed whether it can be', async () => {
  const scene = await ground.scene();
  const { headSha, pull } = await opened(scene);
  ground.github.world.lies.unknownMergeable.set(pull.number, 2);
  expect(await scene.forge.findPullRequest({ number: pull.number })).toMatchObject({ mergeable: null });
  const merged = await scene.forge.mergePullRequest(pull.number, { expectedHeadSha: headSha });
  expect(merged).toMatchObject({ state: 'merged' });
});

test('R-SEN-8: it is merged after another change has moved the base branch at the same time', async () => {
  const scene = await ground.scene();
  const { headSha, pull } = await opened(scene);
  const body = { message: 'Base branch was modified. Review and try the merge again.' };
  ground.github.planned.push({ match: 'PUT /repos', when: 'before', what: { status: 405, body } });
  const merged = await scene.forge.mergePullRequest(pull.number, { expectedHeadSha: headSha });
  expect(merged).toMatchObject({ state: 'merged' });
});

test('R-SEN-8: fear: the answer to a merge is lost, and the merge counts as failed', async () => {
  const scene = await ground.scene();
  const { headSha, pull } = await opened(scene);
  ground.github.planned.push({ match: 'PUT /repos', when: 'after', what: 'drop' });
  const how = { expectedHeadSha: headSha };
  await expect(scene.forge.mergePullRequest(pull.number, how)).rejects.toMatchObject({
    code: 'FORGE_UNREACHABLE',
  });
  expect(await scene.forge.mergePullRequest(pull.number, how)).toMatchObject({ state: 'merged' });
});

test.each<[string, number, object, object]>([
  ['moved', 409, { message: 'Head branch was modified.' }, { code: 'PULL_REQUEST_HEAD_MOVED' }],
  ['unusable', 422, { message: 'Unprocessable.' }, { code: 'FORGE_REFUSED' }],
])(
  'R-SEN-8: a merge that is refused as %s is an error, and not a merge',
  async (_, status, body, expected) => {
    const scene = await ground.scene();
    const { headSha, pull } = await opened(scene);
    ground.github.planned.push({ match: 'PUT /repos', when: 'before', what: { status, body } });
    const how = { expectedHeadSha: headSha };
    await expect(scene.forge.mergePullRequest(pull.number, how)).rejects.toMatchObject(expected);
    expect(await scene.forge.findPullRequest({ number: pull.number })).toMatchObject({ state: 'open' });
  },
);

test('R-SEN-8: an auto-merge that GitHub refuses is an error, and nothing is merged', async () => {
  const scene = await ground.scene();
  const { headSha, pull } = await opened(scene);
  const how = { expectedHeadSha: headSha, when: 'checks passed' as const };
  await expect(scene.forge.mergePullRequest(pull.number, how)).rejects.toMatchObject({
    code: 'FORGE_REFUSED',
  });
  expect(await scene.forge.findPullRequest({ number: pull.number })).toMatchObject({ state: 'open' });
});

test('R-SEN-7: a limit pauses the host for every process, and nobody calls it before its time', async () => {
  const scene = await ground.scene();
  ground.github.planned.push({ match: 'GET /repos', when: 'before', what: secondaryLimit(403) });
  const paused = { code: 'FORGE_PAUSED', category: 'external' };
  const first = await scene.forge.findPullRequest({ number: 1 }).catch((cause: unknown) => cause);
  expect(first).toMatchObject(paused);
  expect((first as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(55_000);
  const count = ground.github.requests.length;
  // Another process has objects of its own, and the same database.
  const [row] = await database.run(listForgeHosts);
  expect(row).toMatchObject({ pauses: 1, pausedBecause: expect.stringContaining('limit') });
  await expect(scene.forge.mayWrite('ada')).rejects.toMatchObject(paused);
  expect(since(count)).toEqual([]);
});

test('R-SEN-7: a pause lasts as long as the host says', async () => {
  const scene = await ground.scene();
  ground.github.planned.push({ match: 'GET /repos', when: 'before', what: secondaryLimit(429, 1) });
  const asked = scene.forge.findPullRequest({ number: 1 });
  await expect(asked).rejects.toMatchObject({ code: 'FORGE_PAUSED', retryAfterMs: 1_000 });
  const again = () => scene.forge.mayWrite('ada').catch(() => null);
  await expect.poll(again).toBe(true);
  const other = await ground.scene();
  const until = new Date(Date.now() + 600_000);
  ground.github.planned.push({ match: 'GET /repos', when: 'before', what: primaryLimit(until) });
  const used = await other.forge.mayWrite('ada').catch((cause: { retryAfterMs: number }) => cause);
  expect((used as { retryAfterMs: number }).retryAfterMs).toBeGreaterThan(590_000);
});

test('R-SEN-7: asking again for what has not changed is free', async () => {
  const scene = await ground.scene();
  const { headSha: sha } = await opened(scene);
  const look = () => scene.forge.readChecks({ sha, baseBranch: 'main' });
  await look();
  const count = ground.github.requests.length;
  const report = await look();
  expect(report.verdict).toBe('none');
  const statuses = since(count).map(({ status }) => status);
  expect(statuses.length).toBeGreaterThan(3);
  expect(statuses.filter((status) => status === 200)).toEqual([]);
  await ground.acts.setCheck(scene, { sha, name: 'build', state: 'passed' });
  expect(await look()).toMatchObject({ verdict: 'green' });
});

test('R-SEN-7: when little of the limit is left, looks wait and people do not', async () => {
  const scene = await ground.scene();
  const { headSha: sha } = await opened(scene);
  for (const token of ground.github.world.tokens.values()) token.left = 500;
  expect(await scene.forge.mayWrite('ada')).toBe(true);
  const look = scene.forge.readChecks({ sha, baseBranch: 'main' });
  await expect(look).rejects.toMatchObject({
    code: 'FORGE_PAUSED',
    message: expect.stringContaining('reserved'),
  });
  expect(await scene.forge.mayWrite('eve')).toBe(false);
  for (const token of ground.github.world.tokens.values()) token.left = 5_000;
});

test('an App acts by tokens of its own: narrowed, renewed, and used by git', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'moose-app-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const scene = await ground.scene();
  const { appId, privateKey } = ground.github.addApp({ owner: 'acme', slug: 'moose-app' });
  const path = join(folder, 'app.pem');
  writeFileSync(path, privateKey, { mode: 0o600 });
  const credential = { source: 'app' as const, appId: String(appId), key: { source: 'file' as const, path } };
  const forge = await ground.forgeOf(scene.forge.repository, { credential });
  const { user, password, expiresAt } = (await forge.gitCredentials()) ?? {};
  expect({ user, password }).toEqual({ user: 'x-access-token', password: expect.stringMatching(/^ghs_/) });
  expect(expiresAt?.getTime()).toBeGreaterThan(Date.now() + 50 * 60_000);
  const asked = ground.github.requests.findLast(({ path: at }) => at.includes('/access_tokens'));
  expect(asked?.body).toMatchObject({ repositories: [scene.forge.repository.split('/')[1]] });
  expect(asked?.body).toMatchObject({ permissions: { contents: 'write', checks: 'read' } });
  expect(await forge.commitIdentity()).toEqual({
    name: 'moose-app[bot]',
    email: expect.stringMatching(/^\d+\+moose-app\[bot\]@users\.noreply\./),
  });
  expect(await forge.findPerson('ada')).toEqual({
    name: 'ada',
    email: expect.stringMatching(/^\d+\+ada@users\.noreply\./),
  });
  expect([await forge.findPerson('moose-app[bot]'), await forge.findPerson('nobody')]).toEqual([null, null]);
  const { draft } = await pushed(scene);
  expect(await forge.openPullRequest(draft)).toMatchObject({ how: 'opened' });
  const inspection = await forge.inspect();
  expect(inspection).toMatchObject({ login: 'moose-app[bot]', problems: [] });
  expect(inspection.rights).toContainEqual(
    expect.objectContaining({ name: 'contents:write', isGiven: true }),
  );
  expect(inspection.rights).toContainEqual(
    expect.objectContaining({ name: 'workflows:write', isGiven: false }),
  );
});

test('an App that is not installed, and a key that is none, say what to do', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'moose-app-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const scene = await ground.scene();
  const { appId, privateKey } = ground.github.addApp({ owner: 'nobody', slug: 'elsewhere' });
  const path = join(folder, 'app.pem');
  const forgeWith = (content: string, mode = 0o600) => {
    writeFileSync(path, content, { mode });
    const key = { source: 'file' as const, path };
    return ground.forgeOf(scene.forge.repository, {
      credential: { source: 'app', appId: String(appId), key },
    });
  };
  const advice = expect.any(String);
  const absent = (await forgeWith(privateKey)).gitCredentials();
  await expect(absent).rejects.toMatchObject({ code: 'FORGE_APP_NOT_INSTALLED', advice });
  const wrong = (await forgeWith('no key at all')).gitCredentials();
  await expect(wrong).rejects.toMatchObject({ code: 'FORGE_APP_KEY_INVALID', advice });
});

test('what a token may not do is told before work fails', async () => {
  const scene = await ground.scene();
  const workflow = await ground.forgeOf(scene.forge.repository, {
    token: ground.github.tokenOf('moose', { expiresInMs: 86_400_000 }),
  });
  const { problems, expiresAt } = await workflow.inspect();
  expect(expiresAt?.getTime()).toBeGreaterThan(Date.now());
  expect(problems).toEqual([expect.objectContaining({ code: 'FORGE_TOKEN_EXPIRES', isFatal: false })]);
  const stranger = await ground.forgeOf(scene.forge.repository, { token: ground.github.tokenOf('eve') });
  const told = (await stranger.inspect()).problems.filter(({ isFatal }) => isFatal);
  expect(told).toContainEqual(expect.objectContaining({ code: 'FORGE_RIGHT_MISSING' }));
});
