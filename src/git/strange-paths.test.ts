// File system answers other than 'exists' and 'does not exist' are reported, and never mistaken for one of the two.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commitAll } from './commit/commit.ts';
import { mergeInRemote } from './merge/merge.ts';
import { makeBundle, restoreBundle } from './read/patch.ts';
import { readFiles } from './read/tree.ts';
import { inspectRepository } from './refs/repository.ts';
import { ensureBareRemote } from './remote/bare-remote.ts';
import { deleteRemoteBranch, pushBranch } from './remote/remote.ts';
import { isThere, readIfThere } from './run/is-there.ts';
import { removeStaleLocks } from './run/stale-lock.ts';
import {
  gitIn,
  scratchDirectory,
  scratchRepository,
  writeFiles,
  writeScript,
} from './scratch-repository.fixture.ts';
import { made, scratchWorktree, trailers } from './scratch-worktree.fixture.ts';
import { worktreeEntries } from './worktree/worktree-list.ts';

/** A path that cannot be resolved, not even by root. */
const endless = { code: 'ELOOP' };

test('a path that cannot be inspected counts neither as existing nor as missing', async () => {
  const loop = join(scratchDirectory(), 'loop');
  symlinkSync(loop, loop);
  const path = join(loop, 'entry');
  await expect(isThere(path)).rejects.toMatchObject(endless);
  await expect(worktreeEntries(path)).rejects.toMatchObject(endless);
  const place = { worktreePath: path, gitDir: path, commonDir: path, branch: 'main' };
  await expect(removeStaleLocks(place)).rejects.toMatchObject(endless);
  await expect(inspectRepository(path)).rejects.toMatchObject({ code: 'REPOSITORY_NOT_FOUND' });
});

test('a name that no file can have counts as missing', async () => {
  const path = join(scratchDirectory(), 'x'.repeat(300));
  expect(await isThere(path)).toBe(false);
  expect(await readIfThere(path)).toBe(null);
});

test('R-PIPE-7: something else in place of the remote is reported and stays', async () => {
  const repository = scratchRepository();
  const wish = { defaultBranchFrom: repository.path, branch: 'main', sha: repository.headSha };
  const file = join(scratchDirectory(), 'remote.git');
  writeFileSync(file, 'a file');
  await expect(ensureBareRemote(file, wish)).rejects.toMatchObject({ category: 'configuration' });
  expect(await readIfThere(file)).toBe('a file');
  const folder = join(scratchDirectory(), 'remote.git');
  writeFiles(folder, { 'notes.txt': 'mine' });
  await expect(ensureBareRemote(folder, wish)).rejects.toMatchObject({ code: 'REMOTE_INVALID' });
  expect(await readIfThere(join(folder, 'notes.txt'))).toBe('mine');
});

test('R-PIPE-7: two processes that create the remote at once get one, and leftovers of a crashed third are removed', async () => {
  const repository = scratchRepository();
  const wish = { defaultBranchFrom: repository.path, branch: 'main', sha: repository.headSha };
  const path = join(scratchDirectory(), 'remote.git');
  const left = `${path}.making-crashed`;
  mkdirSync(left);
  const longAgo = new Date(Date.now() - 24 * 3_600_000);
  utimesSync(left, longAgo, longAgo);
  const made = await Promise.all([1, 2, 3].map(() => ensureBareRemote(path, wish)));
  expect(made.filter(({ wasCreated }) => wasCreated)).toHaveLength(1);
  expect(await isThere(left)).toBe(false);
  expect(gitIn(path, 'rev-parse', 'main')).toBe(repository.headSha);
});

test('a worktree that a person made can be committed in', async () => {
  const repository = scratchRepository();
  const worktreePath = join(scratchDirectory(), 'mine');
  repository.git('worktree', 'add', '--quiet', '-b', 'mine', worktreePath);
  writeFiles(worktreePath, { 'a.txt': 'a' });
  const request = {
    repositoryPath: repository.path,
    worktreePath,
    expectedParent: repository.headSha,
    message: 'x',
    trailers,
  };
  expect(await commitAll({ ...request, branch: 'mine' })).toMatchObject({ changedFiles: ['a.txt'] });
});

test('a worktree whose index was deleted can still be committed', async () => {
  const { worktreePath, request, entry } = await scratchWorktree({ 'a.txt': 'a' });
  rmSync(join(entry, 'index'));
  writeFiles(worktreePath, { 'b.txt': 'b' });
  expect((await made(request)).changedFiles).toEqual(['b.txt']);
});

test('R-PIPE-14: a bundle of missing commits names the missing one, and a bundle for a checked-out branch is refused', async () => {
  const repository = scratchRepository();
  const base = repository.headSha;
  const gone = '1'.repeat(40);
  const of = { repositoryPath: repository.path };
  await expect(makeBundle({ ...of, base, head: gone })).rejects.toMatchObject({ code: 'COMMIT_MISSING' });
  await expect(makeBundle({ ...of, base: gone, head: base })).rejects.toMatchObject({
    code: 'COMMIT_MISSING',
  });
  const head = repository.commit({ 'b.txt': 'b' });
  const bundle = await makeBundle({ ...of, base, head });
  repository.git('reset', '--quiet', '--hard', base);
  await expect(restoreBundle({ ...of, bundle, branch: 'main' })).rejects.toMatchObject({
    code: 'BRANCH_IN_USE',
  });
  expect(repository.git('rev-parse', 'main')).toBe(base);
});

test('files that are not text are not read as text', async () => {
  const repository = scratchRepository({ 'a.txt': 'text', 'b.bin': Buffer.from([0x61, 0xff, 0xfe]) });
  const paths = ['a.txt', 'b.bin'];
  const found = await readFiles(repository.path, repository.headSha, paths);
  expect([...found.keys()]).toEqual(['a.txt']);
  expect(execFileSync('git', ['-C', repository.path, 'ls-files'], { encoding: 'utf8' })).toBe(
    'a.txt\nb.bin\n',
  );
});

test("R-PIPE-7: what a rule of the remote refuses stays refused, and is reported with the remote's message", async () => {
  const repository = scratchRepository();
  const remoteUrl = join(scratchDirectory(), 'remote.git');
  const base = repository.headSha;
  await ensureBareRemote(remoteUrl, { defaultBranchFrom: repository.path, branch: 'main', sha: base });
  repository.git('switch', '--quiet', '--create', 'topic');
  const headSha = repository.commit({ 'b.txt': 'b' });
  const place = { repositoryPath: repository.path, remoteUrl };
  await pushBranch({ ...place, branch: 'topic', sha: headSha, expectedRemoteSha: null });
  // A remote that belongs to somebody else, so its hooks run.
  gitIn(remoteUrl, 'config', '--unset', 'core.hooksPath');
  writeScript(join(remoteUrl, 'hooks', 'pre-receive'), 'echo no pushes today >&2; exit 1');
  const refused = { code: 'REMOTE_REJECTED' };
  const merge = { ...place, baseBranch: 'main', headSha, message: 'Merge' };
  await expect(mergeInRemote(merge)).rejects.toMatchObject(refused);
  const deletion = { ...place, branch: 'topic', expectedSha: headSha, preserveAs: 'x' };
  await expect(deleteRemoteBranch(deletion)).rejects.toMatchObject(refused);
  expect(gitIn(remoteUrl, 'rev-parse', 'main', 'topic')).toBe(`${base}\n${headSha}`);
});

test('R-PIPE-7: a base branch that the remote does not have is reported, and nothing is pushed', async () => {
  const repository = scratchRepository();
  const remoteUrl = join(scratchDirectory(), 'remote.git');
  const sha = repository.headSha;
  await ensureBareRemote(remoteUrl, { defaultBranchFrom: repository.path, branch: 'main', sha });
  const merge = { repositoryPath: repository.path, remoteUrl, headSha: sha, message: 'Merge' };
  await expect(mergeInRemote({ ...merge, baseBranch: 'gone' })).rejects.toMatchObject({
    code: 'BRANCH_MISSING',
  });
  expect(gitIn(remoteUrl, 'for-each-ref', '--format=%(refname)')).toBe('refs/heads/main');
});
