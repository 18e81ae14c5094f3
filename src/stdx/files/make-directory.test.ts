import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeDirectory } from './make-directory.ts';

test('a directory is made with those above it, and made again it is as it was', async () => {
  const root = mkdtempSync(join(tmpdir(), 'moose-directory-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const path = join(root, 'a', 'b', 'c');
  await makeDirectory(path, 0o700);
  await makeDirectory(path, 0o700);
  expect(statSync(path).mode & 0o777).toBe(0o700);
  writeFileSync(join(root, 'file'), '');
  await expect(makeDirectory(join(root, 'file', 'x'), 0o700)).rejects.toMatchObject({ code: 'EEXIST' });
});

test.skipIf(process.platform !== 'linux')('fear: a directory below /proc is tried for ever', async () => {
  await expect(makeDirectory('/proc/nope/deeper', 0o700)).rejects.toMatchObject({ code: 'ENOENT' });
});
