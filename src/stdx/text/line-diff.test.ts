import { expect, test } from 'vitest';
import { lineDiff } from './line-diff.ts';

test.each<[string, string, string[]]>([
  ['a\nb\nc\n', 'a\nx\nc\n', [' a', '-b', '+x', ' c']],
  ['', 'a\n', ['+a']],
  ['a\n', '', ['-a']],
  ['a\r\nb\r\n', 'a\nb\n', [' a', ' b']],
  ['a\nb\n', 'b\na\n', ['-a', ' b', '+a']],
])('%j and %j differ by these lines', (before, after, lines) => {
  expect(lineDiff(before, after)).toEqual(lines);
});

test('fear: two long texts are compared for minutes', () => {
  expect(lineDiff('a\n'.repeat(100_000), 'b\n'.repeat(100_000))).toEqual(['(too long to compare)']);
});
