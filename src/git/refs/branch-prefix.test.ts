import { join } from 'node:path';
import { expect, test } from 'vitest';
import { remoteHead } from '../remote/remote-head.ts';
import { scratchRepository, writeFiles } from '../scratch-repository.fixture.ts';
import { assertPrefixFree } from './branch-prefix.ts';

const taken = { code: 'BRANCH_PREFIX_TAKEN', category: 'configuration' };

test('a branch that leaves no room for those of Moose is found before any work', async () => {
  const { path, git, headSha } = scratchRepository();
  git('branch', 'moose/1a2b3c4d-x');
  git('branch', 'moosehead');
  await expect(assertPrefixFree(path)).resolves.toBeUndefined();
  git('branch', '-D', 'moose/1a2b3c4d-x');
  git('branch', 'moose');
  await expect(assertPrefixFree(path)).rejects.toMatchObject(taken);
  git('pack-refs', '--all');
  await expect(assertPrefixFree(join(path))).rejects.toMatchObject(taken);
  expect(await remoteHead(path)).toMatchObject({ isPrefixTaken: true, sha: headSha });
  git('branch', '-m', 'moose', 'other');
  expect(await remoteHead(path)).toMatchObject({ isPrefixTaken: false, defaultBranch: 'main' });
});

test('a branch of a remote, or a checked out one, counts as well', async () => {
  const repository = scratchRepository();
  writeFiles(join(repository.path, '.git'), { 'refs/remotes/up/moose': `${repository.headSha}\n` });
  await expect(assertPrefixFree(repository.path)).rejects.toMatchObject({
    ...taken,
    message: expect.stringContaining('remote up'),
  });
  const other = scratchRepository();
  other.git('checkout', '--quiet', '-b', 'moose');
  await expect(assertPrefixFree(other.path)).rejects.toMatchObject(taken);
});
