import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mergeBranches, mergeInRemote } from './merge.ts';
import { ensureBareRemote, pushBranch } from './remote.ts';
import { gitIn, scratchDirectory, scratchRepository, writeScript } from './scratch-repository.fixture.ts';

/** A repository whose `main` and `moose/x` have parted, and which stands on `person`. */
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

test('merges on references alone; twice is once', async () => {
  const { repository, headSha, baseSha, merge } = scratchMerge();
  const { mergedSha } = await mergeBranches(merge);
  expect(repository.git('rev-parse', 'main', 'main^1', 'main^2')).toBe(
    `${mergedSha}\n${baseSha}\n${headSha}`,
  );
  expect(repository.git('cat-file', 'blob', 'main:a.txt')).toBe('work');
  expect(repository.git('cat-file', 'blob', 'main:b.txt')).toBe('theirs');
  expect(repository.git('log', '-1', '--format=%s by %an', 'main')).toBe('Merge the work by Moose');
  expect(repository.git('status', '--porcelain')).toBe('');
  expect(await mergeBranches(merge)).toEqual({ mergedSha });
});

test('merges in a bare repository, whose HEAD is no checkout', async () => {
  const { repository, merge } = scratchMerge();
  const bare = join(scratchDirectory(), 'bare.git');
  repository.git('checkout', '--quiet', 'main');
  gitIn(repository.path, 'clone', '--quiet', '--bare', repository.path, bare);
  const { mergedSha } = await mergeBranches({ ...merge, repositoryPath: bare });
  expect(gitIn(bare, 'rev-parse', 'main')).toBe(mergedSha);
});

test('a branch that is checked out is never moved under its files', async () => {
  const { repository, merge, baseSha } = scratchMerge();
  repository.git('checkout', '--quiet', 'main');
  await expect(mergeBranches(merge)).rejects.toMatchObject({
    code: 'BRANCH_IN_USE',
    category: 'configuration',
  });
  expect(repository.git('rev-parse', 'main')).toBe(baseSha);
  expect(repository.git('status', '--porcelain')).toBe('');
});

test('a conflict is MERGE_CONFLICT with the paths, and nothing moves', async () => {
  const { repository, merge, baseSha } = scratchMerge({ 'a.txt': 'theirs\n', 'b.txt': 'b\n' });
  await expect(mergeBranches(merge)).rejects.toMatchObject({
    code: 'MERGE_CONFLICT',
    category: 'permanent',
    metadata: { conflictingPaths: ['a.txt'] },
  });
  expect(repository.git('rev-parse', 'main')).toBe(baseSha);
});

test('several merges into one base at once all arrive', async () => {
  const { repository, merge } = scratchMerge();
  const heads = [1, 2, 3, 4].map((index) => {
    repository.git('checkout', '--quiet', '--detach', merge.headSha);
    return repository.commit({ [`f${index}.txt`]: 'x' });
  });
  await Promise.all(heads.map((headSha) => mergeBranches({ ...merge, headSha })));
  expect(repository.git('ls-tree', '--name-only', 'main').split('\n')).toEqual([
    'a.txt',
    'b.txt',
    'f1.txt',
    'f2.txt',
    'f3.txt',
    'f4.txt',
  ]);
});

test('a base that is not there is BRANCH_MISSING, a head that is not there COMMIT_MISSING', async () => {
  const { merge } = scratchMerge();
  await expect(mergeBranches({ ...merge, baseBranch: 'nope' })).rejects.toMatchObject({
    code: 'BRANCH_MISSING',
  });
  await expect(mergeBranches({ ...merge, headSha: 'b'.repeat(40) })).rejects.toMatchObject({
    code: 'COMMIT_MISSING',
  });
});

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
  expect(gitIn(remoteUrl, 'rev-parse', 'main', 'main^1')).toBe(`${mergedSha}\n${ahead}`);
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

test('a conflict in a remote is MERGE_CONFLICT; a rule of the remote’s is REMOTE_REJECTED, asked once', async () => {
  const conflict = await scratchRemoteMerge({ 'a.txt': 'theirs\n' });
  await expect(mergeInRemote(conflict.merge)).rejects.toMatchObject({ code: 'MERGE_CONFLICT' });
  const refused = await scratchRemoteMerge();
  const count = join(scratchDirectory(), 'count');
  // A remote of somebody else's, whose rules hold.
  gitIn(refused.remoteUrl, 'config', '--unset', 'core.hooksPath');
  writeScript(join(refused.remoteUrl, 'hooks', 'pre-receive'), `echo x >> ${count}; exit 1`);
  await expect(mergeInRemote(refused.merge)).rejects.toMatchObject({ code: 'REMOTE_REJECTED' });
  expect(readFileSync(count, 'utf8')).toBe('x\n');
});
