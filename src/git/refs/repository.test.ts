import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shellWord } from '../../stdx/text/shell-words.ts';
import { gitIn, scratchDirectory, scratchRepository } from '../scratch-repository.fixture.ts';
import { findRemote, inspectRepository } from './repository.ts';

test('reports the state of a clean repository', async () => {
  const { path, headSha } = scratchRepository();
  expect(await inspectRepository(path)).toEqual({
    root: path,
    headSha,
    headBranch: 'main',
    isDirty: false,
    dirtyPaths: [],
  });
  expect(await findRemote(path)).toBeNull();
});

test('accepts a directory below the root, a detached HEAD and dirty files with any name', async () => {
  const { path, git, write } = scratchRepository({ 'a/b.txt': 'x' });
  git('checkout', '--quiet', '--detach');
  write({ 'a/b.txt': 'changed', 'new\nline é.txt': 'x', '-dash': 'x' });
  const state = await inspectRepository(join(path, 'a'));
  expect(state).toMatchObject({ root: path, headBranch: null, isDirty: true });
  expect(state.dirtyPaths.sort()).toEqual(['-dash', 'a/b.txt', 'new\nline é.txt']);
});

test('names at most ten dirty paths', async () => {
  const { path, write } = scratchRepository();
  write(Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`f${index}`, 'x'])));
  expect((await inspectRepository(path)).dirtyPaths).toHaveLength(10);
});

test('finds the branch’s own remote before origin, and shows it without its password', async () => {
  const { path, git } = scratchRepository();
  git('remote', 'add', 'first', '/tmp/first.git');
  expect((await findRemote(path))?.name).toBe('first');
  git('remote', 'add', 'origin', 'https://me:secret@example.org/a.git');
  expect(await findRemote(path)).toEqual({
    name: 'origin',
    url: 'https://me:secret@example.org/a.git',
    shownUrl: 'https://***@example.org/a.git',
  });
  git('config', 'branch.main.remote', 'first');
  expect((await findRemote(path))?.name).toBe('first');
});

test('finds where a person pushes to instead, and a remote without an address', async () => {
  const { path, git } = scratchRepository();
  git('remote', 'add', 'origin', 'https://example.org/a (old).git');
  git('config', 'remote.origin.pushurl', 'ssh://git@example.org/mine.git');
  expect(await findRemote(path)).toEqual({
    name: 'origin',
    url: 'https://example.org/a (old).git',
    shownUrl: 'https://example.org/a (old).git',
    pushUrl: 'ssh://git@example.org/mine.git',
  });
  git('config', '--remove-section', 'remote.origin');
  git('config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*');
  expect(await findRemote(path)).toMatchObject({ name: 'origin', url: 'origin' });
});

test.each([
  ['a path that does not exist', 'REPOSITORY_NOT_FOUND', (directory: string) => join(directory, 'gone')],
  ['a directory that is no repository', 'REPOSITORY_NOT_FOUND', (directory: string) => directory],
  [
    'a file',
    'REPOSITORY_NOT_FOUND',
    (directory: string) => {
      writeFileSync(join(directory, 'file'), '');
      return join(directory, 'file');
    },
  ],
  [
    'a repository without a commit',
    'REPOSITORY_EMPTY',
    (directory: string) => {
      gitIn(directory, 'init', '--quiet');
      return directory;
    },
  ],
  [
    'a bare repository',
    'REPOSITORY_BARE',
    (directory: string) => {
      gitIn(directory, 'init', '--quiet', '--bare');
      return directory;
    },
  ],
  [
    'the inside of .git',
    'REPOSITORY_NOT_FOUND',
    (directory: string) => {
      gitIn(directory, 'init', '--quiet');
      return join(directory, '.git');
    },
  ],
])('%s is %s, with advice', async (_, code, make) => {
  const path = make(scratchDirectory());
  await expect(inspectRepository(path)).rejects.toMatchObject({
    code,
    category: 'configuration',
    advice: expect.any(String),
  });
});

test.each([
  [
    'needs an extension that this git does not know',
    'REPOSITORY_FORMAT_UNKNOWN',
    'v2store',
    'extensions.v2Store',
  ],
  ['has a later format', 'REPOSITORY_FORMAT_UNKNOWN', '99', 'core.repositoryFormatVersion'],
  ['has a configuration that cannot be read', 'REPOSITORY_CONFIG_INVALID', 'bad config line', null],
])('R-REPO-4: a repository that %s is %s, with what is wrong', async (_, code, said, key) => {
  const { path, git } = scratchRepository();
  if (key === null) appendFileSync(join(path, '.git/config'), '[broken\n');
  else {
    git('config', 'core.repositoryFormatVersion', '1');
    git('config', key, '99');
  }
  await expect(inspectRepository(path)).rejects.toMatchObject({
    code,
    category: 'configuration',
    message: expect.stringContaining(said),
    advice: expect.stringContaining('git'),
  });
});

test('fear: a command in the wrong folder does not say which folder that is', async () => {
  const path = scratchDirectory();
  await expect(inspectRepository(path)).rejects.toMatchObject({
    code: 'REPOSITORY_NOT_FOUND',
    message: `${path} is not in a git repository`,
  });
});

test('the advice is a command that can be pasted, whatever the path is called', async () => {
  const path = join(scratchDirectory(), "it's here; rm -r x");
  mkdirSync(path);
  gitIn(path, 'init', '--quiet');
  await expect(inspectRepository(path)).rejects.toMatchObject({
    advice: expect.stringContaining(shellWord(path)),
  });
});

test('a submodule that is not checked out leaves a repository clean', async () => {
  const inner = scratchRepository();
  const outer = scratchRepository();
  outer.git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', inner.path, 'sub');
  outer.commit({});
  const clone = join(scratchDirectory(), 'clone');
  mkdirSync(clone);
  gitIn(clone, 'clone', '--quiet', outer.path, '.');
  expect((await inspectRepository(clone)).isDirty).toBe(false);
});
