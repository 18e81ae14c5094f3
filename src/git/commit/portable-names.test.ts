import { expect, test } from 'vitest';
import { writeFiles } from '../scratch-repository.fixture.ts';
import { made, scratchWorktree } from '../scratch-worktree.fixture.ts';
import { unportableName } from './portable-names.ts';

test.each([
  'nul',
  'd/AUX.txt',
  'Com1',
  'lpt9.tar.gz',
  'con .txt',
  'a:b.txt',
  'what?',
  'd/end. ',
  'dot./a',
  'a\tb',
  'a\\b',
])('Windows cannot hold %j', (path) => expect(unportableName(path)).not.toBeNull());

test.each([
  'null.ts',
  'src/console.ts',
  'auxiliary/a',
  'com10',
  '.env',
  'a.b/c',
  'ä/ö.txt',
  'spaces are fine.md',
])('Windows can hold %j', (path) => expect(unportableName(path)).toBeNull());

test.each([
  [{ nul: 'x' }, "Windows keeps the name 'nul'"],
  [{ 'd/a:b.txt': 'x' }, 'may not hold ":"'],
  [{ 'Src/a.js': 'x' }, 'differs from src/a.js only in case'],
  // One letter, and the letter with its accent.
  [{ 'caf\u00e9': '1', 'cafe\u0301': '2' }, 'only in case'],
])(
  'R-PIPE-5: fear: nobody on Windows can clone the repository after the merge: %j',
  async (files, reason) => {
    const { worktreePath, request } = await scratchWorktree({ 'src/a.js': '1\n' });
    writeFiles(worktreePath, files as Record<string, string>);
    await expect(made(request)).rejects.toMatchObject({
      code: 'FORBIDDEN_CHANGE',
      message: expect.stringContaining(reason),
    });
  },
);

test('a project that has such names already may add more', async () => {
  const odd = await scratchWorktree({ 'a:b': '1\n' });
  writeFiles(odd.worktreePath, { 'c:d': '2\n' });
  expect((await made(odd.request)).changedFiles).toEqual(['c:d']);
});
