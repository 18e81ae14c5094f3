// fear: an agent hides a change from Moose's commit but not from the checks, which then test other code.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { gitIn, scratchDirectory, scratchRepository, writeFiles } from './scratch-repository.fixture.ts';
import { made, scratchWorktree } from './scratch-worktree.fixture.ts';
import { changedSince } from './worktree/changed-since.ts';
import { restoreTracked } from './worktree/working-files.ts';
import { ensureWorktree } from './worktree/worktree.ts';

test('R-SEC-7: files that an agent marks in its index are in the commit', async () => {
  const { repository, worktreePath, request } = await scratchWorktree();
  writeFiles(worktreePath, { 'a.test.js': 'strict\n', 'b.test.js': 'strict\n', 'c.test.js': 'strict\n' });
  const { sha } = await made(request);
  gitIn(worktreePath, 'update-index', '--assume-unchanged', 'a.test.js');
  gitIn(worktreePath, 'update-index', '--skip-worktree', 'b.test.js', 'c.test.js');
  writeFiles(worktreePath, { 'a.test.js': 'easy\n', 'b.test.js': 'easy\n' });
  rmSync(join(worktreePath, 'c.test.js'));
  const hidden = ['a.test.js', 'b.test.js', 'c.test.js'];
  expect((await changedSince(worktreePath, sha, {})).sort()).toEqual(hidden);
  const next = await made({ ...request, expectedParent: sha });
  expect(next.changedFiles).toEqual(hidden);
  expect(gitIn(repository.path, 'show', `${next.sha}:b.test.js`)).toBe('easy');
});

/** Forges the worktree's index: it claims that the changed file still has its committed content. */
function forgeIndex(worktreePath: string, path: string): void {
  const oldSha = gitIn(worktreePath, 'rev-parse', `HEAD:${path}`).trim();
  // git does not trust the index for a file that is as new as the index, so the file gets an old time.
  utimesSync(join(worktreePath, path), 1_000_000_000, 1_000_000_000);
  gitIn(worktreePath, 'update-index', path);
  const newSha = gitIn(worktreePath, 'rev-parse', `:${path}`).trim();
  const indexPath = gitIn(worktreePath, 'rev-parse', '--path-format=absolute', '--git-path', 'index').trim();
  const index = readFileSync(indexPath);
  Buffer.from(oldSha, 'hex').copy(index, index.indexOf(Buffer.from(newSha, 'hex')));
  createHash('sha1')
    .update(index.subarray(0, -20))
    .digest()
    .copy(index, index.length - 20);
  writeFileSync(indexPath, index);
}

test('R-SEC-7: a file whose entry in the index an agent has forged is in the commit, and is restored after a check', async () => {
  const { repository, worktreePath, request } = await scratchWorktree();
  writeFiles(worktreePath, { 'a.test.js': 'strict\n' });
  const { sha } = await made(request);
  writeFiles(worktreePath, { 'a.test.js': 'easy!!\n' });
  forgeIndex(worktreePath, 'a.test.js');
  // git itself does not see the change.
  expect(gitIn(worktreePath, 'status', '--porcelain')).toBe('');
  expect(await changedSince(worktreePath, sha, {})).toEqual(['a.test.js']);
  const next = await made({ ...request, expectedParent: sha });
  expect(gitIn(repository.path, 'show', `${next.sha}:a.test.js`)).toBe('easy!!');
  writeFiles(worktreePath, { 'a.test.js': 'passes\n' });
  forgeIndex(worktreePath, 'a.test.js');
  expect(await restoreTracked(worktreePath)).toEqual(['a.test.js']);
  expect(readFileSync(join(worktreePath, 'a.test.js'), 'utf8')).toBe('easy!!\n');
});

test('the headers that a person has git print with each status are no changes', async () => {
  const { worktreePath, repository } = await scratchWorktree({ 'README.md': 'hello\n' });
  writeFiles(repository.path, { 'README.md': 'stashed\n' });
  repository.git('stash', '--quiet');
  const file = join(scratchDirectory(), 'gitconfig');
  writeFileSync(file, '[status]\n\tshowStash = true\n');
  vi.stubEnv('GIT_CONFIG_GLOBAL', file);
  expect(await changedSince(worktreePath, repository.headSha, {})).toEqual([]);
  writeFiles(worktreePath, { 'README.md': 'changed\n' });
  expect(await changedSince(worktreePath, repository.headSha, {})).toEqual(['README.md']);
});

test('files that an agent leaves out of its checkout are not deleted', async () => {
  const { worktreePath, repository } = await scratchWorktree({ 'README.md': 'hello\n', 'in/a.txt': 'a\n' });
  gitIn(worktreePath, 'sparse-checkout', 'set', '--no-cone', '/in/');
  expect(existsSync(join(worktreePath, 'README.md'))).toBe(false);
  expect(await changedSince(worktreePath, repository.headSha, {})).toEqual([]);
  writeFiles(worktreePath, { 'README.md': 'changed\n' });
  expect(await changedSince(worktreePath, repository.headSha, {})).toEqual(['README.md']);
});

test.each([
  ['of folders', ['in']],
  ['by patterns', ['--no-cone', '/in/', '!/out/']],
  ['with a sparse index', ['--sparse-index', 'in']],
])(
  'R-REPO-4: fear: tests that a sparse checkout %s leaves out are not there for the checks',
  async (_, given) => {
    const repository = scratchRepository({ 'README.md': 'hello\n', 'in/a.txt': 'a\n', 'out/b.txt': 'b\n' });
    repository.git('sparse-checkout', 'set', ...given);
    const worktreePath = join(scratchDirectory(), 'tree');
    await ensureWorktree({
      repositoryPath: repository.path,
      worktreePath,
      branch: 'moose/a',
      baseSha: repository.headSha,
    });
    expect(existsSync(join(worktreePath, 'out/b.txt'))).toBe(true);
    expect(existsSync(join(worktreePath, 'in/a.txt'))).toBe(true);
    expect(await changedSince(worktreePath, repository.headSha, {})).toEqual([]);
    expect(gitIn(worktreePath, 'status', '--porcelain')).toBe('');
  },
);
