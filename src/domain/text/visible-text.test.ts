import { expect, test } from 'vitest';
import { visibleLine, visibleText } from './visible-text.ts';

test.each([
  ['an order of reading that is forced shows', 'photo\u202egnp.exe', 'photo\ufffdgnp.exe'],
  ['an isolate too', 'a\u2066b\u2069', 'a\ufffdb\ufffd'],
  ['text without width goes', 'a\u200bd\u2060m\ufeffin', 'admin'],
  ['text hidden in tags goes', 'Mend it\u{e0069}\u{e0067}\u{e006e}', 'Mend it'],
  ['text hidden in a run of variation selectors goes', 'ok\u{1f44d}\u{e0162}\u{e015d}\ufe01', 'ok\u{1f44d}'],
  ['a run of joiners becomes one', 'a\u200c\u200d\u200c\u200b\u200db', 'a\u200cb'],
  ['fillers and soft hyphens go', 'a\u3164b\u00adc\u115fd\u034fe', 'abcde'],
  [
    'forms of letters and emoji stay',
    '葛\u{e0100} ❤\ufe0f 1\ufe0f\u20e3 🏳\ufe0f\u200d🌈',
    '葛\u{e0100} ❤\ufe0f 1\ufe0f\u20e3 🏳\ufe0f\u200d🌈',
  ],
  ['no terminal is steered', '\u001b[31mred\u001b]0;owned\u0007\u009b2J\u007f', '[31mred]0;owned2J'],
  ['lines and tabs stay', 'a\n\tb', 'a\n\tb'],
  ['letters of all languages and emoji stay', 'עברית نمی‌خواهم 漢字 👩‍💻', 'עברית نمی‌خواهم 漢字 👩‍💻'],
])('R-SEC-2: %s', (_, text, visible) => {
  expect(visibleText(text)).toBe(visible);
});

test('a title is one line', () => {
  expect(visibleLine(' Two\nlines\r\nand\ta\u202e tab ')).toBe('Two lines and a\ufffd tab');
});
