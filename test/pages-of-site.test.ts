import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { notPages } from '../scripts/docs/pages-of-site.ts';
import { scratchDirectory } from '../src/git/scratch-repository.fixture.ts';

test('fear: what a command leaves in the checkout is published, and so is what is for coding agents', () => {
  const root = scratchDirectory();
  for (const folder of ['docs', 'reproduce-4f1c2d3e', 'src']) mkdirSync(join(root, folder));
  for (const file of ['README.md', 'AGENTS.md', 'notes of mine.md']) writeFileSync(join(root, file), '# x');
  expect(notPages(root).toSorted()).toEqual([
    'AGENTS.md',
    'notes of mine.md',
    'reproduce-4f1c2d3e/**',
    'src/**',
  ]);
});
