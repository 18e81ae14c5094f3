// The symbols that a task names, to look for in the files. Pure.

/** More symbols do not improve the search. */
const limits = { symbolsMax: 24, wordsMax: 12, charsMin: 3, charsMax: 80 } as const;

/** Written as code: in backticks, `camelCase`, `PascalCase`, `snake_case`, or followed by a bracket. */
const codeLike =
  /`([^`\n]{1,200})`|\b([a-z_$][a-z0-9]*(?:[A-Z][A-Za-z0-9]*)+|[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+|[A-Za-z0-9]+(?:_[A-Za-z0-9]+)+|[A-Za-z_]\w+(?=\())/g;
/** Words in titles that are never function names. */
const unlikelyWords = new Set(
  'the and for with that this from into when not add fix make change use new all file files test tests error code should must have has its are can does function method class module page value values where what which instead after before only also more less than then them they support remove rename update mend repair handle wrong right bug'.split(
    ' ',
  ),
);

export interface NamedSymbols {
  /** All names whose definition may be searched for. */
  names: string[];
  /** The names that are written like code: a file that mentions one is relevant. */
  sought: string[];
}

export function namedSymbols(title: string, text: string): NamedSymbols {
  const sought = [...wordsOfCode(title), ...wordsOfCode(text)];
  const words = (title.match(/[A-Za-z_]\w*/g) ?? []).filter((word) => !unlikelyWords.has(word.toLowerCase()));
  const symbols = distinct(sought).slice(0, limits.symbolsMax);
  return {
    sought: symbols,
    names: distinct([...symbols, ...words.filter(isLong).slice(0, limits.wordsMax)]),
  };
}

function wordsOfCode(text: string): string[] {
  return [...text.matchAll(codeLike)]
    .flatMap(([, quoted, bare]) => bare ?? quoted?.match(/[A-Za-z_]\w*/g) ?? [])
    .filter((word) => isLong(word) && !unlikelyWords.has(word.toLowerCase()));
}

const isLong = ({ length }: string) => length >= limits.charsMin && length <= limits.charsMax;

function distinct(words: readonly string[]): string[] {
  return [...new Set(words)];
}
