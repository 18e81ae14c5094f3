import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonSafe, terminalSafe } from './terminal-safe.ts';

const esc = '\x1b';
const red = `${esc}[31m`;
const plain = `${esc}[39m`;

test.each([
  ['line ends and tabs stay', 'a\n\tb', 'a\n\tb'],
  ['a screen is not cleared', `${esc}[2J${esc}[Ha`, '[2J[Ha'],
  ['a title is not set', `${esc}]0;owned\x07a`, ']0;owneda'],
  [
    'a link does not lead elsewhere',
    `${esc}]8;;http://evil${esc}\\here${esc}]8;;${esc}\\`,
    ']8;;http://evil\\here]8;;\\',
  ],
  ['a line is not overwritten', 'rm -rf\rls    ', 'rm -rfls    '],
  ['nothing is erased', 'abc\b\b\b', 'abc'],
  ['a one-byte escape is removed', '\x9b2J\x85a', '2Ja'],
  ['a bell does not ring', 'a\x07', 'a'],
  ['closed colours stay as they are', `${red}a${plain}b`, `${red}a${plain}b`],
  ['bold and colour at once', `${esc}[1;31ma${esc}[0m`, `${esc}[1;31ma${esc}[0m`],
  ['a colour does not reach beyond its text', `${red}a`, `${red}a${esc}[0m`],
  ['a colour closed by another group stays open', `${red}a${esc}[22m`, `${red}a${esc}[22m${esc}[0m`],
  ['concealed text is shown', `${esc}[8ma${esc}[28m`, 'a'],
  ['black text is shown', `${esc}[30ma`, 'a'],
  ['a background of the same colour is removed', `${esc}[31;41ma`, 'a'],
  ['a 24-bit colour is removed', `${esc}[38;2;0;0;0ma`, 'a'],
  ['an escape made of pieces is removed', `${esc}\x00[31ma`, '[31ma'],
  ['an escape inside another is removed', `${esc}[${esc}[31m2Ja`, `[${red}2Ja${esc}[0m`],
  ['a change of writing direction is visible', 'if (\u202e a \u2066 b', 'if (\u{FFFD} a \u{FFFD} b'],
  ['characters without width are visible', 'a\u200bb\ufeffc\u{e0041}d', 'a\u{FFFD}b\u{FFFD}c\u{FFFD}d'],
  [
    'text hidden in variation selectors, fillers and joiners is visible',
    'a\u3164b\u{e0162}c\u200c\u200d\u00add',
    'a\u{FFFD}b\u{FFFD}c\u200c\u{FFFD}\u{FFFD}d',
  ],
  ['forms of letters and emoji stay', '葛\u{e0100} ❤\ufe0f 👩\u200d💻', '葛\u{e0100} ❤\ufe0f 👩\u200d💻'],
  ['letters of all languages stay', 'žluťoučký 日本語 עברית 🫎', 'žluťoučký 日本語 עברית 🫎'],
])('R-SEC-2: %s', (_, text, safe) => {
  expect(terminalSafe(text)).toBe(safe);
});

const pieces = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        esc,
        '[',
        ';',
        'm',
        '31',
        '8',
        '0',
        '41',
        '\x9b',
        '\r',
        '\x00',
        '\u202e',
        '\u200c',
        '\ufe0f',
        '\u3164',
        '❤',
        ']',
        '\\',
        '\x07',
        '\n',
      ),
      fc.string({ unit: 'binary', maxLength: 3 }),
    ),
  )
  .map((parts) => parts.join(''));

const colour = /^\[((0|1|2|3|4|22|23|24|3[1-69]|9[0-6])?(;|(?=m)))*m/;
/** Control characters except line ends and tabs, and characters that change the writing direction. */
const unseen = /[^\P{Cc}\n\t]|\p{Bidi_C}/u;

test('R-SEC-2: in any text only readable colours survive, all are closed, and the function is idempotent', () => {
  fc.assert(
    fc.property(pieces, (text) => {
      const safe = terminalSafe(text);
      const left = safe.split(esc).map((part, index) => (index === 0 ? part : part.replace(colour, '')));
      for (const part of left) expect(part).not.toMatch(unseen);
      for (const part of safe.split(esc).slice(1)) expect(part).toMatch(colour);
      expect(terminalSafe(safe)).toBe(safe);
    }),
    { numRuns: 2_000 },
  );
});

test('R-SEC-2: JSON stays the same to a program, and cannot control the terminal', () => {
  fc.assert(
    fc.property(pieces, (text) => {
      const json = jsonSafe(JSON.stringify({ text }));
      expect(JSON.parse(json)).toEqual({ text });
      expect(json).not.toMatch(/\p{Cc}|\p{Bidi_C}/u);
    }),
  );
});
