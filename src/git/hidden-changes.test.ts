// The fear: an agent hides a change from Moose's commit, and the checks see it: what they prove is not what is published.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { changedSince } from './changed-since.ts';
import { gitIn, writeFiles } from './scratch-repository.fixture.ts';
import { made, scratchWorktree } from './scratch-worktree.fixture.ts';

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

test('in a sparse checkout, files that are not there are not deleted', async () => {
  const { worktreePath, repository } = await scratchWorktree();
  gitIn(repository.path, 'config', 'core.sparseCheckout', 'true');
  gitIn(worktreePath, 'update-index', '--skip-worktree', 'README.md');
  rmSync(join(worktreePath, 'README.md'));
  expect(await changedSince(worktreePath, repository.headSha, {})).toEqual([]);
  writeFiles(worktreePath, { 'README.md': 'changed\n' });
  expect(await changedSince(worktreePath, repository.headSha, {})).toEqual(['README.md']);
});
