// Transient git failures are retried where they happen, and an action whose answer was lost is not done twice.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitAll } from './commit/commit.ts';
import { faultyGit, killed, noHost, starved } from './faulty-git.fixture.ts';
import { refSha } from './read/revision.ts';
import { moveRef } from './refs/move-ref.ts';
import { ensureBareRemote } from './remote/bare-remote.ts';
import { pushBranch, remoteBranchSha } from './remote/remote.ts';
import { runGit } from './run/run-git.ts';
import { gitIn, scratchDirectory, scratchRepository, writeFiles } from './scratch-repository.fixture.ts';
import { ensureWorktree } from './worktree/worktree.ts';

test.each([
  ['has no process left', starved, 'OUT_OF_PROCESSES'],
  ['is killed', killed, 'GIT_KILLED'],
  [
    'meets a lock',
    `echo "fatal: Unable to create '/r/.git/index.lock': File exists." >&2; exit 128`,
    'GIT_LOCKED',
  ],
])(
  'R-REC-1: a git that %s three times is started a fourth time, and each failure is reported',
  async (_, fault, code) => {
    const { path, headSha } = scratchRepository();
    const git = faultyGit({ of: '* rev-parse *', times: 3, fault });
    expect(await refSha(path, 'HEAD')).toBe(headSha);
    expect(git.starts()).toBe(4);
    expect(git.told.map((failure) => failure.code)).toContain(code);
    expect(git.ends).toEqual(git.told.map(() => [true, 3]));
  },
);

test('a persistent failure is thrown, and not reported a second time', async () => {
  const { path } = scratchRepository();
  const git = faultyGit({ of: '* rev-parse *', times: 99, fault: starved });
  await expect(refSha(path, 'HEAD')).rejects.toMatchObject({
    code: 'OUT_OF_PROCESSES',
    category: 'transient',
  });
  expect(git.starts()).toBe(4);
  expect(git.ends.every(([isRecovered]) => !isRecovered)).toBe(true);
});

test('fear: a git that could not be started counts as one that refused', async () => {
  const { path, headSha } = scratchRepository();
  faultyGit({ of: '* rev-parse *', times: 1, fault: starved });
  const { stdout, exitCode } = await runGit(path, ['rev-parse', 'HEAD'], { okExitCodes: [128] });
  expect([stdout.trim(), exitCode]).toEqual([headSha, 0]);
});

test('a permanent failure is not reported as retried, and git is started once', async () => {
  const { path } = scratchRepository();
  const git = faultyGit({ of: '* cat-file *', times: 0, fault: starved });
  await expect(runGit(path, ['cat-file', 'blob', 'nothing'])).rejects.toMatchObject({ code: 'GIT_FAILED' });
  expect([git.starts(), git.told]).toEqual([1, []]);
});

test('an operation that must not run twice is not repeated if it may have run', async () => {
  const { path } = scratchRepository();
  const git = faultyGit({ of: '* tag *', times: 1, after: true, fault: killed });
  await expect(runGit(path, ['tag', 'a'])).rejects.toMatchObject({ code: 'GIT_KILLED' });
  expect([git.starts(), gitIn(path, 'tag')]).toEqual([1, 'a']);
});

test.each([true, false])(
  'a reference is moved once although git is killed (after its work: %s)',
  async (after) => {
    const { path, headSha, commit } = scratchRepository();
    const next = commit({ 'b.txt': 'b' });
    const git = faultyGit({ of: '* update-ref *', times: 1, after, fault: killed });
    await moveRef(path, { ref: 'refs/heads/other', from: null, to: headSha, because: 'test' }, {});
    await moveRef(path, { ref: 'refs/heads/other', from: headSha, to: next, because: 'test' }, {});
    expect(await refSha(path, 'refs/heads/other')).toBe(next);
    expect(git.ends).toEqual([[true, 1]]);
    const stale = { ref: 'refs/heads/other', from: headSha, to: headSha, because: 'test' };
    await expect(moveRef(path, stale, {})).rejects.toMatchObject({ code: 'REF_MOVED' });
    await moveRef(path, { ref: 'refs/heads/other', from: next, to: null, because: 'test' }, {});
    expect(await refSha(path, 'refs/heads/other')).toBe(null);
  },
);

test.each([true, false])(
  'R-PIPE-5: one commit is made although git is killed (after its work: %s)',
  async (after) => {
    const { path, headSha } = scratchRepository();
    const worktreePath = join(scratchDirectory(), 'worktree');
    await ensureWorktree({ repositoryPath: path, worktreePath, branch: 'moose/a', baseSha: headSha });
    writeFiles(worktreePath, { 'a.txt': 'a' });
    for (const of of ['* update-ref *', '* commit-tree *', '* read-tree *', '* reset *'])
      faultyGit({ of, times: 1, after, fault: killed });
    const trailers = { 'Moose-Work-Order': 'w' };
    const at = { repositoryPath: path, worktreePath, branch: 'moose/a', expectedParent: headSha };
    const request = { ...at, message: 'a', trailers };
    const commit = await commitAll(request);
    expect(gitIn(path, 'rev-list', `${headSha}..moose/a`)).toBe(commit?.sha);
    expect(gitIn(worktreePath, 'status', '--porcelain')).toBe('');
  },
);

test.each([true, false])('a worktree is made although git is killed (after its work: %s)', async (after) => {
  const { path, headSha } = scratchRepository();
  const worktreePath = join(scratchDirectory(), 'worktree');
  const git = faultyGit({ of: '* reset *', times: 1, after, fault: killed });
  const made = await ensureWorktree({
    repositoryPath: path,
    worktreePath,
    branch: 'moose/a',
    baseSha: headSha,
  });
  expect([made, git.starts()]).toEqual([{ headSha, wasCreated: true }, 2]);
  expect(gitIn(worktreePath, 'status', '--porcelain')).toBe('');
});

test.each([true, false])(
  'R-PIPE-7: a push is made once although git is killed (after its work: %s)',
  async (after) => {
    const { path, headSha, commit } = scratchRepository();
    const remoteUrl = join(scratchDirectory(), 'remote.git');
    await ensureBareRemote(remoteUrl, { defaultBranchFrom: path, branch: 'main', sha: headSha });
    const sha = commit({ 'b.txt': 'b' });
    const git = faultyGit({ of: '* push *', times: 1, after, fault: killed });
    const where = { repositoryPath: path, remoteUrl, branch: 'moose/a' };
    await pushBranch({ ...where, sha, expectedRemoteSha: null });
    expect(await remoteBranchSha(where)).toBe(sha);
    expect(git.told).toMatchObject([{ code: 'GIT_KILLED' }]);
    expect(git.ends).toEqual([[true, 1]]);
  },
);

test('R-REC-1: git calls an unreachable remote only once: the caller retries, and counts', async () => {
  const { path, headSha } = scratchRepository();
  const remoteUrl = join(scratchDirectory(), 'remote.git');
  await ensureBareRemote(remoteUrl, { defaultBranchFrom: path, branch: 'main', sha: headSha });
  const where = { repositoryPath: path, remoteUrl, branch: 'moose/a' };
  const push = faultyGit({ of: '* push *', times: 1, after: true, fault: noHost });
  const pushed = () => pushBranch({ ...where, sha: headSha, expectedRemoteSha: null });
  await expect(pushed()).rejects.toMatchObject({ code: 'REMOTE_HOST_UNKNOWN', category: 'transient' });
  expect([push.starts(), push.told]).toEqual([1, []]);
  expect(await pushed()).toBe('already there');
  // It must not return null: null means that the branch does not exist.
  const look = faultyGit({ of: '* ls-remote *', times: 1, fault: noHost });
  await expect(remoteBranchSha(where)).rejects.toMatchObject({ code: 'REMOTE_HOST_UNKNOWN' });
  expect([look.starts(), look.told]).toEqual([1, []]);
});

test('fear: if the check of the state fails too, it hides the failed push', async () => {
  const { path, headSha } = scratchRepository();
  const remoteUrl = join(scratchDirectory(), 'remote.git');
  const push = faultyGit({ of: '* push *', times: 1, after: true, fault: noHost });
  // Both ways to look fail after the push. There is none before it, because a new repository has no branch.
  const look = faultyGit({ of: '* for-each-ref *|* ls-remote *', times: 2, fault: noHost });
  const made = ensureBareRemote(remoteUrl, { defaultBranchFrom: path, branch: 'main', sha: headSha });
  await expect(made).rejects.toMatchObject({ code: 'REMOTE_HOST_UNKNOWN' });
  expect(push.told).toMatchObject([{ code: 'REMOTE_HOST_UNKNOWN', operation: 'git push' }]);
  expect([look.starts(), push.ends]).toEqual([2, [[false, undefined]]]);
});
