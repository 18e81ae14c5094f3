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
/** A variation selector directly after an emoji. */
const choosing = '\\p{ExtPict}[\\ufe0e\\ufe0f]|[\\d#*]\\ufe0f(?=\\u20e3)';
/** A joiner that nothing invisible precedes, as letters and emoji need it. */
const joining = '(?:(?<!\\p{DI})|(?<=\\p{ExtPict}\\ufe0f))\\p{Join_C}';
const invisible = '[\\p{DI}\\ufff9-\\ufffb]';
/** Characters without a shape, which source text uses only for attacks. Between ASCII characters nothing is joined. */
const unseen = new RegExp(`${invisible}(?<!(?<!^|[\\0-\\x7f])${joining}|${choosing})`, 'gu');
/** The same for titles and messages, which may contain what languages need: direction marks, and forms of letters. */
const ofLanguages = '[\\u061c\\u200e\\u200f]|[\\p{Ideographic}\\u1820-\\u18aa]\\p{VS}';
const hiding = new RegExp(`${invisible}(?<!${ofLanguages}|${joining}|${choosing})`, 'gu');

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

/** For titles and messages: names overrides of the reading order and hidden characters, and keeps what languages need. */
export const legible = (text: string) => text.replace(hiding, nameOf);

/** For inputs, which show a text as it is: the names of what `legible` would name, and the text without it. */
export function visible(text: string): { names: string[]; rest: string } {
  const found = text.match(hiding) ?? [];
  return { names: [...new Set(found.map(nameOf))], rest: text.replace(hiding, '') };
}

function nameOf(character: string): string {
  return `‹U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}›`;
}

export const asJson = (value: unknown) => JSON.stringify(value, null, 2) ?? '';
