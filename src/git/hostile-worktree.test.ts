// Hostile replacements that an agent can make for the small files by which git and Moose find a worktree's repository.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { isMooseError } from '../domain/failure.ts';
import { clearAfterSession } from './clear-strange-files.ts';
import { commitAll } from './commit.ts';
import { gitIn } from './scratch-repository.fixture.ts';
import { branch, scratchWorktree } from './scratch-worktree.fixture.ts';
import { standingOf } from './working-files.ts';
import { ensureWorktree, removeWorktree } from './worktree.ts';
import { worktreeMark } from './worktree-entry.ts';

function makePipe(path: string): void {
  execFileSync('sh', ['-c', 'mkfifo "$0"', path]);
}

const threeGiB = 3 * 1024 ** 3;

/** Each function replaces the file at `path`. */
const plants: Record<string, (path: string) => void> = {
  'a sparse file of 3 GiB': (path) => {
    writeFileSync(path, 'gitdir: /');
    truncateSync(path, threeGiB);
  },
  'a NUL in it': (path) => writeFileSync(path, 'gitdir: /a\0b\n'),
  nonsense: (path) => writeFileSync(path, 'no/such/path\n'),
  'a name without end': (path) => writeFileSync(path, `gitdir: /${'x'.repeat(10_000)}\n`),
  'a pipe': (path) => makePipe(path),
  'a folder': (path) => mkdirSync(path),
  'a device without end': (path) => symlinkSync('/dev/zero', path),
};

const files = [
  ...['.git', 'HEAD', 'gitdir', 'commondir', 'moose-ready', 'index', 'locked', 'logs/HEAD'],
  ...['rebase-merge/head-name', 'HEAD.lock'],
];
const cases = files.flatMap((file) => Object.keys(plants).map((plant) => [file, plant] as const));
/** Without the guard, the same git command runs until its time limit, or until the machine has no memory left. */
const eachMsMax = 20_000;

async function failuresOf(acts: ReadonlyArray<() => Promise<unknown>>): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const act of acts) {
    const startedAt = Date.now();
    await act().catch((cause: unknown) => failures.push(cause));
    expect(Date.now() - startedAt).toBeLessThan(eachMsMax);
  }
  return failures;
}

test.each(cases)(
  'fear: %s replaced by %s stops Moose or another work order of the repository, or looks like a defect of Moose (R-SEC-7)',
  { timeout: 60_000 },
  async (file, plant) => {
    const { worktreePath, entry, repository, request } = await scratchWorktree();
    writeFileSync(join(worktreePath, 'work.txt'), 'work\n');
    const path = join(file === '.git' ? worktreePath : entry, file);
    mkdirSync(dirname(path), { recursive: true });
    rmSync(path, { force: true });
    plants[plant]?.(path);
    const wish = { repositoryPath: repository.path, worktreePath, branch, baseSha: repository.headSha };
    const another = { ...wish, worktreePath: `${worktreePath}-2`, branch: 'moose/cd34-y' };
    expect(await failuresOf([() => ensureWorktree(another)])).toEqual([]);
    const failures = await failuresOf([
      () => clearAfterSession(repository.path, { worktreePath, branch }),
      () => worktreeMark(worktreePath),
      () => standingOf(worktreePath),
      () => commitAll(request),
      () => ensureWorktree(wish),
      () => removeWorktree({ ...wish, preserveAs: 'ab12' }),
    ]);
    expect(failures.filter((failure) => !isMooseError(failure))).toEqual([]);
    // Moose may refuse a replaced `.git` or `moose-ready`; no other replaced file may cause a failure.
    if (file !== '.git' && file !== 'moose-ready') expect(failures).toEqual([]);
  },
);

test('fear: an agent replaces the file of a branch with a pipe, and the next git that lists branches hangs (R-SEC-7)', async () => {
  const { worktreePath, repository } = await scratchWorktree();
  const heads = join(repository.path, '.git', 'refs', 'heads', 'moose');
  makePipe(join(heads, 'trap'));
  // `commondir` is also the name of a file in git's directory for a worktree.
  gitIn(repository.path, 'branch', 'moose/commondir');
  await clearAfterSession(repository.path, { worktreePath, branch });
  expect(gitIn(repository.path, 'for-each-ref', '--format=%(refname)', 'refs/heads').split('\n')).toEqual([
    'refs/heads/main',
    `refs/heads/${branch}`,
    'refs/heads/moose/commondir',
  ]);
});

test('fear: an agent makes its entry point to the worktree of another work order (R-SEC-7)', async () => {
  const { worktreePath, entry, repository } = await scratchWorktree();
  const theirs = { worktreePath: join(dirname(worktreePath), 'zz99'), branch: 'moose/zz99-z' };
  const wish = { ...theirs, repositoryPath: repository.path, baseSha: repository.headSha };
  await ensureWorktree(wish);
  writeFileSync(join(entry, 'gitdir'), `${join(theirs.worktreePath, '.git')}\n`);
  expect(await ensureWorktree(wish)).toEqual({ headSha: repository.headSha, wasCreated: false });
  expect((await standingOf(theirs.worktreePath)).branch).toBe(theirs.branch);
  await clearAfterSession(repository.path, { worktreePath, branch });
  expect(readFileSync(join(entry, 'gitdir'), 'utf8')).toBe(`${join(worktreePath, '.git')}\n`);
});
