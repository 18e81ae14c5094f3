import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitIn, scratchDirectory, scratchRepository } from '../scratch-repository.fixture.ts';
import { ensureBareRemote, pushBranch } from './remote.ts';

test('R-PIPE-6: fear: one commit that a remote lost with the power refuses the pushes of all work orders', async () => {
  const repository = scratchRepository();
  const remoteUrl = join(scratchDirectory(), 'remote.git');
  const base = { defaultBranchFrom: repository.path, branch: 'main', sha: repository.headSha };
  await ensureBareRemote(remoteUrl, base);
  const push = (branch: string, sha: string) =>
    pushBranch({
      repositoryPath: repository.path,
      remoteUrl,
      isMooses: true,
      branch,
      sha,
      expectedRemoteSha: null,
    });
  const commitOn = (branch: string) => {
    repository.git('checkout', '--quiet', '-B', branch, 'main');
    return repository.commit({ [`${branch.slice(6)}.txt`]: `${branch}\n` });
  };
  const kept = commitOn('moose/kept');
  const lost = commitOn('moose/lost');
  await push('moose/kept', kept);
  await push('moose/lost', lost);
  // The names of the references were flushed, and those of these commits were not.
  for (const sha of [kept, lost]) rmSync(join(remoteUrl, 'objects', sha.slice(0, 2), sha.slice(2)));
  repository.git('checkout', '--quiet', 'main');
  repository.git('branch', '--quiet', '-D', 'moose/lost');
  repository.git('reflog', 'expire', '--expire=now', '--all');
  repository.git('prune', '--expire=now');
  const next = commitOn('moose/next');
  expect(await push('moose/next', next)).toBe('pushed');
  const there = gitIn(
    remoteUrl,
    'for-each-ref',
    '--format=%(refname:short) %(objectname)',
    'refs/heads/moose',
  );
  expect(there.split('\n')).toEqual([`moose/kept ${kept}`, `moose/next ${next}`]);
  expect(gitIn(remoteUrl, 'fsck', '--connectivity-only')).not.toContain('missing');
});
