import { expect, test } from 'vitest';
import { MooseError } from '../../../domain/failure.ts';
import { parseCheck } from './parse-check.ts';

test('R-PIPE-6: a given check is its kind and everything after the first equals sign', () => {
  const check = parseCheck(' test = FOO=1 npm test -- --grep "a=b" ');
  expect(check).toEqual({ kind: 'test', command: 'FOO=1 npm test -- --grep "a=b"', source: 'given' });
});

test.each([
  'npm test',
  '',
  '=npm test',
  'tests=npm test',
  'Test=x',
  'test=',
  'test=  ',
  'test=a\0b',
  `lint=${'x'.repeat(10_001)}`,
])('a check that cannot be read says how to write it: %j', (text) => {
  const thrown = errorOf(() => parseCheck(text));
  expect(thrown).toMatchObject({ code: 'CHECK_INVALID', category: 'configuration', retryable: false });
  expect(thrown.advice).toContain('setup, typecheck, build, test, lint, contract');
  expect(thrown.advice).toContain("'test=npm test'");
  expect(thrown.message.length).toBeLessThan(200);
});

function errorOf(run: () => unknown): MooseError {
  try {
    run();
  } catch (error) {
    if (error instanceof MooseError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}
