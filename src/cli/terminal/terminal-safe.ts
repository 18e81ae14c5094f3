// Text from models, agents and repositories must not control the terminal, hide anything on it, or pose as output of
// Moose beyond its own line (R-SEC-2). Pure.
//
// Of the control characters, only line ends and tabs stay. Colours that are readable on any background stay, as test
// runners print them. Styles that hide text (black, white, backgrounds, reversed, concealed) are removed, and every
// style ends with its text. Characters that change the writing direction or have no width become visible, because they
// can make code look like other code, or hide it. Where letters and emoji need them, one joiner and one variation selector
// stay.

import { unseen } from '../../domain/text/visible-text.ts';

type Group = 'colour' | 'weight' | 'slant' | 'line' | 'all';

const readable = new Map<string, { group: Group; opens: boolean }>([
  ['', { group: 'all', opens: false }],
  ['0', { group: 'all', opens: false }],
  ['1', { group: 'weight', opens: true }],
  ['2', { group: 'weight', opens: true }],
  ['22', { group: 'weight', opens: false }],
  ['3', { group: 'slant', opens: true }],
  ['23', { group: 'slant', opens: false }],
  ['4', { group: 'line', opens: true }],
  ['24', { group: 'line', opens: false }],
  ['39', { group: 'colour', opens: false }],
  ...['31', '32', '33', '34', '35', '36', '90', '91', '92', '93', '94', '95', '96'].map(
    (code) => [code, { group: 'colour', opens: true }] as const,
  ),
]);

const reset = '\x1b[0m';
const turned = '\u{FFFD}';

// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern looks for the escape character
const steering = /\x1b\[([0-9;]*)m|[^\P{Cc}\n\t]/gu;

export function terminalSafe(text: string): string {
  const open = new Set<Group>();
  const steered = text.replace(steering, (found, codes: string | undefined) => {
    const styles = codes === undefined ? [] : codes.split(';').map((code) => readable.get(code));
    if (codes === undefined || styles.includes(undefined)) return '';
    for (const style of styles) {
      if (style?.group === 'all') open.clear();
      else if (style?.opens) open.add(style.group);
      else if (style) open.delete(style.group);
    }
    return found;
  });
  const safe = steered.replace(unseen, turned);
  return open.size > 0 ? safe + reset : safe;
}

/** The same JSON for a program, but safe for a terminal: control characters that JSON allows are escaped. */
export function jsonSafe(json: string): string {
  return json.replace(
    /[^\P{Cc}\n]|\p{Bidi_Control}/gu,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
