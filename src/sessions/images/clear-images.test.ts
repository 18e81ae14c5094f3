import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { clearImages } from './clear-images.ts';
import { endGroup } from './engines.ts';
import { imagesPath } from './image-store.ts';

function scratchDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'moose-images-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

const idOf = (digit: string) => digit.repeat(64);
const old = new Date('2020-01-01');
const before = new Date('2025-01-01');

test('R-SEC-5: images that no session has used for long are removed; others, and strange files, stay', async () => {
  const data = scratchDirectory();
  const folder = imagesPath(data);
  for (const digit of ['a', 'b', 'c']) await mkdir(join(folder, idOf(digit)), { recursive: true });
  for (const digit of ['a', 'b']) await writeFile(join(folder, idOf(digit), 'image.json'), '{}');
  await utimes(join(folder, idOf('a'), 'image.json'), old, old);
  await mkdir(join(folder, 'names'));
  await clearImages(data, before);
  // The third image is still being unpacked: it has no `image.json` yet.
  expect((await readdir(folder)).sort()).toEqual([idOf('b'), idOf('c'), 'names']);
});

test('R-FAIL-1: a file in the place of an image is not taken for one without use', async () => {
  const data = scratchDirectory();
  await mkdir(imagesPath(data), { recursive: true });
  await writeFile(join(imagesPath(data), idOf('d')), '');
  await expect(clearImages(data, before)).rejects.toMatchObject({ code: 'ENOTDIR' });
});

test('R-FAIL-1: a group that has ended is no failure; every other refusal is one', () => {
  const noSuchGroup = 2 ** 22 + 1;
  endGroup(noSuchGroup);
  endGroup(undefined);
  expect(() => endGroup(Number.NaN)).toThrow(TypeError);
});
