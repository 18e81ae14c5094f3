import { expect, test } from 'vitest';
import { legible, plainText, shown, visible } from './plain-text.ts';

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

test('fear: source text hides code in characters without a shape', () => {
  expect(shown('const { a,\u3164 } = b')).toBe('const { a,‹U+3164› } = b');
  expect(shown('ok👍\u{e0162}\ufe01')).toBe('ok👍‹U+E0162›‹U+FE01›');
  expect(shown('admin1\ufe0f, is\u200cAdmin, 葛\u{e0100}')).toBe(
    'admin1‹U+FE0F›, is‹U+200C›Admin, 葛‹U+E0100›',
  );
  const used = '❤\ufe0f 1\ufe0f\u20e3 👩\u200d💻 🏳\ufe0f\u200d🌈 نمی\u200cخواهم';
  expect(shown(used)).toBe(used);
});

test('fear: a request that a person approves contains what only a model reads', () => {
  const hidden = Array.from('rm', (letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('');
  expect(legible(`Mend it${hidden}\u200b`)).toBe('Mend it‹U+E0072›‹U+E006D›‹U+200B›');
  expect(legible('葛\u{e0100} ❤\ufe0f نمی\u200cخواهم')).toBe('葛\u{e0100} ❤\ufe0f نمی\u200cخواهم');
});

test('fear: an input that a person edits hides something', () => {
  expect(visible('photo\u202egnp.exe \u202e\u200b')).toEqual({
    names: ['‹U+202E›', '‹U+200B›'],
    rest: 'photognp.exe ',
  });
  expect(visible('\u200fשלום 葛\u{e0100} ❤\ufe0f')).toEqual({
    names: [],
    rest: '\u200fשלום 葛\u{e0100} ❤\ufe0f',
  });
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
