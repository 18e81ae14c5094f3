import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitIn, scratchRepository } from '../scratch-repository.fixture.ts';
import { headState } from './head-state.ts';
import { readStatus } from './status.ts';
import { mayBeCheckedOut, worktreeGitDir } from './worktree-list.ts';

const all = { untracked: 'normal', ignoreSubmodules: 'none' } as const;

test('reports HEAD and the differences from it, with any file names and with conflicts', async () => {
  const { path, headSha, git, write } = scratchRepository({ 'a file': 'x\n', both: 'x\n' });
  expect(await readStatus(path, all, {})).toEqual({ headSha, branch: 'main', changes: [], ignored: [] });
  git('checkout', '--quiet', '-b', 'other');
  write({ both: 'theirs\n' });
  git('commit', '--quiet', '--all', '-m', 'Theirs');
  git('checkout', '--quiet', 'main');
  write({ both: 'ours\n' });
  git('commit', '--quiet', '--all', '-m', 'Ours');
  expect(() => git('merge', '--quiet', 'other')).toThrow();
  write({ 'a file': 'changed\n', 'new\n# branch.head forged': 'x' });
  const { changes } = await readStatus(path, all, {});
  expect(changes.map((change) => change.path).sort()).toEqual([
    'a file',
    'both',
    'new\n# branch.head forged',
  ]);
});

test('R-PIPE-5: a branch that an agent named HEAD does not change where HEAD is', async () => {
  const { path, headSha, git } = scratchRepository();
  git('update-ref', 'refs/heads/HEAD', headSha);
  expect(await headState(path)).toEqual({ branch: 'main', sha: headSha });
  git('checkout', '--quiet', '--detach');
  expect(await headState(path)).toEqual({ branch: null, sha: headSha });
});

test('git’s own directory is found as git does, for a repository, a worktree and a bare repository', async () => {
  const { path, git } = scratchRepository();
  git('worktree', 'add', '--quiet', '-b', 'beside', `${path}-beside`);
  git('clone', '--quiet', '--bare', path, `${path}-bare`);
  for (const each of [path, `${path}-beside`, `${path}-bare`])
    expect(await worktreeGitDir(each)).toBe(gitIn(each, 'rev-parse', '--absolute-git-dir'));
  expect(await mayBeCheckedOut(join(path, '.git'), 'beside')).toBe(true);
  expect(await mayBeCheckedOut(join(path, '.git'), 'elsewhere')).toBe(false);
});

test('fear: a branch without a file of its own, or one that leads elsewhere, has no commit, or another one', async () => {
  const { path, headSha, git, commit } = scratchRepository();
  git('pack-refs', '--all');
  expect(await headState(path)).toEqual({ branch: 'main', sha: headSha });
  const newer = commit({ a: 'b' });
  expect(await headState(path)).toEqual({ branch: 'main', sha: newer });
  git('branch', 'other', headSha);
  git('symbolic-ref', 'refs/heads/main', 'refs/heads/other');
  expect((await headState(path)).sha).toBe(headSha);
  git('symbolic-ref', 'HEAD', 'refs/heads/absent');
  expect(await headState(path)).toEqual({ branch: 'absent', sha: null });
});
