// Mirrors of real remotes: over smart HTTP on loopback, and on this machine's disk.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { seededRandom } from '../../stdx/seeded-random.fixture.ts';
import { gitServer } from '../git-server.fixture.ts';
import { baseCommit } from '../refs/base-branch.ts';
import { gitIn, scratchDirectory, scratchRepository } from '../scratch-repository.fixture.ts';
import { ensureWorktree } from '../worktree/worktree.ts';
import { ensureMirrorWith, hasMirror, syncMirror } from './mirror.ts';

const mirrorPath = () => join(scratchDirectory(), 'mirrors', 'p.git');
const refsIn = (path: string) =>
  gitIn(path, 'for-each-ref', '--format=%(refname)').split('\n').filter(Boolean);

test("R-PROJ-1: a mirror has the remote's current heads and tags, and nobody else can read it", async () => {
  const server = await gitServer();
  server.git('tag', 'v1', 'main');
  const path = mirrorPath();
  expect(await syncMirror({ path, address: server.url })).toMatchObject({ defaultBranch: 'main' });
  expect(refsIn(path)).toEqual(['refs/remotes/origin/main', 'refs/tags/v1']);
  expect(statSync(dirname(path)).mode & 0o777).toBe(0o700);
  const moved = server.commit({ 'b.txt': 'b\n' });
  server.commit({ 'c.txt': 'c\n' }, 'next');
  server.git('tag', '-d', 'v1');
  await syncMirror({ path, address: server.url });
  expect(refsIn(path)).toEqual(['refs/remotes/origin/main', 'refs/remotes/origin/next']);
  expect(await baseCommit({ path, branch: 'main', remote: server.url })).toBe(moved);
});

test('R-PROJ-1: branches of work orders and preserved commits stay, whatever the remote deletes or names', async () => {
  const server = await gitServer();
  const path = mirrorPath();
  const mirror = { path, address: server.url };
  const { sha } = await syncMirror(mirror);
  const [branch, worktreePath] = ['moose/ab12-mend', join(scratchDirectory(), 'tree')];
  await ensureWorktree({ repositoryPath: path, worktreePath, branch, baseSha: sha ?? '' });
  gitIn(path, 'update-ref', 'refs/moose/preserved/x', sha ?? '');
  const other = server.commit({ 'b.txt': 'b\n' }, 'topic');
  server.git('update-ref', `refs/tags/${branch}`, other);
  server.git('update-ref', `refs/heads/${branch}`, other);
  server.git('update-ref', 'refs/moose/preserved/x', other);
  await syncMirror(mirror);
  server.git('branch', '-D', 'topic', branch);
  await syncMirror(mirror);
  expect(refsIn(path)).toEqual([
    `refs/heads/${branch}`,
    'refs/moose/preserved/x',
    'refs/remotes/origin/main',
  ]);
  expect(gitIn(path, 'rev-parse', branch, 'refs/moose/preserved/x').split('\n')).toEqual([sha, sha]);
  expect(existsSync(join(worktreePath, 'README.md'))).toBe(true);
});

test('R-PROJ-1: a branch that is replaced by a folder of branches is fetched, and the other way round', async () => {
  const server = await gitServer();
  const mirror = { path: mirrorPath(), address: `file://${server.path}` };
  server.git('branch', 'a', 'main');
  await syncMirror(mirror);
  server.git('branch', '-D', 'a');
  server.git('branch', 'a/b', 'main');
  await syncMirror(mirror);
  expect(refsIn(mirror.path)).toContain('refs/remotes/origin/a/b');
  server.git('branch', '-D', 'a/b');
  server.git('branch', 'a', 'main');
  await syncMirror(mirror);
  expect(refsIn(mirror.path)).toEqual(['refs/remotes/origin/a', 'refs/remotes/origin/main']);
});

test('R-PROJ-1: if the base branch was force-pushed, its new commit is the base, and the old one stays here', async () => {
  const server = await gitServer();
  const mirror = { path: mirrorPath(), address: server.url };
  const { sha: old } = await syncMirror(mirror);
  const orphan = server.git('commit-tree', 'main^{tree}', '-m', 'Rewritten');
  server.git('update-ref', 'refs/heads/main', orphan);
  await syncMirror(mirror);
  expect(await baseCommit({ path: mirror.path, branch: 'main', remote: 'x' })).toBe(orphan);
  await ensureMirrorWith(mirror, old ?? '');
  // Another machine can fetch the commit by its hash, as long as the remote has it and allows that.
  const other = { path: mirrorPath(), address: server.url };
  server.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
  await ensureMirrorWith(other, old ?? '');
  const third = { path: mirrorPath(), address: server.url };
  server.git('reflog', 'expire', '--expire=now', '--all');
  server.git('gc', '--quiet', '--prune=now');
  await expect(ensureMirrorWith(third, old ?? '')).rejects.toMatchObject({
    code: 'MIRROR_COMMIT_MISSING',
    message: expect.stringContaining('rewritten or deleted'),
  });
});

test('R-PROJ-1: the error for a missing base branch names similar branches', async () => {
  const server = await gitServer();
  server.git('branch', 'develop', 'main');
  const mirror = { path: mirrorPath(), address: server.url };
  await syncMirror(mirror);
  await expect(baseCommit({ path: mirror.path, branch: 'develp', remote: server.url })).rejects.toMatchObject(
    {
      code: 'BASE_BRANCH_UNKNOWN',
      message: `${server.url} has no branch "develp" to start from.`,
      advice: expect.stringContaining('develop'),
    },
  );
});

test('R-PROJ-1: a remote that is gone, refuses or is not a repository leaves no new mirror, and an old one stays usable', async () => {
  const server = await gitServer();
  const mirror = { path: mirrorPath(), address: server.url };
  const answers = [
    [401, 'REMOTE_AUTH', 'configuration'],
    [403, 'REMOTE_AUTH', 'configuration'],
    [404, 'REMOTE_MISSING', 'configuration'],
    [503, 'REMOTE_UNREACHABLE', 'transient'],
  ] as const;
  for (const [status, code, category] of answers) {
    server.answer = (_request, response) =>
      void response.writeHead(status, { 'WWW-Authenticate': 'Basic realm="x"' }).end();
    await expect(syncMirror(mirror)).rejects.toMatchObject({ code, category });
    expect(existsSync(dirname(mirror.path)) ? readdirSync(dirname(mirror.path)) : []).toEqual([]);
  }
  server.answer = null;
  const { sha } = await syncMirror(mirror);
  server.answer = (request) => void request.socket.destroy();
  await expect(syncMirror(mirror)).rejects.toMatchObject({ code: 'REMOTE_UNREACHABLE' });
  expect(await baseCommit({ path: mirror.path, branch: 'main', remote: 'x' })).toBe(sha);
  await expect(syncMirror({ ...mirror, address: 'https://nowhere.invalid/a/b' })).rejects.toMatchObject({
    code: 'REMOTE_HOST_UNKNOWN',
  });
});

test('R-PROJ-1: an empty remote has no default branch, and is mirrored as soon as it has one', async () => {
  const path = join(scratchDirectory(), 'empty.git');
  gitIn('/', 'init', '--quiet', '--bare', path);
  const mirror = { path: mirrorPath(), address: `file://${path}` };
  expect(await syncMirror(mirror)).toEqual({ defaultBranch: null, sha: null, isPrefixTaken: false });
  const { path: person } = scratchRepository();
  gitIn(person, 'push', '--quiet', path, 'main:main');
  gitIn(path, 'symbolic-ref', 'HEAD', 'refs/heads/main');
  expect(await syncMirror(mirror)).toMatchObject({ defaultBranch: 'main' });
});

const script = `
  import { syncMirror } from ${JSON.stringify(join(import.meta.dirname, 'mirror.ts'))};
  const [path, address] = process.argv.slice(1);
  for (let time = 0; time < 3; time += 1) await syncMirror({ path, address });
`;
const inProcess = (path: string, address: string) =>
  spawn(process.execPath, ['--input-type=module', '-e', script, path, address], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });

test('R-PROJ-1: two processes at once create one complete mirror, and fetch into it at once', async () => {
  const server = await gitServer();
  const path = mirrorPath();
  for (let round = 0; round < 3; round += 1) {
    for (let each = 0; each < 20; each += 1) server.git('branch', '-f', `b/${each}`, 'main');
    const ends = [1, 2].map(() => once(inProcess(path, `file://${server.path}`), 'exit'));
    expect(await Promise.all(ends)).toEqual([
      [0, null],
      [0, null],
    ]);
    expect(refsIn(path)).toHaveLength(21);
    server.commit({ [`${round}.txt`]: 'x' });
  }
  expect(readdirSync(dirname(path))).toEqual(['p.git']);
  gitIn(path, 'fsck', '--connectivity-only');
});

test('R-PROJ-1: after a kill at any point of a clone or fetch, no incomplete mirror is ever used', async () => {
  const seed = Date.now() % 1_000_000;
  const random = seededRandom(seed);
  const big = Object.fromEntries(
    Array.from({ length: 300 }, (_, index) => [`f-${index}`, `${index}`.repeat(500)]),
  );
  const server = await gitServer(big);
  const path = mirrorPath();
  for (let kill = 0; kill < 8; kill += 1) {
    const child = inProcess(path, `file://${server.path}`);
    const timer = setTimeout(() => child.kill('SIGKILL'), random() * 900);
    await once(child, 'exit');
    clearTimeout(timer);
    if (await hasMirror(path)) gitIn(path, 'fsck', '--connectivity-only');
    server.commit({ [`k-${kill}`]: 'x'.repeat(10_000) });
    server.git('branch', '-f', `b/${kill}`, 'main');
  }
  const { sha } = await syncMirror({ path, address: `file://${server.path}` });
  expect(await baseCommit({ path, branch: 'main', remote: 'x' }), `seed ${seed}`).toBe(sha);
  gitIn(path, 'fsck', '--connectivity-only');
});

test('R-PROJ-1: many simultaneous work orders cause few fetches, and each sees what existed when it asked', async () => {
  const server = await gitServer();
  const mirror = { path: mirrorPath(), address: server.url };
  await syncMirror(mirror);
  const sha = server.commit({ 'b.txt': 'b\n' });
  const callers = 8;
  const heads = Promise.withResolvers<void>();
  let [asked, answered] = [0, 0];
  // The first fetch waits until every caller has asked for the default branch.
  server.answer = async (request, response) => {
    if (request.method === 'GET') asked += 1;
    else response.on('close', () => ++answered >= callers && heads.resolve());
    if (request.method === 'GET' && asked > callers) await heads.promise;
    server.serve(request, response);
  };
  await Promise.all(
    Array.from({ length: callers }, async () => {
      await syncMirror(mirror);
      expect(await baseCommit({ path: mirror.path, branch: 'main', remote: 'x' })).toBe(sha);
    }),
  );
  expect(asked - callers).toBeLessThan(callers);
});

test('leftovers of a killed fetch or clone are removed once nothing can be using them', async () => {
  const server = await gitServer();
  const mirror = { path: mirrorPath(), address: server.url };
  await syncMirror(mirror);
  const torn = join(mirror.path, 'objects/pack/tmp_pack_old');
  const fresh = join(mirror.path, 'objects/pack/tmp_pack_new');
  const draft = `${mirror.path}.making-old`;
  for (const file of [torn, fresh]) writeFileSync(file, 'x');
  mkdirSync(draft);
  const old = new Date(Date.now() - 3 * 3_600_000);
  for (const each of [torn, draft]) utimesSync(each, old, old);
  await syncMirror(mirror);
  expect([torn, fresh, draft].map((each) => existsSync(each))).toEqual([false, true, false]);
});

test('a directory in place of a mirror is not touched', async () => {
  const server = await gitServer();
  const mirror = { path: mirrorPath(), address: server.url };
  mkdirSync(mirror.path, { recursive: true });
  writeFileSync(join(mirror.path, 'mine'), 'x');
  await expect(syncMirror(mirror)).rejects.toMatchObject({ code: 'MIRROR_OCCUPIED' });
  expect(readdirSync(mirror.path)).toEqual(['mine']);
  rmSync(mirror.path, { recursive: true });
  await syncMirror(mirror);
  expect(await hasMirror(mirror.path)).toBe(true);
});
