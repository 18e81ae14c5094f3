// Makes program output safe to read: removes escape sequences and shows invisible characters.

/** Limited to one line, so that an unterminated sequence cannot hide later output. */
const begin = '\u001b';
const sequences = new RegExp(
  [
    `${begin}\\[[0-?]*[ -/]*[@-~]`,
    `${begin}[\\]PX^_][^\u0007${begin}\n]*(?:\u0007|${begin}\\\\)?`,
    `${begin}[ -/]*[0-~]`,
    `\u009b[0-?]*[ -/]*[@-~]`,
  ].join('|'),
  'g',
);
/** Bidirectional overrides and zero-width characters, which source text uses only for attacks. */
const unseen = /[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

const isControl = (code: number) => (code < 0x20 && code !== 0x09 && code !== 0x0a) || code === 0x7f;

/** Expects whole lines; a line overwritten with `\r` becomes its last version. */
export function plainText(raw: string): string {
  const lines = raw.replace(sequences, '').split('\n').map(lastWritten);
  return shown(lines.join('\n'));
}

function lastWritten(line: string): string {
  const written = line.endsWith('\r') ? line.slice(0, -1) : line;
  return written.slice(written.lastIndexOf('\r') + 1);
}

/** For source text: keeps every character and names the invisible ones. */
export function shown(text: string): string {
  let safe = '';
  for (const character of text.replace(unseen, nameOf)) {
    const code = character.codePointAt(0) ?? 0;
    safe += isControl(code) ? String.fromCodePoint(code === 0x7f ? 0x2421 : 0x2400 + code) : character;
  }
  return safe;
}

/** For titles and messages: names only overrides of the reading order and keeps the marks that languages need. */
export const legible = (text: string) => text.replace(/[\u202a-\u202e\u2066-\u2069]/g, nameOf);

function nameOf(character: string): string {
  return `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`;
}

export const asJson = (value: unknown) => JSON.stringify(value, null, 2) ?? '';
