import { expect, test } from 'vitest';
import type { ChangedFile } from './changed-file.ts';
import { isKept } from './kept-tests.ts';
import { readTask } from './task.ts';
import type { ReportedTest } from './test-report.ts';

const changed = (path: string, before: string, after: string): ChangedFile => ({
  path,
  oldPath: null,
  status: 'changed',
  before,
  after,
});
const reported: ReportedTest = {
  file: 'test/cart.test.js',
  name: 'sums',
  result: 'failed',
  durationMs: null,
  reason: null,
};
const product = (name: string) => changed('src/cart.js', 'add(line) {\n}\n', `${name}(line) {\n}\n`);
const own = (name: string, value: string) =>
  `test('sums', () => {\n  assert.equal(cart.${name}(1), ${value});\n});\n`;
const task = readTask('Call it addLine everywhere.');

test('R-GREEN-8: a test that follows a name that the task asks for demands the same', () => {
  const renamed = [product('addLine'), changed('test/cart.test.js', own('add', '2'), own('addLine', '2'))];
  expect(isKept(reported, renamed, task)).toBe(true);
  expect(isKept(reported, renamed, readTask('The sum is wrong.'))).toBe(false);
  const bent = [product('addLine'), changed('test/cart.test.js', own('add', '2'), own('addLine', '3'))];
  expect(isKept(reported, bent, task)).toBe(false);
});
