import { mkdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gitIn, writeFiles } from '../scratch-repository.fixture.ts';
import { made, scratchWorktree } from '../scratch-worktree.fixture.ts';
import { commitAll } from './commit.ts';

test('an agent’s commit with the same trailers is judged like any other', async () => {
  const { worktreePath, request } = await scratchWorktree();
  writeFiles(worktreePath, { '.github/workflows/ci.yml': 'evil' });
  gitIn(worktreePath, 'add', '--all');
  gitIn(
    worktreePath,
    'commit',
    '--quiet',
    '-m',
    'Add a page\n\nMoose-Work-Order: 0190-ab12\nMoose-Attempt: 1',
  );
  await expect(commitAll(request)).rejects.toMatchObject({ code: 'FORBIDDEN_CHANGE' });
});

test('R-SEC-2: CI is changed only where the project allows it', async () => {
  const { worktreePath, request } = await scratchWorktree();
  const path = '.github/workflows/ci.yml';
  writeFiles(worktreePath, { [path]: 'x', 'a.txt': 'a' });
  await expect(commitAll(request)).rejects.toMatchObject({
    code: 'FORBIDDEN_CHANGE',
    metadata: { forbidden: [{ path }] },
  });
  expect(gitIn(worktreePath, 'status', '--porcelain')).toContain('?? a.txt');
  expect((await made({ ...request, allowCiChanges: true })).changedFiles).toContain(path);
});

test('R-SEC-2: deleting a workflow is a change to it', async () => {
  const { worktreePath, request } = await scratchWorktree({ '.github/workflows/ci.yml': 'x' });
  rmSync(join(worktreePath, '.github'), { recursive: true });
  await expect(commitAll(request)).rejects.toMatchObject({ code: 'FORBIDDEN_CHANGE' });
});

test.each([
  ['link', '/etc/passwd'],
  ['a/b/link', '../../../outside'],
])('R-SEC-2: the symbolic link %s -> %s is refused', async (path, target) => {
  const { worktreePath, request } = await scratchWorktree();
  mkdirSync(join(worktreePath, path, '..'), { recursive: true });
  symlinkSync(target, join(worktreePath, path));
  await expect(commitAll(request)).rejects.toMatchObject({
    code: 'FORBIDDEN_CHANGE',
    metadata: { forbidden: [{ path }] },
  });
});

test('R-SEC-2: a link through a link that leads out is refused', async () => {
  const { worktreePath, request } = await scratchWorktree({ '.gitignore': 'way-out\n' });
  symlinkSync('/etc', join(worktreePath, 'way-out'));
  symlinkSync('way-out/passwd', join(worktreePath, 'innocent'));
  await expect(commitAll(request)).rejects.toMatchObject({
    code: 'FORBIDDEN_CHANGE',
    metadata: { forbidden: [{ path: 'innocent' }] },
  });
});

test('links that stay inside, and links that dangle inside, are committed as links', async () => {
  const { worktreePath, request } = await scratchWorktree({ 'a/file.txt': 'x' });
  symlinkSync('a/file.txt', join(worktreePath, 'direct'));
  symlinkSync('../README.md', join(worktreePath, 'a', 'up'));
  symlinkSync('not-yet', join(worktreePath, 'dangling'));
  const { sha } = await made(request);
  expect(gitIn(worktreePath, 'ls-tree', '-r', sha).match(/^120000/gm)).toHaveLength(3);
});

test('R-SEC-2: a folder that was replaced by a link to the outside adds nothing from there', async () => {
  const { worktreePath, request } = await scratchWorktree({ 'src/a.txt': 'x' });
  rmSync(join(worktreePath, 'src'), { recursive: true });
  symlinkSync('/etc', join(worktreePath, 'src'));
  await expect(commitAll(request)).rejects.toMatchObject({ code: 'FORBIDDEN_CHANGE' });
});

test('R-SEC-2: a name that some file system takes for git’s own directory is refused', async () => {
  const { worktreePath, request } = await scratchWorktree();
  writeFiles(worktreePath, { 'a/.GIT/config': 'x' });
  await expect(commitAll(request)).rejects.toMatchObject({ code: 'FORBIDDEN_CHANGE' });
});

test('R-SEC-2: fear: an agent moves .git to another name, and its commits and settings are published', async () => {
  const { worktreePath, request } = await scratchWorktree();
  writeFiles(worktreePath, { 'old-git/HEAD': 'ref: x', 'old-git/config': '', 'old-git/objects/aa/bb': 'x' });
  await expect(commitAll(request)).rejects.toMatchObject({
    code: 'FORBIDDEN_CHANGE',
    metadata: { forbidden: [{ path: 'old-git/HEAD' }] },
  });
  // Names alone are no repository.
  rmSync(join(worktreePath, 'old-git'), { recursive: true });
  writeFiles(worktreePath, { 'docs/HEAD': 'first', 'src/objects/a.ts': 'x' });
  expect((await made(request)).changedFiles).toEqual(['docs/HEAD', 'src/objects/a.ts']);
});

test('a repository inside the worktree is refused by name', async () => {
  const { worktreePath, request } = await scratchWorktree();
  mkdirSync(join(worktreePath, 'cloned'));
  gitIn(join(worktreePath, 'cloned'), 'init', '--quiet');
  gitIn(join(worktreePath, 'cloned'), 'commit', '--quiet', '--allow-empty', '-m', 'x');
  writeFiles(worktreePath, { 'a.txt': 'a' });
  await expect(commitAll(request)).rejects.toMatchObject({
    code: 'FORBIDDEN_CHANGE',
    metadata: { forbidden: [{ path: 'cloned/' }] },
  });
  expect((await made({ ...request, excludePaths: ['cloned'] })).changedFiles).toEqual(['a.txt']);
});

test('a huge file is refused before it gets into the repository', async () => {
  const { worktreePath, request } = await scratchWorktree();
  writeFileSync(join(worktreePath, 'huge.bin'), '');
  truncateSync(join(worktreePath, 'huge.bin'), 101 * 1024 * 1024);
  await expect(commitAll(request)).rejects.toMatchObject({
    code: 'FORBIDDEN_CHANGE',
    message: expect.stringContaining('limit'),
  });
});
