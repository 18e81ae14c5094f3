import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitIn, scratchDirectory, scratchRepository } from '../scratch-repository.fixture.ts';
import { branch } from '../scratch-worktree.fixture.ts';
import { ensureWorktree, removeWorktree } from '../worktree/worktree.ts';
import { alternatesIn, alternatesLine } from './alternates.ts';

const names = ['plain', 'with space', '"quoted"', '# hash', 'new\nline', 'back\\slash', 'größe\n', '🦌'];

test.each(names)('R-REPO-4: sessions find the objects of a project in a folder called %j', async (name) => {
  const repository = scratchRepository();
  const repositoryPath = join(scratchDirectory(), name);
  renameSync(repository.path, repositoryPath);
  const worktreePath = join(scratchDirectory(), 'ab12');
  await ensureWorktree({ repositoryPath, worktreePath, branch, baseSha: repository.headSha });
  expect(gitIn(worktreePath, 'log', '--format=%s')).toBe('A commit of a person');
  await removeWorktree({ repositoryPath, worktreePath, preserveAs: 'ab12' });
});

test('every path is read as it was written, also as git quotes it', () => {
  for (const path of names) expect(alternatesIn(alternatesLine(path))).toEqual([path]);
  expect(alternatesIn('# a comment\n\n"gr\\303\\266\\303\\237e\\n"\n../b\n')).toEqual(['größe\n', '../b']);
});
