// Where a branch accepts only signed commits: GitHub makes them by its API, with the same files, and each only once.
import { chmod, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { pushOrSign } from '../../src/engine/pipeline/creating-pr/push-change.ts';
import type { ChangeToSign, Forge } from '../../src/engine/ports/forge.ts';
import type { Database } from '../../src/store/database.ts';
import type { Effect } from '../../src/store/work/sessions/effects.ts';
import { testDatabase } from '../database.ts';
import { git } from '../e2e/repository.fixture.ts';
import { serverError } from '../github-double/planned-fault.ts';
import { type GitHubGround, type GitHubScene, startGitHubGround } from './github-ground.fixture.ts';

let ground: GitHubGround;
let database: Database;
beforeAll(async () => {
  ground = await startGitHubGround(async () => database);
});
beforeEach(async () => {
  database = await testDatabase();
});
afterAll(() => ground?.stop());

const branch = 'moose/signed';
type Account = 'App' | 'person';

async function appOf({ repository }: GitHubScene, folder: string): Promise<Forge> {
  const { appId, privateKey } = ground.github.addApp({ owner: 'acme', slug: 'moose-signs' });
  const path = join(folder, 'app.pem');
  await writeFile(path, privateKey, { mode: 0o600 });
  const credential = { source: 'app' as const, appId: String(appId), key: { source: 'file' as const, path } };
  return ground.forgeOf(repository.state.fullName, { credential });
}

/**
 * A clone of a repository that requires signatures on Moose's branches, and what Moose has stored about its
 * pushes.
 */
async function signing(account: Account) {
  const folder = await mkdtemp(join(tmpdir(), 'moose-signed-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const scene = await ground.scene();
  const { repository, baseSha } = scene;
  const forge = account === 'App' ? await appOf(scene, folder) : scene.forge;
  repository.requireSignatures('moose/');
  const path = join(folder, 'clone');
  await git(folder, 'clone', '--quiet', repository.state.path, path);
  for (const [name, value] of Object.entries({ 'user.name': 'Moose', 'user.email': 'moose@localhost' }))
    await git(path, 'config', name, value);
  await git(path, 'switch', '--quiet', '--create', branch);
  const remoteUrl = repository.cloneUrl.replace(
    '://',
    `://x-access-token:${ground.github.tokenOf('moose')}@`,
  );
  let before: Effect | undefined;
  const commit = async (message = 'Change it\n\nMoose-Work-Order: 7') => {
    await git(path, 'add', '--all');
    await git(path, 'commit', '--quiet', '--message', message);
    return git(path, 'rev-parse', 'HEAD');
  };
  const publish = async (sha: string, { isRecorded = true, based = baseSha } = {}) => {
    const { sha: last = null } = (before?.detail ?? {}) as { sha?: string };
    const push = { repositoryPath: path, remoteUrl, branch, sha, expectedRemoteSha: last };
    const sign = (change: ChangeToSign) => forge.signCommit?.(change) ?? Promise.reject(new Error('none'));
    const willSign = async () => {
      before = {
        state: before?.state ?? 'intended',
        detail: { ...before?.detail, mustSign: true },
      } as unknown as Effect;
    };
    const detail = await pushOrSign({ push, baseSha: based, before, willSign, sign });
    if (isRecorded) before = { state: 'done', detail } as unknown as Effect;
    return detail.sha;
  };
  const treeOf = (sha: string) => git(path, 'rev-parse', `${sha}^{tree}`);
  const shown = (...args: string[]) => repository.git(...args);
  const count = () => Number(shown('rev-list', '--count', `main..${branch}`));
  return { scene, repository, forge, path, baseSha, commit, publish, treeOf, shown, count };
}

const treeThere = (at: Awaited<ReturnType<typeof signing>>) => at.shown('rev-parse', `${branch}^{tree}`);

test.each<Account>(['App', 'person'])(
  'R-PIPE-7: a push that is refused for want of signatures becomes a signed commit of the same files (%s)',
  async (account) => {
    const at = await signing(account);
    const { path, commit, publish, treeOf, repository } = at;
    await writeFile(join(path, 'ümläut name.txt'), 'Grüß Gott\r\n');
    await writeFile(join(path, 'binary.bin'), Buffer.from([0, 255, 1, 254, 10]));
    await git(path, 'rm', '--quiet', 'README.md');
    const first = await commit('Greet\n\nA body.\n\nMoose-Work-Order: 7');
    const sha = await publish(first);
    expect(sha).not.toBe(first);
    expect([at.shown('rev-parse', branch), treeThere(at)]).toEqual([sha, await treeOf(first)]);
    expect(repository.state.signed).toContain(sha);
    expect(at.shown('show', '--no-patch', '--format=%B', sha)).toBe(
      'Greet\n\nA body.\n\nMoose-Work-Order: 7',
    );
    // The next one follows what GitHub has, and git is not even tried: it would send everything, and be refused.
    await writeFile(join(path, 'more.txt'), 'More\n');
    const second = await commit();
    const pushes = () => ground.github.requests.filter(({ path: asked }) => asked.includes('receive-pack'));
    const tried = pushes().length;
    const next = await publish(second);
    expect(pushes()).toHaveLength(tried);
    expect(at.shown('show', '--no-patch', '--format=%P', next)).toBe(sha);
    expect(treeThere(at)).toBe(await treeOf(second));
    // The step is repeated: it is there.
    expect(await publish(second)).toBe(next);
    expect(at.count()).toBe(2);
  },
);

test('R-PIPE-7: an App keeps modes, links, submodules, folders that become files, and merges of the base', async () => {
  const at = await signing('App');
  const { path, commit, publish, treeOf, scene } = at;
  await writeFile(join(path, 'run.sh'), '#!/bin/sh\n');
  await chmod(join(path, 'run.sh'), 0o755);
  await symlink('README.md', join(path, 'link'));
  await git(path, 'update-index', '--add', '--cacheinfo', `160000,${at.baseSha},module`);
  await writeFile(join(path, 'large.txt'), 'line\n'.repeat(300_000));
  await publish(await commit());
  await chmod(join(path, 'run.sh'), 0o644);
  await git(path, 'rm', '--quiet', '--cached', 'link');
  await rm(join(path, 'link'));
  const base = await scene.push('main', { 'base.txt': 'Base\n' });
  await git(path, 'fetch', '--quiet', 'origin', 'main');
  await git(path, 'add', '--all', ':!module');
  await git(path, 'commit', '--quiet', '--message', 'Change modes');
  await git(path, 'merge', '--quiet', '--no-edit', 'FETCH_HEAD');
  const merged = await git(path, 'rev-parse', 'HEAD');
  const before = at.shown('rev-parse', branch);
  const sha = await publish(merged, { based: base });
  expect(treeThere(at)).toBe(await treeOf(merged));
  expect(at.shown('show', '--no-patch', '--format=%P', sha)).toBe(`${before} ${base}`);
});

test('R-PIPE-7: what GitHub signs for an App only is refused for a person, and nothing is left there', async () => {
  const at = await signing('person');
  await writeFile(join(at.path, 'run.sh'), '#!/bin/sh\n');
  await chmod(join(at.path, 'run.sh'), 0o755);
  await expect(at.publish(await at.commit())).rejects.toMatchObject({
    code: 'FORGE_CANNOT_SIGN',
    category: 'configuration',
    message: expect.stringContaining('run.sh'),
  });
  expect(at.shown('branch', '--list', branch)).toBe('');
});

const writes = {
  App: ['POST /repos', /git\/commits$/, /git\/refs$/],
  person: [/git\/refs$/, /createCommitOnBranch$/],
} as const;

test.each(
  (['App', 'person'] as const).flatMap((account) =>
    writes[account].flatMap((match) =>
      (['before', 'after'] as const).map((when) => ({ account, match, when })),
    ),
  ),
)(
  'R-PIPE-1: fear: $account, the connection is lost $when $match, and there are two commits',
  async ({ account, match, when }) => {
    const at = await signing(account);
    await writeFile(join(at.path, 'new.txt'), 'New\n');
    const sha = await at.commit();
    ground.github.planned.push({ match, when, what: 'drop' });
    await expect(at.publish(sha, { isRecorded: false })).rejects.toMatchObject({ code: 'FORGE_UNREACHABLE' });
    expect(ground.github.planned).toEqual([]);
    const there = await at.publish(sha);
    expect([at.count(), treeThere(at)]).toEqual([1, await at.treeOf(sha)]);
    // Moose died before it recorded the commit: it is found by its files, parents and message.
    expect(at.shown('rev-parse', branch)).toBe(there);
  },
);

test.each<Account>(['App', 'person'])('R-PIPE-14: a commit of somebody else stays (%s)', async (account) => {
  const at = await signing(account);
  await writeFile(join(at.path, 'new.txt'), 'New\n');
  await at.publish(await at.commit());
  const theirs = at.repository.commit(branch, { 'theirs.txt': 'Theirs\n' });
  await writeFile(join(at.path, 'new.txt'), 'Newer\n');
  await expect(at.publish(await at.commit())).rejects.toMatchObject({ code: 'FORGE_BRANCH_MOVED' });
  expect(at.shown('rev-parse', branch)).toBe(theirs);
  at.repository.git('update-ref', '-d', `refs/heads/${branch}`);
  at.repository.notice();
  const head = await git(at.path, 'rev-parse', 'HEAD');
  await expect(at.publish(head)).rejects.toMatchObject({ code: 'FORGE_BRANCH_MOVED' });
});

test('R-PIPE-14: somebody else moves the branch between the look and the commit', async () => {
  const at = await signing('person');
  await writeFile(join(at.path, 'new.txt'), 'New\n');
  await at.publish(await at.commit());
  const reply = {
    data: null,
    errors: [{ type: 'STALE_DATA', message: 'Expected branch to point to "a" but it did not.' }],
  };
  const what = { status: 200, body: reply };
  ground.github.planned.push({ match: /createCommitOnBranch$/, when: 'before', what });
  await writeFile(join(at.path, 'new.txt'), 'Newer\n');
  await expect(at.publish(await at.commit())).rejects.toMatchObject({ code: 'FORGE_BRANCH_MOVED' });
  expect(at.count()).toBe(1);
});

test('R-PIPE-7: a change that is made again on a newer base replaces what the App has pushed', async () => {
  const at = await signing('App');
  await writeFile(join(at.path, 'new.txt'), 'New\n');
  await at.publish(await at.commit());
  const base = await at.scene.push('main', { 'base.txt': 'Base\n' });
  await git(at.path, 'fetch', '--quiet', 'origin', 'main');
  await git(at.path, 'reset', '--quiet', '--hard', 'FETCH_HEAD');
  await writeFile(join(at.path, 'new.txt'), 'Made again\n');
  const sha = await at.publish(await at.commit(), { based: base });
  expect(at.shown('show', '--no-patch', '--format=%P', sha)).toBe(base);
  expect(at.count()).toBe(1);
});

test('R-PIPE-7: what GitHub does otherwise than asked is an error with advice, and moves no branch', async () => {
  const at = await signing('App');
  await writeFile(join(at.path, 'new.txt'), 'New\n');
  const sha = await at.commit();
  const plan = (match: RegExp, status: number, body: object) =>
    void ground.github.planned.push({ match, when: 'before', what: { status, body } });
  plan(/git\/trees$/, 201, { sha: '1'.repeat(40) });
  await expect(at.publish(sha)).rejects.toMatchObject({ code: 'FORGE_COMMIT_DIFFERS' });
  plan(/git\/commits$/, 201, { sha: '1'.repeat(40), verification: { verified: false } });
  await expect(at.publish(sha)).rejects.toMatchObject({ code: 'FORGE_COMMIT_UNSIGNED' });
  plan(/git\/trees$/, 422, { message: 'Invalid tree info' });
  await expect(at.publish(sha)).rejects.toMatchObject({ code: 'FORGE_REFUSED' });
  ground.github.planned.push({ match: /git\/trees$/, when: 'before', what: serverError(502) });
  await expect(at.publish(sha)).rejects.toMatchObject({ code: 'FORGE_UNAVAILABLE' });
  const change: ChangeToSign = {
    branch,
    message: 'Change',
    expectedSha: null,
    parents: [at.baseSha],
    parentTreeSha: await at.treeOf(at.baseSha),
    treeSha: await at.treeOf(sha),
    files: [{ path: 'new.txt', mode: '100644', oldMode: null, sha }],
    read: async () => null,
  };
  await expect(at.forge.signCommit?.(change)).rejects.toMatchObject({ code: 'FORGE_COMMIT_TOO_LARGE' });
  await expect(at.forge.signCommit?.({ ...change, parents: ['2'.repeat(40)] })).rejects.toMatchObject({
    code: 'FORGE_COMMIT_WITHOUT_PARENT',
  });
  expect(at.shown('branch', '--list', branch)).toBe('');
});
