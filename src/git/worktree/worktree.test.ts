import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { branchName } from '../refs/branch-name.ts';
import { gitIn, scratchDirectory, scratchRepository, writeFiles } from '../scratch-repository.fixture.ts';
import { ensureWorktree, removeWorktree } from './worktree.ts';
import { entryNames, entryPathOf } from './worktree-entry.ts';
import { listWorktrees } from './worktree-list.ts';

const branch = 'moose/ab12-add-a-page';

function scratchRequest(files?: Record<string, string | Buffer>) {
  const repository = scratchRepository(files);
  const worktreePath = join(scratchDirectory(), 'trees', 'ab12');
  const wish = { repositoryPath: repository.path, worktreePath, branch, baseSha: repository.headSha };
  return { repository, worktreePath, wish, entry: entryPathOf(worktreePath) };
}

test('R-PIPE-5: makes a worktree on its own branch; a repeat changes nothing', async () => {
  const { repository, worktreePath, wish } = scratchRequest();
  expect(await ensureWorktree(wish)).toEqual({ headSha: repository.headSha, wasCreated: true });
  expect(readFileSync(join(worktreePath, 'README.md'), 'utf8')).toBe('hello\n');
  expect(gitIn(worktreePath, 'status', '--porcelain')).toBe('');
  expect(await ensureWorktree(wish)).toEqual({ headSha: repository.headSha, wasCreated: false });
  expect(gitIn(worktreePath, 'branch', '--show-current')).toBe(branch);
  // The person's repository is not told.
  expect(await listWorktrees(repository.path)).toHaveLength(1);
});

test('R-PIPE-14: an existing worktree is adopted with its uncommitted changes', async () => {
  const { repository, worktreePath, wish } = scratchRequest();
  await ensureWorktree(wish);
  writeFiles(worktreePath, { 'README.md': 'changed\n', 'new.txt': 'new\n' });
  expect(await ensureWorktree(wish)).toEqual({ headSha: repository.headSha, wasCreated: false });
  expect(gitIn(worktreePath, 'status', '--porcelain')).toBe('M README.md\n?? new.txt');
});

test('thirty concurrent worktrees on one repository', async () => {
  const { repository } = scratchRequest();
  const directory = scratchDirectory();
  const made = await Promise.all(
    Array.from({ length: 30 }, (_, index) =>
      ensureWorktree({
        repositoryPath: repository.path,
        worktreePath: join(directory, `w${index}`),
        branch: branchName(`id${index}`, 'many'),
        baseSha: repository.headSha,
      }),
    ),
  );
  expect(made.every((each) => each.wasCreated && each.headSha === repository.headSha)).toBe(true);
  expect(repository.git('for-each-ref', '--format=%(refname)', 'refs/heads/moose').split('\n')).toHaveLength(
    30,
  );
});

test('several concurrent processes on one repository', async () => {
  const { repository } = scratchRequest();
  const directory = scratchDirectory();
  const script = `
    import { ensureWorktree } from ${JSON.stringify(join(import.meta.dirname, 'worktree.ts'))};
    const [repositoryPath, directory, baseSha, name] = process.argv.slice(1);
    await Promise.all([...Array(6).keys()].map((i) => ensureWorktree({ repositoryPath, baseSha,
      worktreePath: directory + '/' + name + i, branch: 'moose/' + name + i })));`;
  const endings = ['a', 'b', 'c'].map((name) => {
    const argv = ['--input-type=module', '-e', script, repository.path, directory, repository.headSha, name];
    const child = spawn(process.execPath, argv, { stdio: ['ignore', 'inherit', 'inherit'] });
    return new Promise((resolve) => child.once('exit', resolve));
  });
  expect(await Promise.all(endings)).toEqual([0, 0, 0]);
  expect(await entryNames(directory)).toHaveLength(18);
});

test('crash: the branch exists, the worktree does not', async () => {
  const { repository, wish } = scratchRequest();
  const later = repository.commit({ 'more.txt': 'x' });
  repository.git('branch', branch, later);
  expect(await ensureWorktree(wish)).toEqual({ headSha: later, wasCreated: true });
});

test('crash: the directory exists and is empty', async () => {
  const { worktreePath, wish } = scratchRequest();
  mkdirSync(worktreePath, { recursive: true });
  expect((await ensureWorktree(wish)).wasCreated).toBe(true);
});

test('crash: half of the files were written', async () => {
  const { repository, worktreePath, wish, entry } = scratchRequest({
    'a.txt': 'whole a\n',
    'b.txt': 'whole b\n',
  });
  await ensureWorktree(wish);
  rmSync(join(entry, 'moose-ready'));
  writeFileSync(join(entry, 'index.lock'), '');
  writeFiles(worktreePath, { 'a.txt': 'whol' });
  expect(await ensureWorktree(wish)).toEqual({ headSha: repository.headSha, wasCreated: true });
  expect(readFileSync(join(worktreePath, 'a.txt'), 'utf8')).toBe('whole a\n');
  expect(gitIn(worktreePath, 'status', '--porcelain')).toBe('');
});

test('crash: the entry is left without its directory', async () => {
  const { repository, worktreePath, wish } = scratchRequest();
  await ensureWorktree(wish);
  rmSync(worktreePath, { recursive: true });
  expect(await ensureWorktree(wish)).toEqual({ headSha: repository.headSha, wasCreated: true });
});

test('crash: the entry is lost, but the work is kept', async () => {
  const { worktreePath, wish, entry } = scratchRequest();
  await ensureWorktree(wish);
  writeFiles(worktreePath, { 'new.txt': 'work' });
  rmSync(entry, { recursive: true });
  expect((await ensureWorktree(wish)).wasCreated).toBe(false);
  expect(gitIn(worktreePath, 'status', '--porcelain', '--branch')).toBe(`## ${branch}\n?? new.txt`);
});

test('a worktree that an earlier version registered in the repository is taken up with its changes', async () => {
  const { repository, worktreePath, wish } = scratchRequest();
  repository.git('worktree', 'add', '--quiet', '-b', branch, worktreePath);
  writeFiles(worktreePath, { 'new.txt': 'work' });
  expect((await ensureWorktree(wish)).wasCreated).toBe(false);
  expect(await listWorktrees(repository.path)).toHaveLength(1);
  expect(existsSync(join(worktreePath, 'new.txt'))).toBe(true);
});

test('R-PIPE-14: a commit that only the HEAD of such a worktree had is kept', async () => {
  const { repository, worktreePath, wish } = scratchRequest();
  repository.git('worktree', 'add', '--quiet', '-b', branch, worktreePath);
  gitIn(worktreePath, 'checkout', '--quiet', '--detach');
  gitIn(worktreePath, 'commit', '--quiet', '--allow-empty', '-m', 'On no branch');
  const lostSha = gitIn(worktreePath, 'rev-parse', 'HEAD');
  await ensureWorktree(wish);
  expect(repository.git('for-each-ref', '--points-at', lostSha)).toContain('refs/moose/preserved/');
});

test('lock files of a killed git are removed', async () => {
  const { repository, wish, entry } = scratchRequest();
  await ensureWorktree(wish);
  const locks = ['index.lock', 'HEAD.lock'].map((name) => join(entry, name));
  locks.push(join(repository.path, '.git', 'refs', 'heads', `${branch}.lock`));
  for (const lock of locks) writeFileSync(lock, '');
  await ensureWorktree(wish);
  expect(locks.filter((lock) => existsSync(lock))).toEqual([]);
});

test('files that are not Moose’s are never removed', async () => {
  const { repository, worktreePath, wish } = scratchRequest();
  writeFiles(worktreePath, { 'mine.txt': 'x' });
  await expect(ensureWorktree(wish)).rejects.toMatchObject({ code: 'WORKTREE_OCCUPIED' });
  const removal = { repositoryPath: repository.path, worktreePath, preserveAs: 'ab12' };
  await expect(removeWorktree(removal)).rejects.toMatchObject({ code: 'WORKTREE_OCCUPIED' });
  expect(readdirSync(worktreePath)).toEqual(['mine.txt']);
});

test('a branch that a person has checked out is not taken', async () => {
  const { repository, wish } = scratchRequest();
  repository.git('checkout', '--quiet', '-b', branch);
  await expect(ensureWorktree(wish)).rejects.toMatchObject({
    code: 'BRANCH_IN_USE',
    category: 'configuration',
  });
});

test('fear: a machine that is gone holds the branch of its worktree for ever', async () => {
  const { wish } = scratchRequest();
  await ensureWorktree({ ...wish, worktreePath: join(scratchDirectory(), 'of-another-machine') });
  expect((await ensureWorktree(wish)).wasCreated).toBe(true);
});

test('a branch called "moose" prevents the worktree, and the error says so', async () => {
  const { repository, wish } = scratchRequest();
  repository.git('branch', 'moose');
  await expect(ensureWorktree(wish)).rejects.toMatchObject({
    code: 'REF_BLOCKED',
    category: 'configuration',
  });
});

test('R-SEC-2: a branch or a hash that looks like an option is refused, and so is a missing base', async () => {
  const { wish } = scratchRequest();
  await expect(ensureWorktree({ ...wish, branch: '--force' })).rejects.toMatchObject({
    code: 'BRANCH_NAME_INVALID',
  });
  await expect(ensureWorktree({ ...wish, baseSha: '--all' })).rejects.toMatchObject({ code: 'SHA_INVALID' });
  const baseSha = 'a'.repeat(40);
  await expect(ensureWorktree({ ...wish, baseSha })).rejects.toMatchObject({ code: 'COMMIT_MISSING' });
});

test('an abort stops it, with the signal’s own reason', async () => {
  const { wish } = scratchRequest();
  const reason = new Error('stop');
  await expect(ensureWorktree({ ...wish, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  expect((await ensureWorktree(wish)).wasCreated).toBe(true);
});

test('CRLF, executable bits, symbolic links, binary files and odd names are checked out unchanged', async () => {
  const binary = Buffer.from(Array.from({ length: 256 }, (_, index) => index));
  const { repository, worktreePath, wish } = scratchRequest({
    'crlf.txt': 'a\r\nb\r\n',
    'b.bin': binary,
    '-dash\n é 🎉.txt': 'x',
  });
  repository.git('config', 'core.autocrlf', 'true');
  await ensureWorktree(wish);
  expect(readFileSync(join(worktreePath, 'crlf.txt'), 'utf8')).toBe('a\r\nb\r\n');
  expect(readFileSync(join(worktreePath, 'b.bin'))).toEqual(binary);
  expect(readFileSync(join(worktreePath, '-dash\n é 🎉.txt'), 'utf8')).toBe('x');
});

test('a worktree of a bare repository', async () => {
  const { repository, wish } = scratchRequest();
  const bare = join(scratchDirectory(), 'bare.git');
  gitIn(repository.path, 'clone', '--quiet', '--bare', repository.path, bare);
  expect((await ensureWorktree({ ...wish, repositoryPath: bare })).wasCreated).toBe(true);
});
