import { expect, test } from 'vitest';
import { gitIn, scratchDirectory, writeFiles } from '../../git/scratch-repository.fixture.ts';
import { filePatternsAt, includePath } from './file-patterns.ts';

test('patterns of files to copy must be text', async () => {
  const path = scratchDirectory();
  gitIn(path, 'init', '-q', '-b', 'main');
  writeFiles(path, { [includePath]: Buffer.from([0xff, 0xfe, 0x00, 0x61]) });
  gitIn(path, 'add', '-A');
  gitIn(path, '-c', 'user.name=a', '-c', 'user.email=a@b', 'commit', '-qm', 'x');
  const sha = gitIn(path, 'rev-parse', 'HEAD').trim();
  await expect(filePatternsAt(path, sha, {})).rejects.toMatchObject({
    message: expect.stringContaining('UTF-8'),
  });
});
