import { expect, test } from 'vitest';
import type { ChangedFile } from './changed-file.ts';
import { compareTests } from './compare-tests.ts';
import { countsOf, type ReportedTest, type TestReport, type TestResult } from './test-report.ts';

const reported = (name: string, result: TestResult = 'passed', file = 'test/a.test.js'): ReportedTest => ({
  file,
  name,
  result,
  durationMs: 1,
  reason: null,
});

const report = (...tests: ReportedTest[]): TestReport => ({
  runner: 'node:test',
  source: 'report',
  tests,
  counts: countsOf(tests),
  fromCache: 0,
  isComplete: true,
});

const file = (before: string | null, after: string | null, path = 'test/a.test.js'): ChangedFile => ({
  path,
  oldPath: null,
  status: before === null ? 'added' : after === null ? 'deleted' : 'changed',
  before,
  after,
});

const names = (tests: readonly ReportedTest[]) => tests.map(({ name }) => name);

test('R-GREEN-3: tests that no longer run, or are skipped now, are named', () => {
  const base = report(reported('adds'), reported('halves', 'failed'), reported('rounds'));
  const change = report(reported('adds'), reported('rounds', 'skipped'));
  const compared = compareTests(base, change, []);
  expect([names(compared.lost), names(compared.skipped)]).toEqual([['halves'], ['rounds']]);
});

test('R-GREEN-8: a moved test is the same test', () => {
  const change = report(reported('adds', 'passed', 'test/b.test.js'));
  expect(compareTests(report(reported('adds')), change, [])).toMatchObject({ lost: [], added: [] });
});

test('R-GREEN-8: a renamed test is the same test if it looks at the same', () => {
  const source = (title: string, value: string) =>
    `test('${title}', () => {\n  assert.equal(discount(2000, 10), ${value});\n});\n`;
  const files = [file(source('a tenth', '1800'), source('ten percent', '1800'))];
  expect(compareTests(report(reported('a tenth')), report(reported('ten percent')), files).lost).toEqual([]);
  const other = [file(source('a tenth', '1800'), "test('ten percent', () => {\n  assert.ok(true);\n});\n")];
  expect(
    names(compareTests(report(reported('a tenth')), report(reported('ten percent')), other).lost),
  ).toEqual(['a tenth']);
});

test('R-GREEN-8: tests that became cases of one test are the same tests', () => {
  const before =
    "def test_a():\n    assert slug('x y') == 'x-y'\n\n\ndef test_b():\n    assert slug('X') == 'x'\n";
  const after =
    "@pytest.mark.parametrize('text,made', [\n    ('x y', 'x-y'),\n    ('X', 'x'),\n])\ndef test_slug(text, made):\n    assert slug(text) == made\n";
  const base = report(reported('test_a'), reported('test_b'));
  const change = report(reported('test_slug[x y-x-y]'), reported('test_slug[X-x]'));
  expect(compareTests(base, change, [file(before, after)]).lost).toEqual([]);
});

test('R-GREEN-3: a test with fewer cases is told by its name', () => {
  const base = report(reported('test_n[1]'), reported('test_n[2]'), reported('test_n[3]'));
  const change = report(reported('test_n[1]'));
  expect(compareTests(base, change, []).fewerCases).toEqual([
    { name: 'test_n', file: 'test/a.test.js', before: 3, now: 1 },
  ]);
});

test('R-GREEN-3: if no test runs at all, each test of the base is named', () => {
  expect(names(compareTests(report(reported('adds'), reported('halves')), report(), []).lost)).toEqual([
    'adds',
    'halves',
  ]);
});

test('R-GREEN-3: where a runner tells only numbers, the numbers are compared', () => {
  const numbers = (passed: number): TestReport => ({
    ...report(),
    source: 'output',
    counts: { ...countsOf([]), passed },
  });
  expect(compareTests(numbers(7), numbers(3), []).missing).toBe(4);
});
