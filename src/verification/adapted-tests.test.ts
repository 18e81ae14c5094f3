import { expect, test } from 'vitest';
import {
  followsNumbers,
  forgetsError,
  hasFewerAssertions,
  isAdapted,
  isBent,
  isHollowed,
  looksForAsked,
  subjectsOf,
  withoutSuccessors,
} from './adapted-tests.ts';
import type { ChangedFile } from './changed-file.ts';
import { readTask } from './task.ts';
import type { ReportedTest } from './test-report.ts';

const changed = (path: string, before: string, after: string): ChangedFile => ({
  path,
  oldPath: null,
  status: 'changed',
  before,
  after,
});
const reported = (name: string): ReportedTest => ({
  file: 'wrap.test.js',
  name,
  result: 'passed',
  durationMs: null,
  reason: null,
});
const product = changed(
  'wrap.js',
  'export function wrap(text, width) {\n}\n',
  'export function wrap(text, { width }) {\n}\n',
);
const tests = (body: string, title = 'breaks lines') => `test('${title}', () => {\n  ${body}\n});\n`;
const before = "expect(wrap('a b', 1)).toEqual(['a', 'b']);";
const task = readTask('wrap() takes an object { width } as its second argument.');

test.each([
  ["expect(wrap('a b', { width: 1 })).toEqual(['a', 'b']);", true],
  ["expect(wrap('a b', { width: 1 })).not.toEqual(['a', 'b']);", false],
  ["expect(wrap('a b', { width: 1 })).toEqual(['a b']);", false],
  ["expect(wrap('a b', { width: 1 })).toBeDefined(['a', 'b']);", false],
  [
    "if (wrap('a b', { width: 1 }).length === 2) expect(wrap('a b', { width: 1 })).toEqual(['a', 'b']);",
    false,
  ],
  ["wrap('a b', { width: 1 }); void ['a', 'b'];", false],
])('R-GREEN-8: a test that only calls otherwise is adapted: %s', (after, isSame) => {
  const files = [product, changed('wrap.test.js', tests(before), tests(after))];
  expect(isBent(reported('breaks lines'), files)).toBe(!isSame);
  expect(isAdapted(reported('breaks lines'), files, task)).toBe(isSame);
});

test('R-GREEN-5: a test is not adapted if the task does not ask for another declaration', () => {
  const after = tests("expect(wrap('a b', { width: 1 })).toEqual(['a', 'b']);");
  const files = [product, changed('wrap.test.js', tests(before), after)];
  expect(isAdapted(reported('breaks lines'), files, readTask('Lines are cut. Mend it.'))).toBe(false);
});

test('R-GREEN-5: a test that is gone is bent', () => {
  const files = [product, changed('wrap.test.js', tests(before), '')];
  expect(isBent(reported('breaks lines'), files)).toBe(true);
});

test('R-GREEN-8: a new expectation that stands in the task is asked for', () => {
  const files = [
    changed('wrap.test.js', tests(before), tests("expect(wrap('a b', 1)).toEqual(['a-', 'b']);")),
  ];
  const asks = readTask('Lines end with a dash: "a-".');
  expect(looksForAsked(reported('breaks lines'), files, asks)).toBe(true);
  expect(looksForAsked(reported('breaks lines'), files, readTask('Lines are cut.'))).toBe(false);
});

test('R-GREEN-8: a test with another title and expectation takes the place of a red one once', () => {
  const after = tests("expect(wrap('a b', 1)).toEqual(['b', 'a']);", 'breaks lines backwards');
  const files = [product, changed('wrap.test.js', tests(before) + tests(before, 'cuts'), after)];
  const lost = [reported('breaks lines'), reported('cuts')];
  const added = [reported('breaks lines backwards')];
  expect(subjectsOf(lost[0] as ReportedTest, files)).toEqual(['wrap']);
  expect(withoutSuccessors(lost, () => true, added, files)).toEqual([lost[1]]);
  expect(withoutSuccessors(lost, () => false, added, files)).toEqual(lost);
});

const rewritten = (from: string, to: string) => [product, changed('wrap.test.js', tests(from), tests(to))];

test.each([
  ["expect(wrap('a', 1)).toEqual(['a']);", "expect(wrap('a', 1)).toBeDefined();", true],
  ['assert naps == [1, 2]', 'assert naps is not None', true],
  ["expect(wrap('a', 1)).toEqual(['a']);", "expect(wrap('a', 1)).toEqual(['b']);", false],
])('R-GREEN-5: a comparison that became a question is hollow: %s → %s', (from, to, isHollow) => {
  expect(isHollowed(reported('breaks lines'), rewritten(from, to))).toBe(isHollow);
});

test('R-GREEN-5: a test that demands no error and less than before is recognised', () => {
  const files = rewritten('expect(() => wrap()).toThrow(/text/);', 'wrap();');
  expect(forgetsError(reported('breaks lines'), files)).toBe(true);
  expect(hasFewerAssertions(reported('breaks lines'), files)).toBe(true);
  const same = rewritten('expect(() => wrap()).toThrow(/text/);', 'expect(() => wrap()).toThrow(/a text/);');
  expect(forgetsError(reported('breaks lines'), same)).toBe(false);
  expect(hasFewerAssertions(reported('breaks lines'), same)).toBe(false);
});

test('R-GREEN-8: numbers follow a limit that the task and the product change', () => {
  const limit = (max: number) => `export const max = ${max};\n`;
  const files = [
    changed('wrap.js', limit(20), limit(100)),
    changed('wrap.test.js', tests('expect(fill(21)).toThrow(20);'), tests('expect(fill(101)).toThrow(100);')),
  ];
  expect(followsNumbers(reported('breaks lines'), files, readTask('Raise it to 100.'))).toBe(true);
  expect(followsNumbers(reported('breaks lines'), files, readTask('Raise it.'))).toBe(false);
});
