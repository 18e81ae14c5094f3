import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printsToTerminal } from '../at-terminal.fixture.ts';
import { cut, table, tableWithin } from './table.ts';

test('columns are as wide as their content without colours; the last takes the rest', () => {
  printsToTerminal();
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
  printsToTerminal();
  expect(table(['A', 'B'], [['x'.repeat(30), 'a title of some length']], 10)[1]).toBe(
    `${'x'.repeat(30)}  a title of some len…`,
  );
});

test('a short row is padded, and no line has trailing spaces', () => {
  expect(table(['A', 'B'], [['only']], 80)).toEqual(['A     B', 'only']);
});

test('cut text is one line within its limit, without split characters or escape sequences', () => {
  printsToTerminal();
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

test('fear: a sentence is cut on its way into a pipe or a file', () => {
  const sentence = 'A call of up to $0.0054 does not fit. '.repeat(20).trim();
  expect(cut(`${sentence}\n`, 40)).toBe(`${sentence} `);
  expect(table(['ID', 'WHAT'], [['1', sentence]], 40)[1]).toBe(`1   ${sentence}`);
  expect(tableWithin(['ID', 'WHAT'], [['1', sentence]], 40)[1]).toMatch(/^1 {3}A call of .*…$/);
});
