import { expect, test } from 'vitest';
import type { ChangedFile } from './changed-file.ts';
import { readTask } from './task.ts';
import { untouchedProduct } from './untouched-product.ts';

const changed = (path: string, before: string, after: string): ChangedFile => ({
  path,
  oldPath: null,
  status: 'changed',
  before,
  after,
});
const ofTests = changed('test/slug.test.js', "test('a', () => a());\n", "test('a', () => b());\n");
const checks = [{ kind: 'test' as const }];
const task = readTask('Expired links should be 410 Gone.');

test.each<[string, ChangedFile[], boolean]>([
  ['tests alone', [ofTests], true],
  [
    'a comment too',
    [ofTests, changed('src/slug.js', 'a(); // old\n', '// Gone is 410.\na(); // new\n')],
    true,
  ],
  ['a text too', [ofTests, changed('README.md', 'a', 'b')], true],
  ['a style too', [ofTests, changed('src/page.css', '#a {}\n', '#b {}\n')], false],
  ['what others test with', [changed('test/index.js', 'a();\n', 'b();\n')], false],
  ['code too', [ofTests, changed('src/slug.js', 'a();\n', 'b();\n')], false],
  ['the configuration alone', [changed('biome.json', '{}', '{ }')], false],
])('R-GREEN-4: a task about the product, and a change of %s', (_, files, isRefused) => {
  expect(untouchedProduct(checks, { files, task }).map(({ kind }) => kind)).toEqual(
    isRefused ? ['never_red'] : [],
  );
});

test('R-GREEN-8: a task about tests may leave the product as it is', () => {
  expect(
    untouchedProduct(checks, { files: [ofTests], task: readTask('Split the slug test in two.') }),
  ).toEqual([]);
});
