// A project's submodules are filled in its worktrees, without a network in sessions (R-REPO-3).
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
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
  await makeScratchCheckout({ repositoryPath, path, sha, mayFetchLfs: true, fillsSubmodules: true });
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
