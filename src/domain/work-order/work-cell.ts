// A subset of all work orders: those of a kind, a complexity, a language, or with a hard-stop word. Pure.

/** Absent: any. */
export interface WorkCell {
  band?: 'low' | 'medium' | 'high';
  kind?: string;
  language?: string;
  word?: string;
}

export interface WorkTraits {
  band: 'low' | 'medium' | 'high';
  kind: string;
  language: string | null;
  words: readonly string[];
}

export const isInCell = (traits: WorkTraits, { band, kind, language, word }: WorkCell): boolean =>
  (band === undefined || traits.band === band) &&
  (kind === undefined || traits.kind === kind) &&
  (language === undefined || traits.language === language) &&
  (word === undefined || traits.words.includes(word));

/** Writes, for example, `auth work in Go of high complexity`. */
export function cellText({ band, kind, language, word }: WorkCell): string {
  const of = [word, kind?.replaceAll('_', ' ')].filter((part) => part !== undefined).join(' ');
  return [
    `${of === '' ? '' : `${of} `}work`,
    ...(language === undefined ? [] : [`in ${language}`]),
    ...(band === undefined ? [] : [`of ${band} complexity`]),
  ].join(' ');
}

/** The cells of one or two traits that contain the work, and the cell of all work. */
export function cellsOf({ band, kind, language, words }: WorkTraits): WorkCell[] {
  const single: WorkCell[] = [
    { band },
    { kind },
    ...(language === null ? [] : [{ language }]),
    ...words.map((word) => ({ word })),
  ];
  const pairs = single.flatMap((one, index) =>
    single
      .slice(index + 1)
      .filter((other) => !('word' in one && 'word' in other))
      .map((other) => ({ ...one, ...other })),
  );
  return [{}, ...single, ...pairs];
}

export const isPartOf = (one: WorkCell, whole: WorkCell): boolean =>
  (['band', 'kind', 'language', 'word'] as const).every(
    (trait) => whole[trait] === undefined || whole[trait] === one[trait],
  );
