import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { assertTemporaryDirectory } from './temporary-directory.ts';

test('fear: a TMPDIR that does not exist is blamed on the data directory, or on Moose', async () => {
  const before = process.env.TMPDIR;
  const made = mkdtempSync(join(tmpdir(), 'moose-temporary-'));
  onTestFinished(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(made, { recursive: true, force: true });
  });
  process.env.TMPDIR = made;
  await assertTemporaryDirectory();
  process.env.TMPDIR = join(made, 'gone');
  await expect(assertTemporaryDirectory()).rejects.toMatchObject({
    code: 'TEMPORARY_DIRECTORY_UNUSABLE',
    category: 'configuration',
    message: expect.stringContaining(join(made, 'gone')),
    advice: expect.stringContaining('TMPDIR'),
  });
});
