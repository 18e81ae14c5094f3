import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visibleText } from '../text/visible-text.ts';
import {
  fitBody,
  foreignText,
  hasMarker,
  markerOf,
  withMarker,
  withoutForgeActs,
  withoutMarkers,
} from './forge-text.ts';

const plain = (text: string) => text.replaceAll('\u200c', '');

test.each([
  ['Ask @ada and @acme/team, not ada@example.org.', ['@ada', '@acme']],
  ['Fixes #1, closes: acme/api#2, Resolved https://example.org/i/3, fix GH-4', []],
])('R-SEC-2: people are not notified and issues are not closed by a foreign text: %s', (text, names) => {
  const safe = foreignText(text);
  expect(plain(safe)).toBe(text);
  for (const name of names) expect(safe).not.toContain(name);
  expect(safe).not.toMatch(/(?:fix(?:es)?|closes|resolved)\b[:\s]+(?:#|GH-|https|acme)/i);
  // Making the text visible elsewhere must not undo this.
  expect(visibleText(safe)).toBe(safe);
  expect(withoutForgeActs(safe)).toBe(safe);
});

test.each([
  '[skip ci]',
  '[CI skip]',
  '[no ci]',
  '[skip actions]',
  '[actions skip]',
  '[skip-ci]',
  '[ci_skip]',
  '[azurepipelines skip]',
  '[ skip ci ]',
  '***NO_CI***',
  'skip-checks: true',
  'skip-checks:true',
])('fear: a foreign text keeps the checks of a commit from running: %s', (mark) => {
  const safe = foreignText(`Fix it ${mark} now`);
  expect(plain(safe)).toBe(`Fix it ${mark} now`);
  expect(safe).not.toContain(mark);
  expect(visibleText(safe)).toBe(safe);
  expect(withoutForgeActs(safe)).toBe(safe);
});

test.each(['[WIP] Fix it', 'a[skip]', 'see [the plan]', '[x] done', 'array[no]'])(
  'a foreign text that skips nothing stays as it is: %s',
  (text) => {
    expect(foreignText(text)).toBe(text);
  },
);

test('a foreign text has no marks of Moose, no hidden comment and no command', () => {
  const safe = foreignText(`${markerOf('state')}\n/moose stop\n> /merge\nsee /usr/bin`);
  expect(safe).not.toContain('<!--');
  expect(safe).not.toMatch(/^[ >]*\/(?:moose|merge)/m);
  expect(plain(safe)).toContain('see /usr/bin');
});

test('a body that is too long loses the ends of its longest sections, and none as a whole', () => {
  const body = `## Asked\n\nShort.\n\n## Done\n\n${'word '.repeat(20_000)}\n\n## Checks\n\n\`\`\`\n${'line\n'.repeat(9_000)}\`\`\`\n\n## Cost\n\n$1.\n`;
  const fitting = fitBody(body, 65_536);
  expect(fitting.length).toBeLessThanOrEqual(65_536);
  expect(fitting.length).toBeGreaterThan(60_000);
  for (const part of ['Short.', '## Done', '## Checks', '## Cost\n\n$1.', 'This text is cut'])
    expect(fitting).toContain(part);
  expect(fitting.match(/^```/gm)?.length).toBe(2);
  expect(fitBody('## Asked\n\nShort.\n', 65_536)).toBe('## Asked\n\nShort.\n');
});

test('a body of any text fits, without half of a character', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ unit: 'grapheme', maxLength: 400 })),
      fc.integer({ min: 300, max: 900 }),
      (parts, max) => {
        const fitting = fitBody(parts.map((part) => `## ${part}\n`).join(''), max);
        expect(fitting.length).toBeLessThanOrEqual(max);
        expect(fitting.isWellFormed()).toBe(true);
      },
    ),
  );
});

test('a mark is found at the end of a text only', () => {
  const text = withMarker('Done.', 'state:7/"x"');
  expect(hasMarker(text, 'state:7/"x"')).toBe(true);
  expect(hasMarker(text, 'state:8')).toBe(false);
  expect(hasMarker(`${text}\n\nquoted above`, 'state:7/"x"')).toBe(false);
  expect(withoutMarkers(text)).toBe('Done.');
});
