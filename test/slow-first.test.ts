import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { TestSpecification, Vitest } from 'vitest/node';
import { packageRoot } from '../src/stdx/files/own-files.ts';
import { SlowFirst, slowFiles } from './slow-first.ts';

function specification(name: string, path: string): TestSpecification {
  const config = { sequence: { groupOrder: 1 }, isolate: false };
  return { moduleId: join(packageRoot, path), project: { name, config } } as unknown as TestSpecification;
}

test('a slow file that was renamed is no longer at the front', () => {
  expect(slowFiles.filter((path) => !existsSync(join(packageRoot, path)))).toEqual([]);
});

test('unit tests come first, and in each project the slowest files', async () => {
  const isUnit = (path: string) => path.startsWith('src/');
  const [slowest = ''] = slowFiles.filter(isUnit);
  const [slowestWhole = '', nextWhole = ''] = slowFiles.filter((path) => !isUnit(path));
  const files = [
    specification('e2e', 'test/e2e/mcp.test.ts'),
    specification('e2e', nextWhole),
    specification('unit', 'src/git/read/tree.test.ts'),
    specification('e2e', slowestWhole),
    specification('unit', slowest),
  ];
  // Without results of earlier runs.
  const context = { cache: { getTestSpecificationResult: () => undefined } } as unknown as Vitest;
  const sorted = await new SlowFirst(context).sort(files);
  expect(sorted.map(({ moduleId }) => moduleId.slice(packageRoot.length + 1))).toEqual([
    slowest,
    'src/git/read/tree.test.ts',
    slowestWhole,
    nextWhole,
    'test/e2e/mcp.test.ts',
  ]);
});
