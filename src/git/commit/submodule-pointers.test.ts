// Fear: a change names a commit of a submodule that exists nowhere, and what an agent made there is lost (R-REPO-3).
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { diffFiles, diffText } from '../read/patch.ts';
import { gitIn, scratchDirectory, scratchRepository, writeFiles } from '../scratch-repository.fixture.ts';
import { branch, trailers } from '../scratch-worktree.fixture.ts';
import { noteUnfilled } from '../worktree/unfilled-submodules.ts';
import { ensureWorktree, removeWorktree } from '../worktree/worktree.ts';
import { commitAll } from './commit.ts';

const fromDisk = ['-c', 'protocol.file.allow=always'];

async function withSubmodule() {
  const inner = scratchRepository({ 'in.txt': 'x' });
  const repository = scratchRepository();
  repository.git(...fromDisk, 'submodule', '--quiet', 'add', inner.path, 'libs/inner');
  const expectedParent = repository.commit({});
  const worktreePath = join(scratchDirectory(), 'ab12');
  const { path: repositoryPath } = repository;
  await ensureWorktree({ repositoryPath, worktreePath, branch, baseSha: expectedParent });
  const sub = join(worktreePath, 'libs/inner');
  const commitIn = (message: string) => {
    writeFiles(sub, { 'in.txt': message });
    gitIn(sub, 'add', '--all');
    gitIn(sub, 'commit', '--quiet', '-m', message);
    return gitIn(sub, 'rev-parse', 'HEAD');
  };
  const at = { repositoryPath, worktreePath, branch, expectedParent, preserveAs: 'ab12' };
  const request = { ...at, message: 'Change', trailers };
  const update = () => gitIn(worktreePath, ...fromDisk, 'submodule', '--quiet', 'update', '--init');
  return { inner, repository, worktreePath, sub, commitIn, request, update };
}

const refused = {
  code: 'FORBIDDEN_CHANGE',
  message: expect.stringContaining('refs/moose/preserved/ab12'),
};

test('R-REPO-3: a commit that an agent made in a submodule is refused, and kept', async () => {
  const { repository, commitIn, request, update } = await withSubmodule();
  update();
  const sha = commitIn('Inner work');
  await expect(commitAll(request)).rejects.toMatchObject(refused);
  expect(repository.git('log', '--format=%H', 'refs/moose/preserved/ab12')).toContain(sha);
});

test('R-REPO-3: fear: an agent has git overlook a submodule, so nobody sees to which commit it points', async () => {
  const { inner, repository, worktreePath, sub, commitIn, request, update } = await withSubmodule();
  update();
  const old = repository.git('rev-parse', 'HEAD:libs/inner');
  gitIn(worktreePath, 'config', '--file', '.gitmodules', 'submodule.libs/inner.ignore', 'all');
  commitIn('Inner work');
  await expect(commitAll(request)).rejects.toMatchObject(refused);
  const newer = inner.commit({ 'in.txt': 'newer' });
  gitIn(sub, 'fetch', '--quiet', 'origin');
  gitIn(sub, 'checkout', '--quiet', newer);
  const made = await commitAll(request);
  expect(made).toMatchObject({ changedFiles: ['.gitmodules', 'libs/inner'] });
  const range = { repositoryPath: worktreePath, from: request.expectedParent, to: `${made?.sha}` };
  expect((await diffFiles(range)).map(({ path }) => path)).toEqual(['.gitmodules', 'libs/inner']);
  const patch = await diffText(range);
  expect(patch).toContain(`-Subproject commit ${old}\n+Subproject commit ${newer}\n`);
});

test('a commit in a repository that an agent made in the place of a submodule is refused, and kept', async () => {
  const { repository, worktreePath, sub, commitIn, request } = await withSubmodule();
  mkdirSync(sub, { recursive: true });
  gitIn(sub, 'init', '--quiet');
  const sha = commitIn('Inner work');
  await expect(commitAll(request)).rejects.toMatchObject(refused);
  expect(repository.git('log', '--format=%H', 'refs/moose/preserved/ab12')).toContain(sha);
  const { setAside } = await removeWorktree({ ...request, preserveAs: 'ab12' });
  expect(gitIn(join(`${setAside}`, 'libs/inner'), 'log', '-1', '--format=%s')).toBe('Inner work');
  expect(worktreePath).not.toBe(setAside);
});

test('R-REPO-3: changed files inside a submodule are refused: no commit of the project would have them', async () => {
  const { worktreePath, sub, request, update } = await withSubmodule();
  update();
  writeFiles(worktreePath, { 'a.txt': 'uses it' });
  writeFiles(sub, { 'in.txt': 'changed', 'built.o': 'o' });
  await expect(commitAll(request)).rejects.toMatchObject({
    code: 'FORBIDDEN_CHANGE',
    message: expect.stringContaining('libs/inner/in.txt'),
  });
  gitIn(sub, 'checkout', '--quiet', '.');
  expect(await commitAll(request)).toMatchObject({ changedFiles: ['a.txt'] });
});

test('a pointer to a commit that the repository of the submodule has is committed', async () => {
  const { inner, sub, request, update } = await withSubmodule();
  update();
  const newer = inner.commit({ 'in.txt': 'newer' });
  gitIn(sub, 'fetch', '--quiet', 'origin');
  gitIn(sub, 'checkout', '--quiet', newer);
  expect(await commitAll(request)).toMatchObject({ changedFiles: ['libs/inner'] });
});

test('the repository that the base names is asked, not one that the change names', async () => {
  const { worktreePath, commitIn, request, update } = await withSubmodule();
  update();
  const sha = commitIn('Inner work');
  const own = scratchRepository();
  gitIn(own.path, 'fetch', '--quiet', join(worktreePath, 'libs/inner'), sha);
  gitIn(worktreePath, 'config', '--file', '.gitmodules', 'submodule.libs/inner.url', own.path);
  await expect(commitAll(request)).rejects.toMatchObject({ code: 'FORBIDDEN_CHANGE' });
});

test('a submodule whose repository is gone proves nothing', async () => {
  const { inner, sub, request, update } = await withSubmodule();
  update();
  const newer = inner.commit({ 'in.txt': 'newer' });
  gitIn(sub, 'fetch', '--quiet', 'origin');
  gitIn(sub, 'checkout', '--quiet', newer);
  rmSync(inner.path, { recursive: true });
  await expect(commitAll(request)).rejects.toMatchObject({ code: 'FORBIDDEN_CHANGE' });
});

const inUnfilled = {
  code: 'FORBIDDEN_CHANGE',
  message: expect.stringContaining('libs/inner/in.txt may not be committed: it is inside of a submodule'),
};

test('R-REPO-3: fear: checks are green by a file in a submodule that is not filled, which nobody else gets', async () => {
  const { worktreePath, sub, request } = await withSubmodule();
  await noteUnfilled(worktreePath, {});
  writeFiles(worktreePath, { 'a.txt': 'a' });
  writeFiles(sub, { 'in.txt': 'stub' });
  await expect(commitAll(request)).rejects.toMatchObject(inUnfilled);
  rmSync(join(sub, 'in.txt'));
  expect(await commitAll(request)).toMatchObject({ changedFiles: ['a.txt'] });
});

test('R-REPO-3: what a setup has put into a submodule may stay, and a build may add to it; changing it is refused', async () => {
  const { worktreePath, sub, request } = await withSubmodule();
  writeFiles(sub, { 'in.txt': 'vendored' });
  await noteUnfilled(worktreePath, {});
  writeFiles(worktreePath, { 'a.txt': 'a' });
  writeFiles(sub, { 'out/in.o': 'built', 'in.txt': 'patched' });
  await expect(commitAll(request)).rejects.toMatchObject(inUnfilled);
  writeFiles(sub, { 'in.txt': 'vendored' });
  expect(await commitAll(request)).toMatchObject({ changedFiles: ['a.txt'] });
});
