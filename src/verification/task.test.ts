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
