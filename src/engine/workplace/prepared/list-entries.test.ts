import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hasCache, sharesBlocks } from './list-entries.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'moose-entries-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

test('whether copies share blocks is found out by a copy, which is removed', async () => {
  expect(typeof (await sharesBlocks(root))).toBe('boolean');
  expect(await sharesBlocks('/dev/shm')).toBe(false);
  expect(await readdir(root)).toEqual([]);
});

test('fear: a folder that is not there counts as one whose copies share no blocks', async () => {
  await expect(sharesBlocks(join(root, 'gone'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test('a machine on which nothing was prepared has no cache', async () => {
  expect(await hasCache(root)).toBe(false);
  expect(await hasCache(join(root, 'gone'))).toBe(false);
  const loop = join(root, 'loop');
  await symlink(loop, loop);
  await expect(hasCache(loop)).rejects.toMatchObject({ code: 'ELOOP' });
});
