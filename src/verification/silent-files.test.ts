import { expect, test } from 'vitest';
import { selectsTests, silentFiles, writesNodeTests } from './silent-files.ts';
import { countsOf, type ReportedTest } from './test-report.ts';

const reported = (file: string, name: string): ReportedTest => ({
  file,
  name,
  result: 'passed',
  durationMs: 1,
  reason: null,
});
const found = (...tests: ReportedTest[]) =>
  silentFiles(
    {
      kind: 'test',
      command: 'node --test',
      change: {
        passed: true,
        outputTail: '',
        report: {
          runner: 'node:test',
          source: 'report',
          tests,
          counts: countsOf(tests),
          fromCache: 0,
          isComplete: true,
        },
      },
    },
    { nodeTestFiles: ['test/a.test.js'] },
  ).map(({ kind, files }) => [kind, ...files]);

test('R-GREEN-3: a file of tests that is told as one test ended early', () => {
  expect(found(reported('test/a.test.js', ''))).toEqual([['ended_early', 'test/a.test.js']]);
});

test('R-GREEN-8: a file that tells its tests, and a helper among tests, are not blamed', () => {
  expect(found(reported('test/a.test.js', 'adds'), reported('test/helper.js', ''))).toEqual([]);
});

test.each([
  ["import { describe, test } from 'node:test';\ntest('adds', () => {});", true],
  ["const { test } = require('node:test');\n\n  test(`adds`, () => {});", true],
  ["import { test } from 'node:test';\nexport const each = (run) => run(test);", false],
  ["import { test } from './harness.js';\ntest('adds', () => {});", false],
])('R-GREEN-3: whether tests of node:test are written: %#', (text, isSo) => {
  expect(writesNodeTests(text)).toBe(isSo);
});

test('R-GREEN-8: a command that selects tests by name tells the other files as one', () => {
  expect(selectsTests("node --test --test-name-pattern='total'")).toBe(true);
  expect(selectsTests('node --test')).toBe(false);
});
