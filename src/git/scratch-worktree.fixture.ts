// For tests: a real worktree of Moose on a real repository.

import { join } from 'node:path';
import { type CommitRequest, commitAll } from './commit/commit.ts';
import { gitIn, scratchDirectory, scratchRepository } from './scratch-repository.fixture.ts';
import { ensureWorktree } from './worktree/worktree.ts';
import { entryPathOf } from './worktree/worktree-entry.ts';

export const branch = 'moose/ab12-x';
export const trailers = { 'Moose-Work-Order': '0190-ab12', 'Moose-Attempt': '1' };

export async function scratchWorktree(files?: Record<string, string | Buffer>) {
  const repository = scratchRepository(files);
  const worktreePath = join(scratchDirectory(), 'ab12');
  await ensureWorktree({
    repositoryPath: repository.path,
    worktreePath,
    branch,
    baseSha: repository.headSha,
  });
  const request: CommitRequest = {
    repositoryPath: repository.path,
    worktreePath,
    branch,
    expectedParent: repository.headSha,
    message: 'Add a page',
    trailers,
  };
  const tree = (sha: string) =>
    gitIn(repository.path, 'ls-tree', '-r', '-z', '--name-only', sha).split('\0').filter(Boolean).sort();
  return {
    repository,
    worktreePath,
    request,
    tree,
    entry: entryPathOf(worktreePath),
  };
}

export async function made(request: CommitRequest) {
  const commit = await commitAll(request);
  if (!commit) throw new Error('nothing was committed');
  return commit;
}
