// Turns the words of a text into numbers: identifiers, their parts (`parseDate`: parse, date), and the stems of the
// parts. Pure.

const identifier = /[A-Za-z_$\u0080-\uffff][\w$\u0080-\uffff]*/g;
const part = /[A-Z]+(?=[A-Z][a-z]|[^A-Za-z]|$)|[A-Z]?[a-z]+|[\u0080-\uffff]+/g;
/** A longer run of letters is data, such as an image in base64. */
const identifierCharsMax = 80;
const partCharsMin = 2;

/** Calls `each` with every identifier of the text, in order. */
export function eachIdentifier(text: string, each: (name: string) => void): void {
  for (const [name] of text.matchAll(identifier)) if (name.length <= identifierCharsMax) each(name);
}

/** A substring keeps the whole text in memory; a copy does not. */
export function copyOf(part: string): string {
  return Buffer.from(part).toString();
}

/** FNV-1a, in 32 bits: among 100,000 words, about one pair gets the same number. */
export function hashOf(word: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < word.length; at++) hash = Math.imul(hash ^ word.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** The number of a whole name: that of its part if it has only one, otherwise its own. */
export function nameTerm(name: string): number {
  const parts = partsOf(name);
  return hashOf(parts.length === 1 ? stemOf(parts[0] ?? '') : `=${name.toLowerCase()}`);
}

/** The numbers of a name: those of its parts, and one for the whole if it has several. */
export function termsOf(name: string): number[] {
  const parts = partsOf(name);
  const terms = parts.filter(({ length }) => length >= partCharsMin).map((each) => hashOf(stemOf(each)));
  if (parts.length > 1) terms.push(hashOf(`=${name.toLowerCase()}`));
  return terms;
}

/** Splits `HTTPServer_v2` into http, server, v. */
export function partsOf(name: string): string[] {
  return (name.match(part) ?? []).map((each) => each.toLowerCase());
}

const stemCharsMin = 4;
const endings: readonly (readonly [ending: RegExp, instead: string])[] = [
  [/ies$/, 'y'],
  [/(ss|us|is)$/, '$1'],
  [/s$/, ''],
];

/**
 * Gives `caches`, `cached`, `caching` and `cache` the same stem. A stem need not be a real word, since requests and
 * files use the same function.
 */
export function stemOf(word: string): string {
  if (word.length < stemCharsMin) return word;
  const [ending, instead] = endings.find(([each]) => each.test(word)) ?? [/$/, ''];
  const singular = word.replace(ending, instead);
  if (singular.length < stemCharsMin + 1) return singular.replace(/(?<=\w{3})e$/, '');
  const bare = singular
    .replace(/(ing|ed|er|or|e)$/, '')
    .replace(/(?<=[ts])ion$/, '')
    .replace(/([bdgmnprt])\1$/, '$1');
  return bare.length >= stemCharsMin - 1 ? bare : singular;
}

/** Words of a request that say nothing about its files. */
export const emptyWords: ReadonlySet<string> = new Set(
  'a an and any are as at be been both but by can could do does for from get had has have how if in instead into is it its just like make may more most must need new no not now of off on one only or other our out over same should so some such than that the their them then there these they this to too under up use used using very was we were what when where which while who why will with without would you your also after before add fix change update remove please task title attempt asked'.split(
    ' ',
  ),
);
