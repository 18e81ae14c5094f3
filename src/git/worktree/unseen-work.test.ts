// Fear: git says nothing of a file that an agent has left, so its worktree is removed as if there were nothing (R-PIPE-14).
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { gitIn, scratchDirectory, scratchRepository, writeFiles } from '../scratch-repository.fixture.ts';
import { changedSince } from './changed-since.ts';
import { noteUnfilled } from './unfilled-submodules.ts';
import { ensureWorktree, removeWorktree } from './worktree.ts';
import { holdBack } from './worktree-entry.ts';

const branch = 'moose/ab12-x';
const preserved = 'refs/moose/preserved/ab12';
const nothing = { preservedSha: null, setAside: null };

/** `sub` is a submodule that nobody has filled. */
async function unfilled() {
  const repository = scratchRepository({ 'dir/a.txt': 'a', '.gitignore': 'ignored/\n' });
  const inner = scratchRepository({ 'in.txt': 'x' });
  repository.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.path, 'sub');
  const baseSha = repository.commit({});
  const worktreePath = join(scratchDirectory(), 'worktrees', 'ab12');
  mkdirSync(dirname(worktreePath));
  await ensureWorktree({ repositoryPath: repository.path, worktreePath, branch, baseSha });
  const remove = () => removeWorktree({ repositoryPath: repository.path, worktreePath, preserveAs: 'ab12' });
  return { repository, baseSha, worktreePath, remove };
}

test('R-PIPE-14: files in a submodule that is not filled are kept in the commit', async () => {
  const { repository, worktreePath, remove } = await unfilled();
  writeFiles(worktreePath, { 'sub/new.txt': 'work', 'sub/in/é\n.txt': 'too', 'dir/b.txt': 'b' });
  expect(await remove()).toMatchObject({ setAside: null });
  const names = repository.git('ls-tree', '-r', '-z', '--name-only', preserved).split('\0').filter(Boolean);
  expect(names.sort()).toEqual(
    ['.gitignore', '.gitmodules', 'dir/a.txt', 'dir/b.txt', 'sub/in/é\n.txt', 'sub/new.txt'].sort(),
  );
  expect(repository.git('cat-file', 'blob', `${preserved}:sub/new.txt`)).toBe('work');
});

test('R-PIPE-14: what a setup has put there is no work, and what changes it is', async () => {
  const { repository, baseSha, worktreePath, remove } = await unfilled();
  const setUp = { 'sub/lib.c': 'vendored', 'sub/more.c': 'more', 'sub/node_modules/x.js': 'x' };
  writeFiles(worktreePath, setUp);
  await noteUnfilled(worktreePath, {});
  expect(await remove()).toEqual(nothing);
  await ensureWorktree({ repositoryPath: repository.path, worktreePath, branch, baseSha });
  writeFiles(worktreePath, setUp);
  await noteUnfilled(worktreePath, {});
  writeFiles(worktreePath, { 'sub/lib.c': 'patched', 'sub/built.o': 'o', 'sub/.env': 'secret' });
  await holdBack(worktreePath, ['sub/.env']);
  // Before the next agent: what the first one has left is not taken for the setup's.
  await noteUnfilled(worktreePath, {});
  expect(await remove()).toMatchObject({ setAside: null });
  const names = repository.git('ls-tree', '-r', '--name-only', preserved, 'sub/').split('\n');
  expect(names).toEqual(['sub/built.o', 'sub/lib.c']);
});

const deep = `const { mkdirSync, writeFileSync } = require('node:fs');
process.chdir(process.argv[1]);
for (let depth = 0; depth < 300; depth++) {
  mkdirSync('d'.repeat(20));
  process.chdir('d'.repeat(20));
}
writeFileSync('f', '');`;

const leavings: Record<string, (worktreePath: string) => unknown> = {
  'in a .git that is no repository': (path) => writeFiles(path, { 'dir/.git/notes.txt': 'work' }),
  'in a .git with nothing beside it': (path) => writeFiles(path, { 'new/.git/notes.txt': 'work' }),
  'in a .git below an unfilled submodule': (path) => writeFiles(path, { 'sub/in/.git/notes.txt': 'work' }),
  'of a name that git refuses': (path) => writeFiles(path, { 'dir/.GIT/notes.txt': 'work' }),
  'at a path that is too long': (path) => execFileSync(process.execPath, ['-e', deep, join(path, 'dir')]),
};

test.each(Object.keys(leavings))('R-PIPE-14: the worktree with a file %s is set aside', async (name) => {
  const { worktreePath, remove } = await unfilled();
  leavings[name]?.(worktreePath);
  const { setAside } = await remove();
  const found = execFileSync('find', [`${setAside}`, '-name', 'notes.txt', '-o', '-name', 'f']).toString();
  expect(found).not.toBe('');
  expect(existsSync(worktreePath)).toBe(false);
});

test('R-PIPE-14: fear: a link leads out of the worktree, and what is there is taken for files of a submodule', async () => {
  const { repository, worktreePath } = await unfilled();
  repository.git('mv', 'sub', 'dir/sub');
  const headSha = repository.commit({});
  const place = { repositoryPath: repository.path, worktreePath: `${worktreePath}-2`, branch: `${branch}-2` };
  await ensureWorktree({ ...place, baseSha: headSha });
  const outside = scratchDirectory();
  writeFiles(outside, { 'sub/secret.txt': 'of the machine' });
  rmSync(join(place.worktreePath, 'dir'), { recursive: true });
  symlinkSync(outside, join(place.worktreePath, 'dir'));
  const { setAside } = await removeWorktree({ ...place, preserveAs: 'ab12' });
  expect(setAside).toBeNull();
  expect(repository.git('ls-tree', '-r', '--name-only', preserved)).not.toContain('secret.txt');
});

test('R-PIPE-14: commits of a repository in a tracked folder are kept', async () => {
  const { repository, worktreePath, remove } = await unfilled();
  const inner = join(worktreePath, 'dir');
  gitIn(inner, 'init', '--quiet');
  writeFiles(inner, { 'a.txt': 'draft' });
  gitIn(inner, 'add', '--all');
  gitIn(inner, 'commit', '--quiet', '-m', 'Inner draft');
  writeFiles(inner, { 'a.txt': 'a' });
  const { setAside } = await remove();
  expect(existsSync(join(`${setAside}`, 'dir/.git'))).toBe(true);
  expect(repository.git('log', '--format=%s', preserved)).toContain('Inner draft');
});

test('a repository that git ignores goes with the worktree, and one in a derived folder', async () => {
  const { worktreePath, remove } = await unfilled();
  writeFiles(worktreePath, { 'ignored/x/.git/HEAD': 'x', 'node_modules/x/.git/HEAD': 'x' });
  expect(await remove()).toEqual(nothing);
});

test('R-PIPE-14: fear: the commit of the branch is damaged, and git only says that HEAD is bad', async () => {
  const { repository, baseSha, worktreePath, remove } = await unfilled();
  const sha = repository.git('commit-tree', '-p', baseSha, '-m', 'Lost', `${baseSha}^{tree}`);
  repository.git('update-ref', `refs/heads/${branch}`, sha);
  rmSync(join(repository.path, '.git', 'objects', sha.slice(0, 2), sha.slice(2)));
  writeFiles(worktreePath, { 'dir/a.txt': 'work' });
  await expect(changedSince(worktreePath, baseSha, {})).rejects.toMatchObject({
    code: 'COMMIT_MISSING',
    message: expect.stringContaining(sha),
  });
  const { setAside } = await remove();
  expect(readFileSync(join(`${setAside}`, 'dir/a.txt'), 'utf8')).toBe('work');
});
