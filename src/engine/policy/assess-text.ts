// Extracts what the assessment needs from a work order's text. The text is untrusted: it is cut to a limit, and every
// pattern here takes time in proportion to its length.

/** A longer work order is above every threshold anyway. */
export const assessedCharsMax = 200_000;

/** Cyrillic and Greek letters that look like Latin ones: each pair is the written letter and the one it looks like. */
const lookAlikes: ReadonlyMap<string, string> = new Map(
  [
    'аa',
    'вb',
    'еe',
    'кk',
    'мm',
    'нh',
    'оo',
    'рp',
    'сc',
    'тt',
    'уy',
    'хx',
    'һh',
    'іi',
    'јj',
    'ѕs',
    'ԁd',
    'ԛq',
    'ԝw',
  ]
    .concat(['αa', 'εe', 'ιi', 'κk', 'νv', 'οo', 'ρp', 'τt', 'υu', 'χx', 'γy'])
    .map(([written = '', read = '']) => [written, read]),
);
const lookAlike = new RegExp(`[${[...lookAlikes.keys()].join('')}]`, 'gu');

/** Without accents and invisible characters, and with each letter in its canonical form. */
const asRead = (text: string) =>
  text.normalize('NFKD').replace(/[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Mn}]/gu, '');

/**
 * The words of a text in lower case, separated by single spaces, with `camelCase` and `snake_case` split. Characters
 * that only look like Latin letters are treated as those letters.
 */
export function plainWords(text: string): string {
  const words = asRead(text)
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .replace(lookAlike, (letter) => lookAlikes.get(letter) ?? letter)
    .match(/[\p{L}\p{M}]+|\p{N}+/gu);
  return ` ${(words ?? []).join(' ')} `;
}

export function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/** The words of a list that occur in `words`, which `plainWords` returned: each once, as spelled in the text. */
export function occurrences(forms: readonly string[], words: string): string[] {
  const patterns = forms.map(formPattern).filter((pattern) => pattern !== null);
  if (patterns.length === 0) return [];
  const found = words.matchAll(new RegExp(`(?<= )(?:${patterns.join('|')})(?= )`, 'gu'));
  return [...new Set([...found].map(([word]) => word))];
}

/** Matches `word` with its simple inflections, or for `word*` every word with this prefix; null if no letter is left. */
function formPattern(form: string): string | null {
  const word = plainWords(form).trim();
  if (word === '') return null;
  if (form.endsWith('*')) return `${word}[\\p{L}\\p{M}]*`;
  if (/[^aeiou]y$/.test(word)) return `${word.slice(0, -1)}(?:y|ies|ied|ying)`;
  if (word.endsWith('e')) return `${word.slice(0, -1)}(?:e|es|ed|ing)`;
  return `${word}(?:s|es|ed|ing)?`;
}

const fileExtensions =
  /\.(ts|tsx|js|jsx|mjs|cjs|json|ya?ml|toml|md|py|go|rs|java|kt|rb|php|cs|cpp|cc|c|h|hpp|swift|sql|sh|css|scss|html|vue|svelte|tf|proto|xml|gradle|ini|cfg|lock|txt)$/i;

/** Names that look like files but are not. */
const productNames =
  /^(node|vue|next|nuxt|react|express|three|d3|discord|chart|backbone|ember|nest|solid|moment)\.js$/i;

/** Longer than any path that people write; longer names are ignored. */
const nameCharsMax = 300;

/** The files that a text names, each once: paths, and names with the extension of a source file. */
export function namedFiles(text: string): string[] {
  const names = text
    .split(/[\s'"`()[\]{}<>,;|*]+/)
    .filter((word) => word.length <= nameCharsMax)
    .map((word) =>
      word
        .replace(/^\.\//, '')
        .replace(/[.:!?]+$/, '')
        .replace(/:\d+(:\d+)?$/, ''),
    );
  return [
    ...new Set(
      names.filter((name) => fileExtensions.test(name) && !name.includes('://') && !productNames.test(name)),
    ),
  ];
}
