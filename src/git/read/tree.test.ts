import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runGitBytes } from '../run/run-git.ts';
import { scratchRepository } from '../scratch-repository.fixture.ts';
import { inParts, listFiles, listFolder, readFiles } from './tree.ts';

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

test('a text is read once, under whatever path and in whatever commit it is', async () => {
  const { path, headSha, commit } = scratchRepository({ 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.bin': 'c\0' });
  const next = commit({ 'b.txt': 'changed\n', 'copy.txt': 'a\n' });
  const names = ['b.txt', 'a.txt', 'copy.txt', 'none.txt', 'c.bin'];
  await listFiles(path, headSha);
  await listFiles(path, next);
  expect([...(await readFiles(path, headSha, names))]).toEqual([
    ['b.txt', 'b\n'],
    ['a.txt', 'a\n'],
  ]);
  expect([...(await readFiles(path, next, ['b.txt', 'a.txt']))]).toEqual([
    ['b.txt', 'changed\n'],
    ['a.txt', 'a\n'],
  ]);
  rmSync(join(path, '.git'), { recursive: true });
  expect([...(await readFiles(path, next, ['copy.txt', 'b.txt']))]).toEqual([
    ['copy.txt', 'a\n'],
    ['b.txt', 'changed\n'],
  ]);
  await expect(readFiles(path, next, ['a.txt', 'none.txt'])).rejects.toMatchObject({ component: 'git' });
});

test('fear: a repository gets a text that only another one has', async () => {
  const { path, headSha } = scratchRepository({ 'a.txt': 'a secret\n' });
  const other = scratchRepository();
  await listFiles(path, headSha);
  await readFiles(path, headSha, ['a.txt']);
  await expect(readFiles(other.path, headSha, ['a.txt'])).resolves.toEqual(new Map());
});

test('R-REPO-4: fear: a change of many large files cannot be read, after its agent was paid', async () => {
  const names = Array.from({ length: 40 }, (_, n) => `f${n}.txt`);
  const { path } = scratchRepository(
    Object.fromEntries(names.map((name, n) => [name, 'x'.repeat(n === 7 ? 9_000 : 100)])),
  );
  let calls = 0;
  const read = async (some: readonly string[]) => {
    calls += 1;
    const input = some.map((name) => `HEAD:${name}\n`).join('');
    await runGitBytes(path, ['cat-file', '--batch'], { input, maxOutputBytes: 2_000 });
    return [...some];
  };
  expect(await inParts(names, read)).toEqual(names.filter((name) => name !== 'f7.txt'));
  expect(calls).toBeLessThan(30);
  calls = 0;
  await inParts(names.slice(0, 5), read);
  expect(calls).toBe(1);
});
