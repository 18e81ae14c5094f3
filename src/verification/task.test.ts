import { expect, test } from 'vitest';
import { readTask } from './task.ts';

test.each([
  ['Fix the rounding. Add a regression test.', true],
  ['Write unit tests for the parser.', true],
  ['The tests are red: make them pass.', false],
  ['Fix the failing test in cart.test.js.', false],
])('R-GREEN-4: whether a task asks for a test: %s', (text, asks) => {
  expect(readTask(text).asksForTest).toBe(asks);
});

test.each([
  ['Remove legacyTotal and its test.', true],
  ['Drop support of the old legacy total.', true],
  ['The legacy total has been deprecated for a year; retire it.', true],
  ['legacyTotal must be removed.', true],
  ['The legacy total is no longer needed.', true],
  ['Fix discount().', false],
  ['slug() must remove dashes.', false],
])('R-GREEN-8: whether a task asks to remove legacyTotal: %s', (text, asks) => {
  expect(readTask(text).asksToRemove(['legacyTotal is total'])).toBe(asks);
});

test.each([
  ['Update the tests of the cart to the new format.', true],
  ['Convert the specs from mocha to vitest.', true],
  ['The test must expect a TypeError instead.', true],
  ['Fix the failing tests.', false],
  ['Change discount() so that the red tests pass.', false],
])('R-GREEN-8: whether a task asks to change tests: %s', (text, asks) => {
  expect(readTask(text).asksToChangeTests).toBe(asks);
});

test.each([
  ['Cards end with a name; update the snapshots.', true],
  ['The snapshots must change accordingly.', true],
  ['Do not update the snapshots.', false],
  ['The snapshots show what cards look like.', false],
])('R-GREEN-8: whether a task asks to renew snapshots: %s', (text, asks) => {
  expect(readTask(text).asksForSnapshots).toBe(asks);
});

test.each([
  ['Move src/range.ts and its tests to src/numbers/.', true],
  ['Write tests for parse(). Raise the coverage.', false],
])('a dot in the name of a file ends no sentence: %s', (text, asks) => {
  expect(readTask(text).asksToChangeTests).toBe(asks);
});

test.each([
  ['Add tests for parse(). Cover its errors by tests too.', true],
  ['parse() must read comments. Add a test.', false],
])('R-GREEN-4: whether a task is about tests alone: %s', (text, isAbout) => {
  expect(readTask(text).isAboutTests).toBe(isAbout);
});

test('R-GREEN-8: names that are too short for words count where they are written as code', () => {
  expect(readTask('Remove at() and its test.').asksToRemove(['at'])).toBe(true);
  expect(readTask('Remove what is at the end.').asksToRemove(['at'])).toBe(false);
});

test('R-GREEN-5: a value that the task shows in a call is an example', () => {
  expect(readTask('seconds("2m") must be 120.').hasArgument('2m')).toBe(true);
  expect(readTask('VIP customers get 20 %.').hasArgument('VIP')).toBe(false);
});

test.each([
  ['Slug("Café") gives "caf". Should be "cafe". Table test please.', true],
  ['Jobs of equal priority run in reverse order. Regression test!', true],
  ['Queue.cancel() lets running jobs end. Test with a job that calls it.', true],
  ['- prints a JSON array\n- no total row\n- tested', true],
  ['percentile() is off by one. Fix it, and correct the literal in the test, which is wrong.', false],
  ['The tests are red since Monday. Mend the cause.', false],
  ['Rip out insurance: the flag, the file, whatever tests belong to it', false],
])('R-GREEN-4: whether a task asks for a test: %s', (text, asks) => {
  expect(readTask(text).asksForTest).toBe(asks);
});

test.each([
  ['Expired links should be 410 Gone. Adjust TestExpiredLink.', true],
  ['Lines with an escaped quote are rejected. Add one to the sample.', true],
  ["'forgets it then' is flaky in CI. I want the cause removed.", false],
  ['turn slug_test.go into one table test. same cases please', false],
  ['Tax wants to add examples without touching Python.', false],
])('R-GREEN-4: whether a task asks for more than tests: %s', (text, asks) => {
  expect(readTask(text).asksForProduct).toBe(asks);
});

test.each([
  ['render() concatenates in a loop, please build a list. Pure clean-up, same output.', true],
  ['Make to_cents faster. The amounts must not change.', true],
  ['Refactor the reader, and fix the crash on empty lines.', false],
  ['Customers get 30 days instead of 14.', false],
])('R-GREEN-8: whether a task asks for the same behaviour: %s', (text, keeps) => {
  expect(readTask(text).keepsBehaviour).toBe(keeps);
});

test('R-GREEN-8: a task that asks to change tests says whose, if it names any', () => {
  const task = readTask('discount() is wrong. Update the test of format: it should show euros.');
  expect(task.asksToChangeTestsOf(['format'])).toBe(true);
  expect(task.asksToChangeTestsOf(['discount'])).toBe(false);
});
