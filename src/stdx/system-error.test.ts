import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { errorCode, hasErrorCode } from './system-error.ts';

test('the code of an error of the system', async () => {
  const missing = await readFile('/nowhere/at/all').catch((error: unknown) => error);
  expect(errorCode(missing)).toBe('ENOENT');
  expect(hasErrorCode(missing, 'EACCES', 'ENOENT')).toBe(true);
  expect(hasErrorCode(missing, 'EACCES')).toBe(false);
  expect(hasErrorCode(missing)).toBe(false);
});

test.each([[new Error('plain')], [{ code: 'ENOENT' }], [null], [undefined], ['ENOENT']])(
  '%j has no code: only an error has one',
  (thrown) => {
    expect(errorCode(thrown)).toBeUndefined();
    expect(hasErrorCode(thrown, 'ENOENT', 'undefined')).toBe(false);
  },
);

test('a code that is a number is not one of the system', () => {
  expect(errorCode(Object.assign(new Error('DOM'), { code: 20 }))).toBeUndefined();
});
