import { expect, test } from 'vitest';
import { databaseUrl, dollars, flag, logLevel, oneOf } from './parse-env-values.ts';

test.each([
  ['an amount', () => dollars('much', 'MOOSE_X', 0.5), 'SETTING_INVALID'],
  ['an address', () => databaseUrl('mysql://a/b'), 'DATABASE_URL_INVALID'],
  ['a word', () => oneOf('perhaps', 'MOOSE_X', ['yes', 'no']), 'SETTING_INVALID'],
  ['a switch', () => flag('perhaps', 'MOOSE_X'), 'SETTING_INVALID'],
  ['a level', () => logLevel('loud'), 'SETTING_INVALID'],
])('a value that is not %s is refused, with advice', (_, read, code) => {
  expect(read).toThrow(expect.objectContaining({ code, advice: expect.any(String) }));
});

test('an empty value means the default', () => {
  expect(oneOf('', 'MOOSE_X', ['yes', 'no'])).toBe('yes');
  expect(oneOf('no', 'MOOSE_X', ['yes', 'no'])).toBe('no');
});
