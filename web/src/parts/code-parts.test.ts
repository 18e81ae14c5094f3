import { expect, test } from 'vitest';
import { codeParts } from './code-parts.ts';

test.each([
  ['It failed', 'It failed', 0],
  ['`npm test` failed', 'npm test failed', 1],
  ['Run `a` or `b`', 'Run a or b', 2],
  ['a ` alone', 'a ` alone', 0],
  ['``', '``', 0],
  ['over `two\nlines`', 'over `two\nlines`', 0],
])('the commands in %j are found', (text, plain, count) => {
  const parts = codeParts(text);
  expect(parts.map((part) => part.text).join('')).toBe(plain);
  expect(parts.filter(({ isCode }) => isCode)).toHaveLength(count);
});
