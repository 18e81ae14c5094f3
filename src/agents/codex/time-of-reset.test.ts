import { expect, test } from 'vitest';
import { timeOfReset } from './time-of-reset.ts';

const now = new Date(2027, 1, 20, 22, 30);

test.each([
  ['try again at 11:53 PM.', new Date(2027, 1, 20, 23, 53)],
  ['try again at 12:05 AM.', new Date(2027, 1, 21, 0, 5)],
  ['or try again at Feb 21st, 2027 9:53 PM.', new Date(2027, 1, 21, 21, 53)],
  ['Try again at Mar 2nd, 2027 12:00 PM.', new Date(2027, 2, 2, 12, 0)],
  ['try again at Foo 2nd, 2027 12:00 PM.', null],
  ['try again at 13:00 PM.', null],
  ['try again later.', null],
])('%s', (message, expected) => {
  expect(timeOfReset(message, now)).toEqual(expected);
});
