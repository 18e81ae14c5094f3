import { expect, test } from 'vitest';
import { isRequired, missingIn } from './required-checks.ts';

const on = (...patterns: string[]) => ({ isOn: true, patterns });

test.each<[string, string, boolean]>([
  ['build', 'build', true],
  ['build', 'build 2', false],
  ['CI / *', 'CI / build (pull_request)', true],
  ['ci/*', 'ci/a/b', true],
  ['ci/?', 'ci/ab', false],
  ['test [12]', 'test 2', true],
  ['test [!12]', 'test 2', false],
  ['{lint,test}', 'lint', true],
  ['{lint,test}', 'build', false],
  ['a.c', 'abc', false],
  ['CI / build (push)', 'CI / build (push)', true],
  ['not [closed', 'not [closed', true],
  ['test [z-a]', 'test b', false],
  ['\\*', '*', true],
  ['\\*', 'a', false],
  [`${'*'.repeat(400)}x`, 'y'.repeat(5_000), false],
  ['*a*a*a*a*b', 'a'.repeat(300), false],
  ['*a*a*b', 'a'.repeat(300), false],
  ['x'.repeat(600), 'x'.repeat(600), true],
])('the pattern %j and the check %j', (pattern, name, expected) => {
  expect(isRequired(name, on(pattern))).toBe(expected);
});

test('R-SEN-6: every pattern that no check matches is missing; without patterns all checks are required', () => {
  expect(missingIn(['ci/a', 'lint'], on('ci/*', 'test', 'lint'))).toEqual(['test']);
  expect(missingIn(['ci/a'], { isOn: false, patterns: ['test'] })).toEqual([]);
  expect(isRequired('any', on())).toBe(true);
  expect(isRequired('any', { isOn: false, patterns: [] })).toBe(false);
});
