import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { until } from '../../stdx/async/until.fixture.ts';
import { deleteBranch } from '../refs/branch.ts';
import { gitIn, scratchDirectory, scratchRepository, writeFiles } from '../scratch-repository.fixture.ts';
import { ensureWorktree, removeWorktree } from './worktree.ts';
import { entryNames, entryPathOf, newDraft, worktreeMark } from './worktree-entry.ts';

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
  const { worktreePath, removal } = await scratchWorktree();
  expect(await removeWorktree(removal)).toEqual({ preservedSha: null, setAside: null });
  expect(readdirSync(dirname(worktreePath))).toEqual([]);
  expect(await entryNames(dirname(worktreePath))).toEqual([]);
  expect(await removeWorktree(removal)).toEqual({ preservedSha: null, setAside: null });
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
  expect(repository.git('merge-base', '--is-ancestor', agentSha, preserved)).toBe('');
  const kept = repository.git('log', '--format=%H', '--grep=Uncommitted work', preserved);
  const names = repository.git('ls-tree', '-r', '-z', '--name-only', kept).split('\0').filter(Boolean);
  expect(names.sort()).toEqual(['.gitignore', 'a.txt', 'new/é\n.txt', 'staged.txt'].sort());
  expect(repository.git('cat-file', 'blob', `${kept}:a.txt`)).toBe('changed');
  expect(existsSync(worktreePath)).toBe(false);
});

test('R-PIPE-14: unpushed commits of a clean worktree are kept', async () => {
  const { repository, worktreePath, removal } = await scratchWorktree();
  gitIn(worktreePath, 'commit', '--quiet', '--allow-empty', '-m', 'By the agent');
  const agentSha = gitIn(worktreePath, 'rev-parse', 'HEAD');
  expect(await removeWorktree(removal)).toEqual({ preservedSha: agentSha, setAside: null });
  expect(repository.git('rev-parse', preserved)).toBe(agentSha);
});

test('R-PIPE-14: a rebase that was cut off, detached and in conflict, is kept', async () => {
  const { repository, worktreePath, removal } = await scratchWorktree({ 'a.txt': 'base\n' });
  writeFiles(worktreePath, { 'a.txt': 'theirs\n' });
  gitIn(worktreePath, 'commit', '--quiet', '-am', 'Theirs');
  gitIn(worktreePath, 'checkout', '--quiet', '-b', 'ours', 'HEAD~1');
  writeFiles(worktreePath, { 'a.txt': 'ours\n' });
  gitIn(worktreePath, 'commit', '--quiet', '-am', 'Ours');
  expect(() => gitIn(worktreePath, 'rebase', '--quiet', branch)).toThrow();
  await removeWorktree(removal);
  const log = repository.git('log', '--format=%s', preserved);
  expect(log).toContain('Theirs');
  expect(log).toContain('Ours');
  const kept = repository.git('log', '--format=%H', '--grep=Uncommitted work', preserved);
  expect(repository.git('cat-file', 'blob', `${kept}:a.txt`)).toContain('<<<<<<<');
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
  expect(await removeWorktree(removal)).toEqual({ preservedSha, setAside: null });
});

test('crash between the renaming and the deletion, and between the deletion and the entry', async () => {
  const { worktreePath, removal } = await scratchWorktree();
  renameSync(worktreePath, join(dirname(worktreePath), '.ab12.removing'));
  await removeWorktree(removal);
  expect(readdirSync(dirname(worktreePath))).toEqual([]);
  expect(await entryNames(dirname(worktreePath))).toEqual([]);
});

test('R-SES-7: fear: a removal takes long, and then takes the worktree that a retry has taken up meanwhile', async () => {
  const repository = scratchRepository({ '.gitattributes': '*.txt filter=slow\n' });
  const [begun, go] = ['begun', 'go'].map((name) => join(scratchDirectory(), name)) as [string, string];
  const wait = `cat; : > ${begun}; while [ ! -e ${go} ]; do sleep 0.02; done`;
  repository.git('config', 'filter.slow.clean', wait);
  const worktreePath = join(scratchDirectory(), 'ab12');
  const wish = {
    repositoryPath: repository.path,
    worktreePath,
    branch,
    baseSha: repository.headSha,
    filters: ['slow'],
  };
  await ensureWorktree(wish);
  const mark = await worktreeMark(worktreePath);
  writeFiles(worktreePath, { 'new.txt': 'n' });
  const removing = removeWorktree({ ...wish, preserveAs: 'ab12' });
  await until('the preserving', () => existsSync(begun));
  await ensureWorktree(wish);
  writeFileSync(go, '');
  await removing;
  expect(readFileSync(join(worktreePath, 'new.txt'), 'utf8')).toBe('n');
  // The sessions of the worktree are still at home in it.
  expect(await worktreeMark(worktreePath)).toBe(mark);
  await removeWorktree({ ...wish, preserveAs: 'ab12' });
  expect(existsSync(worktreePath)).toBe(false);
});

test('fear: a kill leaves the draft of an entry or of a session’s repository for ever', async () => {
  const { worktreePath, removal } = await scratchWorktree();
  for (const made of [worktreePath, entryPathOf(worktreePath)]) mkdirSync(newDraft(made));
  await removeWorktree(removal);
  for (const made of [worktreePath, entryPathOf(worktreePath)])
    expect(readdirSync(dirname(made))).toEqual([]);
});

test('fear: of two removals at once the slower one fails, and a person is asked about it', async () => {
  const { repository, worktreePath, removal } = await scratchWorktree();
  writeFiles(worktreePath, { 'new.txt': 'n' });
  const removals = await Promise.all(Array.from({ length: 4 }, () => removeWorktree(removal)));
  const kept = removals.map(({ preservedSha }) => preservedSha).filter((sha) => sha !== null);
  expect(kept).toContain(repository.git('rev-parse', preserved));
  expect(repository.git('cat-file', 'blob', `${preserved}:new.txt`)).toBe('n');
  expect(readdirSync(dirname(worktreePath))).toEqual([]);
  expect(await entryNames(dirname(worktreePath))).toEqual([]);
});

test('an incomplete worktree is removed completely', async () => {
  const { worktreePath, removal } = await scratchWorktree();
  const entry = entryPathOf(worktreePath);
  rmSync(join(entry, 'moose-ready'));
  expect(await removeWorktree(removal)).toEqual({ preservedSha: null, setAside: null });
  expect([existsSync(worktreePath), existsSync(entry)]).toEqual([false, false]);
});

test('R-PIPE-14: what is in a repository inside of the worktree is set aside, and its commits are kept', async () => {
  const { repository, worktreePath, removal } = await scratchWorktree();
  const inner = join(worktreePath, 'vendored');
  mkdirSync(inner);
  gitIn(inner, 'init', '--quiet');
  writeFiles(inner, { 'a.txt': 'x' });
  gitIn(inner, 'add', '--all');
  gitIn(inner, 'commit', '--quiet', '-m', 'Inner');
  writeFiles(inner, { 'work.txt': 'x' });
  const { setAside } = await removeWorktree(removal);
  expect(existsSync(join(`${setAside}`, 'vendored/work.txt'))).toBe(true);
  expect(repository.git('log', '--format=%s', preserved)).toContain('Inner');
  expect(existsSync(worktreePath)).toBe(false);
});

test('R-PIPE-14: a clean submodule is removed, and one with changes is set aside', async () => {
  const inner = scratchRepository({ 'in.txt': 'x' });
  const repository = scratchRepository();
  repository.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.path, 'sub');
  const baseSha = repository.commit({});
  const worktreePath = join(scratchDirectory(), 'ab12');
  const wish = { repositoryPath: repository.path, worktreePath, branch, baseSha };
  const removal = { ...wish, preserveAs: 'ab12' };
  const update = () =>
    gitIn(worktreePath, '-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'update', '--init');
  await ensureWorktree(wish);
  update();
  expect(await removeWorktree(removal)).toEqual({ preservedSha: null, setAside: null });
  await ensureWorktree(wish);
  update();
  writeFiles(worktreePath, { 'sub/in.txt': 'changed' });
  const { setAside } = await removeWorktree(removal);
  expect(readFileSync(join(`${setAside}`, 'sub/in.txt'), 'utf8')).toBe('changed');
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
  const { repository, removal } = await scratchWorktree();
  await removeWorktree(removal);
  const expectedSha = repository.commit({ 'a.txt': 'a' });
  repository.git('update-ref', `refs/heads/${branch}`, expectedSha);
  const deletion = { repositoryPath: repository.path, branch, expectedSha, preserveAs: 'ab12' };
  await expect(deleteBranch({ ...deletion, expectedSha: repository.headSha })).rejects.toMatchObject({
    code: 'BRANCH_MOVED',
  });
  expect(await deleteBranch(deletion)).toBe('deleted');
  expect(await deleteBranch(deletion)).toBe('already gone');
  expect(repository.git('rev-parse', preserved)).toBe(expectedSha);
});
