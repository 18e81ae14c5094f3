import { expect, test } from 'vitest';
import {
  asksTheCode,
  forgetsError,
  hasFewerAssertions,
  isAdapted,
  isBent,
  isGuarded,
  isHollowed,
  isInChangedTable,
  readsChangedData,
  subjectsOf,
  usesAdaptedSetup,
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

test.each([
  [
    "expect(wrap('a', 1)).toEqual(['a']);",
    "if (!ready) return;\n  expect(wrap('a', 1)).toEqual(['a']);",
    true,
  ],
  [
    "expect(wrap('a', 1)).toEqual(['a']);",
    "try {\n    expect(wrap('a', 1)).toEqual(['a']);\n  } catch (error) {\n    log(error);\n  }",
    true,
  ],
  ["expect(wrap('a', 1)).toEqual(['a']);", "expect(wrap('a', 2)).toEqual(['b']);", false],
])('R-GREEN-5: a test that may end or forgive before it compares is guarded: %#', (from, to, isFound) => {
  expect(isGuarded(reported('breaks lines'), rewritten(from, to))).toBe(isFound);
});

test('R-GREEN-5: a comparison with a distance is hollow, and so is one with what the product gives', () => {
  const near = rewritten('assert cents(3) == 5', 'assert abs(cents(3) - 5) <= 1');
  expect(isHollowed(reported('breaks lines'), near)).toBe(true);
  const asks = rewritten('expect(total).toBe(55);', 'expect(total).toBe(sum(prices));');
  expect(asksTheCode(reported('breaks lines'), asks)).toBe(true);
  const other = rewritten('expect(total).toBe(55);', 'expect(total).toBe(210);');
  expect(asksTheCode(reported('breaks lines'), other)).toBe(false);
});

test('R-GREEN-8: what one test no longer demands, another one of its file may', () => {
  const throwing = "expect(() => wrap('a')).toThrow(/width/);";
  const both = [
    product,
    changed(
      'wrap.test.js',
      tests(throwing),
      `${tests("expect(wrap('a')).toEqual([]);")}${tests("expect(() => wrap('a', { strict: true })).toThrow(/width/);", 'is strict')}`,
    ),
  ];
  expect(forgetsError(reported('breaks lines'), both)).toBe(false);
  const one = [product, changed('wrap.test.js', tests(throwing), tests("expect(wrap('a')).toEqual([]);"))];
  expect(forgetsError(reported('breaks lines'), one)).toBe(true);
});

const rows = (...prices: number[]) =>
  `const prices = [\n${prices.map((cents) => `  { cents: ${cents} },\n`).join('')}];\nfor (const { cents } of prices)\n  test('costs ' + cents, () => expect(wrap(cents)).toBe(cents));\n`;

test('R-GREEN-8: rows of a table may change, and what is done with them may not', () => {
  const row = reported('costs 390');
  expect(isInChangedTable(row, [product, changed('wrap.test.js', rows(390, 470), rows(430, 470))])).toBe(
    true,
  );
  const undone = rows(430, 470).replace('expect(wrap(cents)).toBe(cents)', 'wrap(cents)');
  expect(isInChangedTable(row, [product, changed('wrap.test.js', rows(390, 470), undone)])).toBe(false);
});

test('R-GREEN-8: recorded outputs may change, with a result that the task states if it states one', () => {
  const files = [
    product,
    changed('test/golden/sample.txt', 'Total 259.90', 'Total 257.91'),
    changed('wrap.test.js', tests(before), tests(before)),
  ];
  const sample = reported('breaks lines');
  expect(readsChangedData(sample, files, readTask('Show a discount.'))).toBe(true);
  expect(readsChangedData(sample, files, readTask('The total must be 257.91 EUR.'))).toBe(true);
  expect(readsChangedData(sample, files, readTask('The total must be 240.00 EUR.'))).toBe(false);
});

test('R-GREEN-8: a helper may give the same in another form, and decide nothing else', () => {
  const own = changed('wrap.test.js', tests(before), tests(before));
  const given = (text: string) => [
    product,
    own,
    changed('test/support/given.js', "export const given = { secret: 'x' };\n", text),
  ];
  const sample = reported('breaks lines');
  expect(usesAdaptedSetup(sample, given("export const given = { secrets: ['x'] };\n"))).toBe(true);
  expect(usesAdaptedSetup(sample, given("export const given = { secret: 'y' };\n"))).toBe(false);
  expect(usesAdaptedSetup(sample, given("export const given = on ? { secret: 'x' } : null || {};\n"))).toBe(
    false,
  );
});
