import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { scratchDirectory } from '../../../git/scratch-repository.fixture.ts';
import { measure } from './tree-tools.ts';

test('many folders are measured at once, and no byte is lost: an entry would look damaged', async () => {
  const root = scratchDirectory();
  for (let folder = 0; folder < 40; folder += 1) {
    mkdirSync(join(root, `${folder}`));
    for (let file = 0; file < 20; file += 1) writeFileSync(join(root, `${folder}/${file}`), 'x'.repeat(100));
  }
  symlinkSync('/nowhere', join(root, 'link'));
  const bound = { filesMax: 10_000, bytesMax: 10_000_000 };
  expect(await measure(root, bound)).toEqual({ files: 841, bytes: 80_000, links: ['link'] });
  await expect(measure(root, { ...bound, bytesMax: 79_999 })).rejects.toMatchObject({
    code: 'PREPARED_TOO_LARGE',
  });
});
