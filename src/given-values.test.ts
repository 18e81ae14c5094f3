import { expect, test } from 'vitest';
import { databaseUrl, dollars, logLevel } from './given-values.ts';

test.each([
  ['an amount', () => dollars('MOOSE_X', 'much', '0.50'), 'SETTING_INVALID'],
  ['an address', () => databaseUrl('mysql://a/b'), 'DATABASE_URL_INVALID'],
  ['a level', () => logLevel('loud'), 'SETTING_INVALID'],
])('what is not %s is refused, with what it could be', (_, read, code) => {
  expect(read).toThrow(expect.objectContaining({ code, advice: expect.any(String) }));
});
