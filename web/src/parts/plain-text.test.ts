import { expect, test } from 'vitest';
import { legible, plainText, shown } from './plain-text.ts';

test('terminal colours and titles are removed, the text around them stays', () => {
  expect(plainText('\u001b[31mred\u001b[0m \u001b]0;title\u0007done \u009b1mbold')).toBe('red done bold');
});

test('an unterminated escape sequence does not hide later lines', () => {
  expect(plainText('a\u001b]8;;http://x\nsecond\nthird')).toBe('a\nsecond\nthird');
});

test('a progress bar shows its last state', () => {
  expect(plainText('10 %\r50 %\r100 %\r\nready')).toBe('100 %\nready');
});

test('bidirectional marks are shown and have no effect', () => {
  expect(shown('if (a\u202e) { \u2066x')).toBe('if (a‹U+202E›) { ‹U+2066›x');
  expect(shown('a\u0000b\u007f')).toBe('a␀b␡');
});

test('a long hostile text takes linear time', () => {
  const text = `\u001b[${'0'.repeat(300_000)}`;
  const before = performance.now();
  plainText(text);
  expect(performance.now() - before).toBeLessThan(1_000);
});

test('a title keeps the marks of its language and cannot be reordered', () => {
  expect(legible('\u200fשלום\u200f')).toBe('\u200fשלום\u200f');
  expect(legible('photo\u202egnp.exe')).toBe('photo‹U+202E›gnp.exe');
});
