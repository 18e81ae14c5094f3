// Fear: Moose is killed while it removes git's own directory of a worktree, and the work order can never go on (R-PIPE-5).
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { made, scratchWorktree } from '../scratch-worktree.fixture.ts';
import { ensureWorktree, removeWorktree } from './worktree.ts';

const names = ['HEAD', 'commondir', 'index', 'moose-ready', 'session-repository-given'];

test.each([
  ...names.map((name) => [`without ${name}`, (left: string) => left !== name] as const),
  ...names.map((name) => [`with only ${name}`, (left: string) => left === name] as const),
])('R-PIPE-5: what is left of a removal, %s, is replaced', async (_, isLeft) => {
  const { repository, worktreePath, request, entry } = await scratchWorktree();
  rmSync(worktreePath, { recursive: true });
  for (const name of readdirSync(entry)) if (!isLeft(name)) rmSync(join(entry, name), { recursive: true });
  const { path: repositoryPath, headSha: baseSha } = repository;
  const wish = { repositoryPath, worktreePath, branch: request.branch, baseSha };
  expect(await ensureWorktree(wish)).toEqual({ headSha: baseSha, wasCreated: true });
  writeFileSync(join(worktreePath, 'new.txt'), 'new');
  expect(await made(request)).toMatchObject({ changedFiles: ['new.txt'] });
  await removeWorktree({ repositoryPath, worktreePath, preserveAs: 'ab12' });
  expect(readdirSync(join(entry, '..'))).not.toContain('ab12');
});
