import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { deleteBranch } from './branch.ts';
import { gitIn, scratchDirectory, scratchRepository, writeFiles } from './scratch-repository.fixture.ts';
import { ensureWorktree, removeWorktree } from './worktree.ts';
import { listWorktrees } from './worktree-list.ts';

const branch = 'moose/ab12-x';
const preserved = 'refs/moose/preserved/ab12';

async function scratchWorktree(files?: Record<string, string>) {
  const repository = scratchRepository(files);
  const worktreePath = join(scratchDirectory(), 'ab12');
  await ensureWorktree({
    repositoryPath: repository.path,
    worktreePath,
    branch,
    baseSha: repository.headSha,
  });
  const removal = { repositoryPath: repository.path, worktreePath, preserveAs: 'ab12' };
  return { repository, worktreePath, removal };
}

test('a clean worktree on its base is removed, and nothing has to be kept; a repeat changes nothing', async () => {
  const { repository, worktreePath, removal } = await scratchWorktree();
  expect(await removeWorktree(removal)).toEqual({ preservedSha: null });
  expect(readdirSync(dirname(worktreePath))).toEqual([]);
  expect(await listWorktrees(repository.path)).toHaveLength(1);
  expect(await removeWorktree(removal)).toEqual({ preservedSha: null });
});

test('R-PIPE-14: uncommitted, staged, untracked and deleted files and unpushed commits are kept first', async () => {
  const { repository, worktreePath, removal } = await scratchWorktree({
    'a.txt': 'a\n',
    'gone.txt': 'x',
    '.gitignore': 'ignored\n',
  });
  gitIn(worktreePath, 'commit', '--quiet', '--allow-empty', '-m', 'By the agent');
  const agentSha = gitIn(worktreePath, 'rev-parse', 'HEAD');
  writeFiles(worktreePath, {
    'a.txt': 'changed\r\n',
    'staged.txt': 's',
    'new/é\n.txt': 'n',
    ignored: 'i',
    'node_modules/x/y.js': 'z',
  });
  gitIn(worktreePath, 'add', 'staged.txt');
  rmSync(join(worktreePath, 'gone.txt'));
  const { preservedSha } = await removeWorktree(removal);
  expect(repository.git('rev-parse', preserved)).toBe(preservedSha);
  expect(repository.git('rev-parse', `${preserved}^`)).toBe(agentSha);
  expect(
    repository.git('ls-tree', '-r', '-z', '--name-only', preserved).split('\0').filter(Boolean).sort(),
  ).toEqual(['.gitignore', 'a.txt', 'new/é\n.txt', 'staged.txt'].sort());
  expect(repository.git('cat-file', 'blob', `${preserved}:a.txt`)).toBe('changed');
  expect(existsSync(worktreePath)).toBe(false);
});

test('R-PIPE-14: unpushed commits of a clean worktree are kept', async () => {
  const { repository, worktreePath, removal } = await scratchWorktree();
  gitIn(worktreePath, 'commit', '--quiet', '--allow-empty', '-m', 'By the agent');
  const agentSha = gitIn(worktreePath, 'rev-parse', 'HEAD');
  expect(await removeWorktree(removal)).toEqual({ preservedSha: agentSha });
  expect(repository.git('rev-parse', preserved)).toBe(agentSha);
});

test('R-PIPE-14: a rebase that was cut off, detached and in conflict, is kept', async () => {
  const { repository, worktreePath, removal } = await scratchWorktree({ 'a.txt': 'base\n' });
  writeFiles(worktreePath, { 'a.txt': 'theirs\n' });
  gitIn(worktreePath, 'commit', '--quiet', '-am', 'Theirs');
  repository.commit({ 'a.txt': 'ours\n' });
  expect(() => gitIn(worktreePath, 'rebase', '--quiet', 'main')).toThrow();
  await removeWorktree(removal);
  expect(repository.git('cat-file', 'blob', `${preserved}:a.txt`)).toContain('<<<<<<<');
});

test('R-PIPE-14: commits that were kept earlier under an id stay reachable from the newer ones', async () => {
  const { repository, worktreePath, removal } = await scratchWorktree();
  writeFiles(worktreePath, { 'first.txt': '1' });
  const first = await removeWorktree(removal);
  await ensureWorktree({ ...removal, branch, baseSha: repository.headSha });
  writeFiles(worktreePath, { 'second.txt': '2' });
  const second = await removeWorktree(removal);
  expect(repository.git('merge-base', '--is-ancestor', `${first.preservedSha}`, preserved)).toBe('');
  expect(repository.git('cat-file', 'blob', `${second.preservedSha}:second.txt`)).toBe('2');
});

test('crash after the work was kept: the same work is not kept twice', async () => {
  const { repository, worktreePath, removal } = await scratchWorktree();
  writeFiles(worktreePath, { 'new.txt': 'work' });
  const { preservedSha } = await removeWorktree(removal);
  await ensureWorktree({ ...removal, branch, baseSha: repository.headSha });
  writeFiles(worktreePath, { 'new.txt': 'work' });
  expect(await removeWorktree(removal)).toEqual({ preservedSha });
});

test('crash between the renaming and the deletion, and between the deletion and the entry', async () => {
  const { repository, worktreePath, removal } = await scratchWorktree();
  renameSync(worktreePath, join(dirname(worktreePath), '.ab12.removing'));
  await removeWorktree(removal);
  expect(readdirSync(dirname(worktreePath))).toEqual([]);
  expect(await listWorktrees(repository.path)).toHaveLength(1);
});

test('fear: of two removals at once the slower one fails, and a person is asked about it', async () => {
  const { repository, worktreePath, removal } = await scratchWorktree();
  writeFiles(worktreePath, { 'new.txt': 'n' });
  const removals = await Promise.all(Array.from({ length: 4 }, () => removeWorktree(removal)));
  const kept = removals.map(({ preservedSha }) => preservedSha).filter((sha) => sha !== null);
  expect(kept).toContain(repository.git('rev-parse', preserved));
  expect(repository.git('cat-file', 'blob', `${preserved}:new.txt`)).toBe('n');
  expect(readdirSync(dirname(worktreePath))).toEqual([]);
  expect(await listWorktrees(repository.path)).toHaveLength(1);
});

test('an incomplete worktree is removed completely', async () => {
  const { repository, removal } = await scratchWorktree();
  const path = join(scratchDirectory(), 'half');
  const entry = join(repository.path, '.git', 'worktrees', 'half');
  mkdirSync(entry);
  mkdirSync(path);
  writeFileSync(join(entry, 'gitdir'), `${path}/.git\n`);
  expect(await removeWorktree({ ...removal, worktreePath: path })).toEqual({ preservedSha: null });
  expect([existsSync(path), existsSync(entry)]).toEqual([false, false]);
});

test('R-PIPE-14: a repository inside the worktree, whose work cannot be kept, stops the removal', async () => {
  const { worktreePath, removal } = await scratchWorktree();
  mkdirSync(join(worktreePath, 'vendored'));
  gitIn(join(worktreePath, 'vendored'), 'init', '--quiet');
  writeFiles(worktreePath, { 'vendored/work.txt': 'x' });
  await expect(removeWorktree(removal)).rejects.toMatchObject({ code: 'WORKTREE_NOT_PRESERVED' });
  expect(existsSync(join(worktreePath, 'vendored/work.txt'))).toBe(true);
});

test('R-PIPE-14: a clean submodule is removed, and a dirty one stops the removal', async () => {
  const inner = scratchRepository({ 'in.txt': 'x' });
  const { repository, worktreePath, removal } = await scratchWorktree();
  repository.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.path, 'sub');
  const baseSha = repository.commit({});
  gitIn(worktreePath, 'reset', '--quiet', '--hard', baseSha);
  gitIn(worktreePath, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init');
  writeFiles(worktreePath, { 'sub/in.txt': 'changed' });
  await expect(removeWorktree(removal)).rejects.toMatchObject({
    code: 'WORKTREE_NOT_PRESERVED',
    metadata: { nested: ['sub'] },
  });
  gitIn(join(worktreePath, 'sub'), 'checkout', '--quiet', '.');
  await removeWorktree(removal);
  expect(existsSync(worktreePath)).toBe(false);
});

test('the repository’s own working tree is never removed', async () => {
  const { repository, removal } = await scratchWorktree();
  await expect(removeWorktree({ ...removal, worktreePath: repository.path })).rejects.toMatchObject({
    code: 'WORKTREE_OCCUPIED',
  });
});

test.each(['', '../x', 'a/b', '-x', 'a..b', 'a.lock', 'a.', 'a b'])(
  'an invalid id is refused: %j',
  async (preserveAs) => {
    const { removal } = await scratchWorktree();
    await expect(removeWorktree({ ...removal, preserveAs })).rejects.toMatchObject({
      code: 'PRESERVE_ID_INVALID',
    });
  },
);

test('R-PIPE-14: the commits of a deleted branch stay reachable, even after a repeat', async () => {
  const { repository, worktreePath, removal } = await scratchWorktree();
  gitIn(worktreePath, 'commit', '--quiet', '--allow-empty', '-m', 'By the agent');
  const expectedSha = gitIn(worktreePath, 'rev-parse', 'HEAD');
  const deletion = { repositoryPath: repository.path, branch, expectedSha, preserveAs: 'ab12' };
  await expect(deleteBranch(deletion)).rejects.toMatchObject({ code: 'BRANCH_IN_USE' });
  await removeWorktree(removal);
  await expect(deleteBranch({ ...deletion, expectedSha: repository.headSha })).rejects.toMatchObject({
    code: 'BRANCH_MOVED',
  });
  expect(await deleteBranch(deletion)).toBe('deleted');
  expect(await deleteBranch(deletion)).toBe('already gone');
  expect(repository.git('rev-parse', preserved)).toBe(expectedSha);
});
