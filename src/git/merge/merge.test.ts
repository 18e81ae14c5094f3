import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ensureBareRemote, pushBranch } from '../remote/remote.ts';
import { gitIn, scratchDirectory, scratchRepository, writeScript } from '../scratch-repository.fixture.ts';
import { mergeInRemote } from './merge.ts';

/** A repository whose `main` and `moose/x` have diverged, and in which `person` is checked out. */
function scratchMerge(theirs: Record<string, string> = { 'b.txt': 'theirs\n' }) {
  const repository = scratchRepository({ 'a.txt': 'base\n' });
  repository.git('checkout', '--quiet', '-b', 'moose/x');
  const headSha = repository.commit({ 'a.txt': 'work\n' });
  repository.git('checkout', '--quiet', 'main');
  const baseSha = repository.commit(theirs);
  repository.git('checkout', '--quiet', '-b', 'person');
  const merge = { repositoryPath: repository.path, baseBranch: 'main', headSha, message: 'Merge the work' };
  return { repository, headSha, baseSha, merge };
}

async function scratchRemoteMerge(theirs?: Record<string, string>) {
  const scratch = scratchMerge(theirs);
  const remoteUrl = join(scratchDirectory(), 'r.git');
  const repositoryPath = scratch.repository.path;
  await ensureBareRemote(remoteUrl, {
    defaultBranchFrom: repositoryPath,
    branch: 'main',
    sha: scratch.baseSha,
  });
  await pushBranch({
    repositoryPath,
    remoteUrl,
    branch: 'moose/x',
    sha: scratch.headSha,
    expectedRemoteSha: null,
  });
  return { ...scratch, remoteUrl, merge: { ...scratch.merge, remoteUrl, headBranch: 'moose/x' } };
}

test('merges in a remote that is ahead of this repository, and moves no branch here', async () => {
  const { repository, remoteUrl, merge } = await scratchRemoteMerge();
  const ahead = gitIn(remoteUrl, 'commit-tree', '-m', 'Theirs', '-p', 'main', 'main^{tree}');
  gitIn(remoteUrl, 'update-ref', 'refs/heads/main', ahead);
  const before = repository.git('for-each-ref');
  const { mergedSha } = await mergeInRemote(merge);
  expect(gitIn(remoteUrl, 'rev-parse', 'main', 'main^1', 'main^2')).toBe(
    `${mergedSha}\n${ahead}\n${merge.headSha}`,
  );
  expect(gitIn(remoteUrl, 'cat-file', 'blob', 'main:a.txt')).toBe('work');
  expect(gitIn(remoteUrl, 'cat-file', 'blob', 'main:b.txt')).toBe('theirs');
  expect(gitIn(remoteUrl, 'log', '-1', '--format=%s by %an', 'main')).toBe('Merge the work by Moose');
  expect(repository.git('status', '--porcelain')).toBe('');
  expect(await mergeInRemote(merge)).toEqual({ mergedSha });
  expect(repository.git('for-each-ref')).toBe(before);
});

test('merges from a clone that does not have the head yet', async () => {
  const { remoteUrl, merge } = await scratchRemoteMerge();
  const clone = join(scratchDirectory(), 'clone');
  gitIn(remoteUrl, 'clone', '--quiet', '--single-branch', '--branch=main', remoteUrl, clone);
  const { mergedSha } = await mergeInRemote({ ...merge, repositoryPath: clone });
  expect(gitIn(remoteUrl, 'rev-parse', 'main')).toBe(mergedSha);
});

test('several merges into one remote at once all arrive', async () => {
  const { repository, remoteUrl, merge } = await scratchRemoteMerge();
  const heads = [1, 2, 3].map((index) => {
    repository.git('checkout', '--quiet', '--detach', merge.headSha);
    return repository.commit({ [`f${index}.txt`]: 'x' });
  });
  await Promise.all(heads.map((headSha) => mergeInRemote({ ...merge, headSha })));
  expect(gitIn(remoteUrl, 'ls-tree', '--name-only', 'main').split('\n')).toEqual([
    'a.txt',
    'b.txt',
    'f1.txt',
    'f2.txt',
    'f3.txt',
  ]);
});

test('a missing base is BRANCH_MISSING, a missing head is COMMIT_MISSING', async () => {
  const { merge } = await scratchRemoteMerge();
  await expect(mergeInRemote({ ...merge, baseBranch: 'nope' })).rejects.toMatchObject({
    code: 'BRANCH_MISSING',
  });
  const { headBranch: _, ...here } = merge;
  await expect(mergeInRemote({ ...here, headSha: 'b'.repeat(40) })).rejects.toMatchObject({
    code: 'COMMIT_MISSING',
  });
});

test('a conflict in a remote is MERGE_CONFLICT; a refusal by the remote’s rules is REMOTE_REJECTED, tried once', async () => {
  const conflict = await scratchRemoteMerge({ 'a.txt': 'theirs\n', 'b.txt': 'b\n' });
  await expect(mergeInRemote(conflict.merge)).rejects.toMatchObject({
    code: 'MERGE_CONFLICT',
    category: 'permanent',
    metadata: { conflictingPaths: ['a.txt'] },
  });
  expect(gitIn(conflict.remoteUrl, 'rev-parse', 'main')).toBe(conflict.baseSha);
  const refused = await scratchRemoteMerge();
  const count = join(scratchDirectory(), 'count');
  // A remote that belongs to somebody else, so its hooks run.
  gitIn(refused.remoteUrl, 'config', '--unset', 'core.hooksPath');
  writeScript(join(refused.remoteUrl, 'hooks', 'pre-receive'), `echo x >> ${count}; exit 1`);
  await expect(mergeInRemote(refused.merge)).rejects.toMatchObject({ code: 'REMOTE_REJECTED' });
  expect(readFileSync(count, 'utf8')).toBe('x\n');
});
