// R-FAIL-1: each of these functions handles the failures that it expects, and rethrows all others.
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { replaceFile } from './files/durable-files.ts';
import { removeTree } from './files/remove-tree.ts';
import { readYaml } from './text/bounded-yaml.ts';
import { decoded } from './text/decoded.ts';
import { namesIn } from './text/names-in.ts';

function scratchDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'moose-stdx-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

test('R-FAIL-1: text without a valid encoding stays as it is; what is no text is thrown', () => {
  expect(decoded('100%')).toBe('100%');
  expect(() => decoded(Symbol('no text') as never)).toThrow(TypeError);
});

test('R-FAIL-1: a missing folder has no names; a path that cannot be is thrown', async () => {
  expect(await namesIn(join(scratchDirectory(), 'none'))).toEqual([]);
  await expect(namesIn('a\0b')).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
});

test('R-FAIL-1: removing what is not there is a success; a path that cannot be is thrown', async () => {
  await removeTree(join(scratchDirectory(), 'none'));
  await expect(removeTree('a\0b')).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
});

test('R-FAIL-1: a text that is none is not called a wrong document', () => {
  expect(() => readYaml({ length: 1 } as never, { charsMax: 10, aliasesMax: 0 })).toThrow(TypeError);
});

test('R-FAIL-1: a file that cannot take its place leaves nothing beside it, and says so', async () => {
  const folder = scratchDirectory();
  await replaceFile(join(folder, 'kept'), 'text');
  expect(await readFile(join(folder, 'kept'), 'utf8')).toBe('text');
  await mkdir(join(folder, 'taken', 'by'), { recursive: true });
  await expect(replaceFile(join(folder, 'taken'), 'text')).rejects.toMatchObject({
    code: expect.stringMatching(/EISDIR|ENOTEMPTY|EEXIST/),
  });
  expect((await readdir(folder)).sort()).toEqual(['kept', 'taken']);
});
