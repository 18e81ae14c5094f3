import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitIn, scratchDirectory, scratchRepository, writeFiles } from './scratch-repository.fixture.ts';
import { ensureWorktree, removeWorktree } from './worktree.ts';

const branch = 'moose/ab12-add-a-page';

async function scratchWorktree() {
  const repository = scratchRepository();
  const worktreePath = join(scratchDirectory(), 'ab12');
  const wish = { repositoryPath: repository.path, worktreePath, branch, baseSha: repository.headSha };
  await ensureWorktree(wish);
  return { repository, worktreePath, wish, entry: join(repository.path, '.git', 'worktrees', 'ab12') };
}

test('R-PIPE-14: git’s entry is missing, but the work is kept', async () => {
  const { worktreePath, wish, entry } = await scratchWorktree();
  writeFiles(worktreePath, { 'new.txt': 'work' });
  rmSync(entry, { recursive: true });
  expect((await ensureWorktree(wish)).wasCreated).toBe(false);
  expect(gitIn(worktreePath, 'status', '--porcelain', '--branch')).toBe(`## ${branch}\n?? new.txt`);
});

test('a crash while the entry is created again changes nothing', async () => {
  const { repository, worktreePath, wish, entry } = await scratchWorktree();
  writeFiles(worktreePath, { 'new.txt': 'work' });
  rmSync(entry, { recursive: true });
  const draft = join(repository.path, '.git', 'moose-restored-ab12');
  mkdirSync(draft);
  writeFileSync(join(draft, 'HEAD'), 'ref: refs/heads/other\n');
  await ensureWorktree(wish);
  expect(existsSync(draft)).toBe(false);
  expect(gitIn(worktreePath, 'status', '--porcelain', '--branch')).toBe(`## ${branch}\n?? new.txt`);
});

test('R-PIPE-14: fear: the entry is lost before the checkout, and the change deletes all files', async () => {
  const { repository, worktreePath, wish, entry } = await scratchWorktree();
  repository.git('worktree', 'remove', worktreePath);
  repository.git('worktree', 'add', '--quiet', '--no-checkout', worktreePath, branch);
  rmSync(entry, { recursive: true });
  expect((await ensureWorktree(wish)).wasCreated).toBe(true);
  expect(gitIn(worktreePath, 'status', '--porcelain', '--branch')).toBe(`## ${branch}`);
});

test('a folder whose .git file names another entry is not taken over', async () => {
  const { worktreePath, wish, entry } = await scratchWorktree();
  rmSync(entry, { recursive: true });
  writeFileSync(join(worktreePath, '.git'), `gitdir: ${entry}-other\n`);
  await expect(ensureWorktree(wish)).rejects.toMatchObject({ code: 'WORKTREE_OCCUPIED' });
});

test('R-PIPE-14: a removal does not remove the entry of a worktree that took the path in the meantime', async () => {
  const { repository, worktreePath, wish, entry } = await scratchWorktree();
  const removal = { repositoryPath: repository.path, worktreePath, preserveAs: 'ab12' };
  // Large enough that its deletion takes longer than the creation of the next worktree.
  for (let folder = 0; folder < 300; folder++)
    writeFiles(worktreePath, { [`node_modules/${folder}/a`]: 'x', [`node_modules/${folder}/b`]: 'x' });
  const removed = removeWorktree(removal);
  while (existsSync(worktreePath)) await new Promise(setImmediate);
  await ensureWorktree(wish);
  await removed;
  expect(existsSync(entry)).toBe(true);
  expect(gitIn(worktreePath, 'status', '--porcelain', '--branch')).toBe(`## ${branch}`);
});

test('R-PIPE-14: fear: a removal that another process has overtaken deletes the next worktree at the path', async () => {
  const { repository, worktreePath } = await scratchWorktree();
  writeFiles(worktreePath, { 'first.txt': '1' });
  let reads = 0;
  const removal = {
    repositoryPath: repository.path,
    worktreePath,
    get preserveAs() {
      reads += 1;
      // Read for the third time when the files are about to be kept: from here on, its process is frozen for a while.
      if (reads === 3) {
        repository.git('worktree', 'remove', '--force', worktreePath);
        repository.git('worktree', 'add', '--quiet', worktreePath, branch);
        writeFiles(worktreePath, { 'second.txt': '2' });
      }
      return 'ab12';
    },
  };
  await removeWorktree(removal);
  expect(gitIn(worktreePath, 'status', '--porcelain', '--branch')).toBe(`## ${branch}\n?? second.txt`);
});
