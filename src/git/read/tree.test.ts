import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchRepository } from '../scratch-repository.fixture.ts';
import { listFolder } from './tree.ts';

test('a folder of a commit is read once, because a commit never changes', async () => {
  const { path, headSha } = scratchRepository({ 'a/b.txt': 'b\n', 'a/c/d.txt': 'd\n', 'e.txt': 'e\n' });
  expect(await listFolder(path, headSha, 'a')).toEqual(['a/b.txt', 'a/c']);
  expect(await listFolder(path, headSha, '')).toEqual(['a', 'e.txt']);
  rmSync(join(path, '.git'), { recursive: true });
  expect(await listFolder(path, headSha, 'a')).toEqual(['a/b.txt', 'a/c']);
  expect(await listFolder(path, headSha, '')).toEqual(['a', 'e.txt']);
  await expect(listFolder(path, headSha, 'a/c')).rejects.toMatchObject({ component: 'git' });
});

test('fear: a name moves to another commit, and its folder is still the old one', async () => {
  const { path, commit } = scratchRepository({ 'a/b.txt': 'b\n' });
  expect(await listFolder(path, 'HEAD', 'a')).toEqual(['a/b.txt']);
  commit({ 'a/c.txt': 'c\n' });
  expect(await listFolder(path, 'HEAD', 'a')).toEqual(['a/b.txt', 'a/c.txt']);
});

test('fear: a repository that lacks a commit gets the folder that another one has', async () => {
  const { path, headSha } = scratchRepository({ 'a/b.txt': 'only here\n' });
  const other = scratchRepository();
  await listFolder(path, headSha, 'a');
  await expect(listFolder(other.path, headSha, 'a')).rejects.toMatchObject({ component: 'git' });
});
