import { expect, test } from 'vitest';
import { withoutCodeMarks } from './code-marks.ts';

test.each([
  ['It failed', 'It failed'],
  ['`npm test` failed', 'npm test failed'],
  ['Run `a` or `b`', 'Run a or b'],
  ['a ` alone', 'a ` alone'],
  ['``', '``'],
  ['over `two\nlines`', 'over `two\nlines`'],
])('a question that says %j is shown without the marks of commands', (text, plain) => {
  expect(withoutCodeMarks(text)).toBe(plain);
});
