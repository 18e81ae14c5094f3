import { expect, test } from 'vitest';
import { cutToWidth, displayWidth, padToWidth, wrapToWidth } from './display-width.ts';

test.each([
  ['', 0],
  ['abc', 3],
  ['Grüße', 5],
  ['e\u0301', 1],
  ['\x1b[32mgreen\x1b[39m', 5],
  ['修正', 4],
  ['한글', 4],
  ['ｆｕｌｌ', 8],
  ['🫎', 2],
  ['👩‍🔧', 2],
  ['🇦🇹', 2],
  ['❤️', 2],
  ['✓ … — →', 7],
])('%j takes %i columns', (text, columns) => {
  expect(displayWidth(text)).toBe(columns);
});

test('a wide character is never cut in the middle', () => {
  expect(cutToWidth('修正日付', 8)).toBe('修正日付');
  expect(cutToWidth('修正日付', 7)).toBe('修正日…');
  expect(cutToWidth('修正日付', 6)).toBe('修正…');
  expect(cutToWidth('修正', 1)).toBe('…');
  expect(cutToWidth('修正', 0)).toBe('');
});

test('spaces fill up to the columns that other terminals count too', () => {
  expect(padToWidth('修', 4)).toBe('修  ');
  expect(padToWidth('long', 2)).toBe('long');
});

test.each([
  ['', 5, ['']],
  ['one two three', 7, ['one two', 'three']],
  ['one two', 6, ['one', 'two']],
  ['修正 日付', 4, ['修正', '日付']],
  ['a-long-word b', 4, ['a-long-word', 'b']],
])('%j is wrapped between words to %i columns', (text, columns, lines) => {
  expect(wrapToWidth(text, columns)).toEqual(lines);
});
