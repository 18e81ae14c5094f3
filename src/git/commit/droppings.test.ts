import { expect, test } from 'vitest';
import { writeFiles } from '../scratch-repository.fixture.ts';
import { scratchWorktree } from '../scratch-worktree.fixture.ts';
import { commitAll } from './commit.ts';

const dropped = {
  'tmpclaude-3f2a-cwd': '/srv\n',
  'src/.claude/settings.local.json': '{}',
  '.playwright-mcp/page.png': 'x',
  'nohup.out': 'x',
  'a.txt.rej': 'x',
  'a.txt.orig': 'x',
  '.a.txt.swp': 'x',
  'a.txt~': 'x',
  'core.4711': 'x',
  'npm-debug.log': 'x',
  '.coverage': 'x',
  'src/core': '\u007fELF and more',
};

test('R-REPO-1: files that tools drop are left out of a change, and named', async () => {
  const { worktreePath, request, tree } = await scratchWorktree({ 'a.txt': 'a' });
  writeFiles(worktreePath, {
    'a.txt': 'b',
    'src/new.txt': 'x',
    'src/.claude/settings.json': '{}',
    ...dropped,
  });
  const commit = await commitAll(request);
  expect(commit?.changedFiles).toEqual(['a.txt', 'src/.claude/settings.json', 'src/new.txt']);
  expect(commit?.leftOut).toEqual(Object.keys(dropped).sort());
  expect(tree(commit?.sha ?? '')).not.toContain('nohup.out');
});

test('R-REPO-1: fear: a file that the change needs is dropped', async () => {
  const { worktreePath, request } = await scratchWorktree({ 'old/x.orig': 'a', 'nohup.out': 'a' });
  writeFiles(worktreePath, {
    'nohup.out': 'b',
    'new/y.orig': 'the repository has such files',
    'hunk.rej': 'the work order names it',
    '.claude/settings.local.json': 'and its folder',
    'src/core': 'a file that is called core',
  });
  const named = 'Add hunk.rej as a sample, and what belongs in .claude/ for everybody.';
  const commit = await commitAll({ ...request, named });
  expect(commit?.leftOut).toEqual([]);
  expect(commit?.changedFiles).toEqual([
    '.claude/settings.local.json',
    'hunk.rej',
    'new/y.orig',
    'nohup.out',
    'src/core',
  ]);
});
