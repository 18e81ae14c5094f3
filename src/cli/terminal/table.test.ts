import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cut, table } from './table.ts';

test('columns are as wide as their content without colours; the last takes the rest', () => {
  const lines = table(
    ['ID', 'STATUS', 'TITLE'],
    [
      ['1', '\x1b[32mdone\x1b[39m', 'Short'],
      ['22222', 'failed', 'A title that is much too long for the line'],
    ],
    36,
  );
  expect(lines).toEqual([
    'ID     STATUS  TITLE',
    '1      \x1b[32mdone\x1b[39m    Short',
    '22222  failed  A title that is much…',
  ]);
});

test('a narrow terminal leaves the last column readable', () => {
  expect(table(['A', 'B'], [['x'.repeat(30), 'a title of some length']], 10)[1]).toBe(
    `${'x'.repeat(30)}  a title of some len…`,
  );
});

test('a short row is padded, and no line has trailing spaces', () => {
  expect(table(['A', 'B'], [['only']], 80)).toEqual(['A     B', 'only']);
});

test('cut text is one line within its limit, without split characters or escape sequences', () => {
  const text = fc
    .array(fc.constantFrom('a', '🫎', '\n', '\t', '\x1b[31m', '\x1b[39m', 'é'))
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, fc.integer({ min: 1, max: 20 }), (given, charsMax) => {
      const shown = cut(given, charsMax);
      const bare = shown.replaceAll('\x1b[31m', '').replaceAll('\x1b[39m', '');
      expect([...bare].length).toBeLessThanOrEqual(charsMax);
      expect(shown.isWellFormed()).toBe(true);
      expect(bare).not.toMatch(/\p{Cc}/u);
    }),
  );
});
