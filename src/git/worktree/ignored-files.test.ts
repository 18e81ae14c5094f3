// Fear: a file that lay in the worktree before the agent, such as a copied `.env`, is taken for the agent's, and kept in the
// repository (R-REPO-1, R-PROJ-3).
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitAll } from '../commit/commit.ts';
import { writeFiles } from '../scratch-repository.fixture.ts';
import { scratchWorktree } from '../scratch-worktree.fixture.ts';
import { ignoredSince, listIgnored } from './ignored-files.ts';
import { removeWorktree } from './worktree.ts';
import { holdBack } from './worktree-entry.ts';

const files = {
  '.gitignore': '.env*\n*.key\nout/*\nbuild/\n',
  'config/a.txt': 'a',
  'deep/er/b.txt': 'b',
};
const before = { '.env': 'A=1', 'config/.env': 'B=2', 'deep/er/own.key': 'key', 'out/old': 'old' };

test.each([
  ['nothing', () => undefined, []],
  ['a new file', (at: string) => writeFiles(at, { 'new.key': 'x' }), ['new.key']],
  ['a changed one', (at: string) => writeFiles(at, { '.env': 'A=2' }), []],
  ['a folder that has only ignored files now', (at: string) => rmSync(join(at, 'config/a.txt')), []],
  ['one of these folders above', (at: string) => rmSync(join(at, 'deep/er/b.txt')), []],
  [
    'a new file in such a folder',
    (at: string) => {
      rmSync(join(at, 'config/a.txt'));
      writeFiles(at, { 'config/new.key': 'x', 'config/more/deep.key': 'x' });
    },
    ['config/more', 'config/new.key'],
  ],
  [
    'a folder in which one file is not ignored any more',
    (at: string) => writeFiles(at, { '.gitignore': `${files['.gitignore']}!out/keep\n`, 'out/keep': 'x' }),
    [],
  ],
  ['a new folder', (at: string) => writeFiles(at, { 'build/a': 'a', 'build/b': 'b' }), ['build']],
  ['a folder with an own list', (at: string) => writeFiles(at, { 'n/.gitignore': '*', 'n/x': '' }), ['n']],
])("R-REPO-1: of ignored files, only what is new is the agent's: %s", async (_, act, added) => {
  const { worktreePath, request } = await scratchWorktree(files);
  writeFiles(worktreePath, before);
  const noted = await listIgnored(worktreePath);
  act(worktreePath);
  await commitAll(request);
  expect(await ignoredSince(worktreePath, noted)).toEqual(added);
});

test('R-PROJ-3: a copied file that git no longer ignores is not kept in the repository with its worktree', async () => {
  const { repository, worktreePath } = await scratchWorktree(files);
  writeFiles(worktreePath, before);
  await holdBack(worktreePath, ['.env']);
  await holdBack(worktreePath, ['config/.env']);
  writeFiles(worktreePath, { '.gitignore': '', 'new.txt': 'new' });
  const removal = { repositoryPath: repository.path, worktreePath, preserveAs: 'ab12' };
  const { preservedSha } = await removeWorktree(removal);
  const kept = repository.git('ls-tree', '-r', '--name-only', preservedSha ?? expect.unreachable());
  expect(kept).toContain('new.txt');
  expect(kept).not.toContain('.env');
  expect(repository.git('rev-list', '--all', '--objects')).not.toContain('.env');
});
