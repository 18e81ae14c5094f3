// fear: a killed git leaves a lock, and the work order that needs it never continues.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { deleteBranch } from './refs/branch.ts';
import { keepCommit } from './refs/preserve.ts';
import { ensureBareRemote, pushBranch } from './remote/remote.ts';
import { runGit } from './run/run-git.ts';
import { removeMetLock } from './run/stale-lock.ts';
import { gitIn, scratchDirectory, scratchRepository } from './scratch-repository.fixture.ts';
import { branch, made, scratchWorktree } from './scratch-worktree.fixture.ts';
import { ensureWorktree, removeWorktree } from './worktree/worktree.ts';

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

/**
 * An ordinary user does not see where the git processes of other users work: while one of them runs, a lock is removed only
 * when it is old.
 */
const leftMinutes = process.geteuid?.() === 0 ? 1 : 20;

/** Creates a lock as a killed git leaves it. */
function leaveLock(path: string, minutes = leftMinutes): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  utimesSync(path, minutesAgo(minutes), minutesAgo(minutes));
  return path;
}

test('R-PIPE-9: a leftover lock of a new branch blocks no worktree', async () => {
  const { path, headSha } = scratchRepository();
  const lock = leaveLock(join(path, '.git/refs/heads', `${branch}.lock`));
  const worktreePath = join(scratchDirectory(), 'w');
  const wish = { repositoryPath: path, worktreePath, branch, baseSha: headSha };
  expect(await ensureWorktree(wish)).toMatchObject({ wasCreated: true });
  expect(existsSync(lock)).toBe(false);
});

test('R-PIPE-14: a lock on preserved work blocks neither preserving nor deleting', async () => {
  const { repository, worktreePath, request } = await scratchWorktree();
  const common = join(repository.path, '.git');
  writeFileSync(join(worktreePath, 'new.txt'), 'new\n');
  const { sha } = await made(request);
  leaveLock(join(common, 'refs/moose/preserved/ab12.lock'));
  await removeWorktree({ repositoryPath: repository.path, worktreePath, preserveAs: 'ab12' });
  repository.git('pack-refs', '--all');
  leaveLock(join(common, 'packed-refs.lock'));
  const deletion = { repositoryPath: repository.path, branch, expectedSha: sha, preserveAs: 'ab12' };
  expect(await deleteBranch(deletion)).toBe('deleted');
  expect(await keepCommit(repository.path, sha, 'ab12')).toBe(sha);
});

test('R-PIPE-7: a leftover lock on a remote on this machine blocks no push', async () => {
  const { path, headSha } = scratchRepository();
  const remoteUrl = join(scratchDirectory(), 'remote.git');
  await ensureBareRemote(remoteUrl, { defaultBranchFrom: path, branch: 'main', sha: headSha });
  const lock = leaveLock(join(remoteUrl, 'refs/heads', `${branch}.lock`));
  const push = { repositoryPath: path, remoteUrl, branch, sha: headSha, expectedRemoteSha: null };
  expect(await pushBranch(push)).toBe('pushed');
  expect(existsSync(lock)).toBe(false);
});

test('R-PIPE-9: the lock of a live git is never removed, however old it is', async () => {
  const { path, headSha } = scratchRepository();
  const lock = leaveLock(join(path, '.git/refs/heads/a.lock'), 600);
  const worktree = join(scratchDirectory(), 'w');
  gitIn(path, 'worktree', 'add', '--quiet', worktree, '-b', 'other');
  const child = spawn('git', ['-c', 'alias.hold=!echo ready; read line', 'hold'], {
    cwd: worktree,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const move = () => runGit(path, ['update-ref', 'refs/heads/a', headSha], { attemptsMax: 3 });
  await expect(move()).rejects.toMatchObject({ code: 'GIT_LOCKED' });
  expect(existsSync(lock)).toBe(true);
  child.stdin.end('\n');
  await once(child, 'exit');
  await move();
  expect(existsSync(lock)).toBe(false);
});

test("R-SEC-2: git's output cannot cause the deletion of a lock outside its repository", async () => {
  const { path } = scratchRepository();
  const elsewhere = leaveLock(join(scratchDirectory(), 'important.lock'));
  const said = `Unable to create '${elsewhere}': File exists`;
  expect(await removeMetLock(said, [join(path, '.git')])).toBe(false);
  expect(existsSync(elsewhere)).toBe(true);
});

test('fear: a lock that cannot exist because `.git` is a file is an error of the file system', async () => {
  const { worktreePath, repository } = await scratchWorktree();
  const said = `fatal: Unable to create '${worktreePath}/.git/index.lock': File exists.`;
  expect(await removeMetLock(said, [join(repository.path, '.git')])).toBe(true);
});
