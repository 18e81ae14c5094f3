import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeFiles } from './scratch-repository.fixture.ts';
import { branch, made, scratchWorktree } from './scratch-worktree.fixture.ts';
import { ensureWorktree } from './worktree.ts';
import { readyMark } from './worktree-entry.ts';

test('R-PIPE-5: after a crash while its mark was written, a worktree can still be committed', async () => {
  const { worktreePath, request, repository, entry } = await scratchWorktree();
  writeFileSync(join(entry, readyMark), '');
  const wish = { repositoryPath: repository.path, worktreePath, branch, baseSha: repository.headSha };
  expect(await ensureWorktree(wish)).toEqual({ headSha: repository.headSha, wasCreated: false });
  writeFiles(worktreePath, { 'a.txt': 'a' });
  expect((await made(request)).changedFiles).toEqual(['a.txt']);
  expect(readdirSync(entry).filter((name) => name.startsWith(readyMark))).toEqual([readyMark]);
});
