// A project's submodules are filled in its worktrees, without a network in sessions (R-REPO-3).
import { once } from 'node:events';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { commitAll } from '../commit/commit.ts';
import { gitIn, scratchDirectory, scratchRepository, writeFiles } from '../scratch-repository.fixture.ts';
import { branch, trailers } from '../scratch-worktree.fixture.ts';
import { makeScratchCheckout } from './scratch-checkout.ts';
import { ensureWorktree, removeWorktree } from './worktree.ts';

/** A project with a submodule, which has one itself; both are beside it. */
function ground(url = '../inner') {
  const root = scratchDirectory();
  const made = (name: string, files: Record<string, string>) => {
    const repository = scratchRepository(files);
    renameSync(repository.path, join(root, name));
    const path = join(root, name);
    return { path, git: (...args: string[]) => gitIn(path, ...args) };
  };
  const add = (to: ReturnType<typeof made>, at: string, address: string, sha: string) => {
    writeFiles(to.path, { '.gitmodules': `[submodule "${at}"]\n\tpath = ${at}\n\turl = ${address}\n` });
    to.git('add', '.gitmodules');
    to.git('update-index', '--add', '--cacheinfo', `160000,${sha},${at}`);
    to.git('commit', '--quiet', '-m', 'Add a submodule');
    return to.git('rev-parse', 'HEAD');
  };
  const deep = made('deep', { 'deep.txt': 'deep\n' });
  const inner = made('inner', { 'in.txt': 'in\n' });
  const innerSha = add(inner, 'sub/deep', '../deep', deep.git('rev-parse', 'HEAD'));
  const project = made('project', { 'a.txt': 'a\n' });
  const baseSha = add(project, 'libs/inner', url, innerSha);
  const worktreePath = join(scratchDirectory(), 'ab12');
  const wish = { repositoryPath: project.path, worktreePath, branch, baseSha, fillsSubmodules: true };
  return { root, project, inner, innerSha, wish, worktreePath, sub: join(worktreePath, 'libs/inner') };
}

test('R-REPO-3: submodules are filled, also those inside of them, and a session needs no network for them', async () => {
  const { root, project, wish, worktreePath, sub, innerSha } = ground();
  await ensureWorktree(wish);
  expect(readFileSync(join(sub, 'in.txt'), 'utf8')).toBe('in\n');
  expect(readFileSync(join(sub, 'sub/deep/deep.txt'), 'utf8')).toBe('deep\n');
  expect(gitIn(worktreePath, 'status', '--porcelain')).toBe('');
  for (const name of ['inner', 'deep']) renameSync(join(root, name), join(root, `${name}-away`));
  // What a setup does.
  gitIn(worktreePath, 'submodule', '--quiet', 'update', '--init', '--recursive');
  expect(gitIn(worktreePath, 'submodule', 'status')).toMatch(new RegExp(`^${innerSha} libs/inner`));
  expect(gitIn(sub, 'log', '-1', '--format=%s')).toBe('Add a submodule');
  // The next worktree needs no network either, and git's garbage collection takes nothing.
  project.git('gc', '--quiet', '--prune=now');
  await removeWorktree({ ...wish, preserveAs: 'ab12' });
  expect(existsSync(worktreePath)).toBe(false);
  await ensureWorktree(wish);
  expect(existsSync(join(sub, 'sub/deep/deep.txt'))).toBe(true);
});

test('R-REPO-3: a commit in a filled submodule is refused and kept; one that its repository has is committed', async () => {
  const { project, inner, wish, sub } = ground();
  await ensureWorktree(wish);
  const request = { ...wish, expectedParent: wish.baseSha, message: 'x', trailers, preserveAs: 'ab12' };
  writeFiles(sub, { 'in.txt': 'by the agent\n' });
  await expect(commitAll(request)).rejects.toMatchObject({ code: 'FORBIDDEN_CHANGE' });
  gitIn(sub, 'commit', '--quiet', '-am', 'Inner work');
  await expect(commitAll(request)).rejects.toMatchObject({
    code: 'FORBIDDEN_CHANGE',
    message: expect.stringContaining('refs/moose/preserved/ab12'),
  });
  expect(project.git('log', '--format=%s', 'refs/moose/preserved/ab12')).toContain('Inner work');
  writeFiles(inner.path, { 'in.txt': 'published\n' });
  inner.git('commit', '--quiet', '-am', 'Published');
  const published = inner.git('rev-parse', 'HEAD');
  gitIn(sub, '-c', 'protocol.file.allow=always', 'fetch', '--quiet', inner.path, published);
  gitIn(sub, 'checkout', '--quiet', '--detach', published);
  expect(await commitAll(request)).toMatchObject({ changedFiles: ['libs/inner'] });
});

test('R-REPO-3: the checkout of the base in which a check runs is filled too', async () => {
  const { wish } = ground();
  const path = join(scratchDirectory(), 'base');
  const { repositoryPath, baseSha: sha } = wish;
  await makeScratchCheckout({ repositoryPath, path, sha, mayFetchLfs: true, submodulesOfBase: sha });
  expect(readFileSync(join(path, 'libs/inner/sub/deep/deep.txt'), 'utf8')).toBe('deep\n');
});

test.each(['/etc', 'file:///srv/private', '../../private', '../inner/../../private', 'ext::sh -c x'])(
  'R-SEC-5: fear: a base names %s as a submodule, and sessions read a repository of the machine',
  async (url) => {
    const { wish, worktreePath } = ground(url);
    await expect(ensureWorktree(wish)).rejects.toMatchObject({
      code: 'SUBMODULE_UNREACHABLE',
      category: 'configuration',
    });
    expect(existsSync(join(dirname(worktreePath), 'libs'))).toBe(false);
  },
);

test('R-REPO-3: a submodule whose repository is away is an error before anything is paid, and the next try works', async () => {
  const { root, wish, sub } = ground();
  renameSync(join(root, 'inner'), join(root, 'away'));
  await expect(ensureWorktree(wish)).rejects.toMatchObject({ code: 'REMOTE_MISSING' });
  renameSync(join(root, 'away'), join(root, 'inner'));
  await ensureWorktree(wish);
  expect(existsSync(join(sub, 'in.txt'))).toBe(true);
});

test('R-SEC-6: fear: a change names another address, and Moose fetches from it for its checks', async () => {
  const { root, project, wish } = ground();
  await ensureWorktree(wish);
  const { repositoryPath, baseSha } = wish;
  const asked = await listener();
  const elsewhere = `http://127.0.0.1:${asked.port}/inner`;
  const path = join(scratchDirectory(), 'of-the-change');
  const changed = (files: string, sha: string) => {
    writeFiles(project.path, { '.gitmodules': files });
    project.git('add', '.gitmodules');
    project.git('update-index', '--add', '--cacheinfo', `160000,${sha},libs/inner`);
    project.git('commit', '--quiet', '-m', 'Change');
    return project.git('rev-parse', 'HEAD');
  };
  const inner = join(root, 'inner');
  writeFiles(inner, { 'in.txt': 'newer\n' });
  gitIn(inner, 'commit', '--quiet', '-am', 'Newer');
  const newer = gitIn(inner, 'rev-parse', 'HEAD');
  const moved = `[submodule "libs/inner"]\n\tpath = libs/inner\n\turl = ${elsewhere}\n`;
  const check = (sha: string) =>
    makeScratchCheckout({ repositoryPath, path, sha, mayFetchLfs: false, submodulesOfBase: baseSha });
  // The base's address is asked, whatever the change says.
  await check(changed(moved, newer));
  expect(readFileSync(join(path, 'libs/inner/in.txt'), 'utf8')).toBe('newer\n');
  const added = `[submodule "new"]\n\tpath = new\n\turl = ${elsewhere}\n`;
  project.git('update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},new`);
  await expect(check(changed(`${moved}${added}`, newer))).rejects.toMatchObject({
    code: 'SUBMODULE_NOT_IN_BASE',
  });
  expect(asked.connections()).toBe(0);
});

test('R-SEC-6: fear: a base names a private address, and Moose fetches from it unasked', async () => {
  const asked = await listener();
  const { wish } = ground(`http://127.0.0.1:${asked.port}/inner`);
  await expect(ensureWorktree(wish)).rejects.toMatchObject({ code: 'SUBMODULE_UNREACHABLE' });
  expect(asked.connections()).toBe(0);
  // A person has confirmed it.
  const privateHosts = [`127.0.0.1:${asked.port}`];
  await expect(ensureWorktree({ ...wish, privateHosts })).rejects.toMatchObject({
    code: expect.stringMatching(/^REMOTE_/),
  });
  expect(asked.connections()).toBeGreaterThan(0);
});

/** Something that only counts its connections. */
async function listener() {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}
