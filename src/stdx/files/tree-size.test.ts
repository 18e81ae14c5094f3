import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { treeSize } from './tree-size.ts';

test('the size of a tree does not follow links, and stops at its limit', async () => {
  const root = mkdtempSync(join(tmpdir(), 'moose-tree-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'inner'));
  for (const name of ['one', 'two', 'inner/three']) writeFileSync(join(root, name), '12345');
  symlinkSync('/', join(root, 'inner', 'link'));
  expect((await treeSize(root, 100)).bytes).toBe(15 + 1);
  expect(await treeSize(join(root, 'missing'), 100)).toEqual({ bytes: 0, left: 100 });
  const { bytes, left } = await treeSize(root, 2);
  expect(left).toBe(0);
  expect(bytes).toBeLessThanOrEqual(5);
});
