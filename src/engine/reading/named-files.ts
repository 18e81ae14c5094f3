// The files that a text names, by their path, by its end (as in the trace of another machine), or by a name that few
// files have. Pure.
import { baseName } from './file-roles.ts';

/** A name that more files share identifies none of them. */
const sameNameMax = 3;
/** The text is a request with at most the output of a tool. */
const textCharsMax = 200_000;
/** A longer word is no path. */
const wordCharsMax = 1_024;
/** Words that end in the same name: more of them come from a list that somebody made. */
const sameWordsMax = 100;

export function namedFiles(paths: readonly string[], text: string): Set<string> {
  const said = wordsLikePaths(text.slice(0, textCharsMax));
  const byName = Map.groupBy(said, (path) => nameOf(path));
  const candidates = Map.groupBy(
    paths.filter((path) => byName.has(nameOf(path))),
    (path) => nameOf(path),
  );
  const named = new Set<string>();
  for (const [name, same] of candidates) {
    const folders = same.map((path) => ({ path, parts: fromTheEnd(path) }));
    for (const word of byName.get(name)?.slice(0, sameWordsMax) ?? [])
      for (const path of atTheEndOf(word, folders)) named.add(path);
  }
  return named;
}

/** The files whose paths share the most folders with the word, counted from the end. */
function atTheEndOf(word: string, same: readonly { path: string; parts: readonly string[] }[]): string[] {
  const said = fromTheEnd(word);
  const shared = same.map(({ parts }) => {
    const differs = parts.findIndex((part, index) => part !== said[index]);
    return differs < 0 ? parts.length : differs;
  });
  const most = shared.reduce((greatest, each) => Math.max(greatest, each), 0);
  const best = same.filter((_, index) => shared[index] === most);
  return best.length <= sameNameMax ? best.map(({ path }) => path) : [];
}

const fromTheEnd = (path: string) => path.toLowerCase().split('/').reverse();

/** A name with an ending may be written in any case; one without is often an ordinary word in lower case. */
function nameOf(path: string): string {
  const name = baseName(path);
  return name.includes('.') ? name.toLowerCase() : name;
}

/** Quoted names may contain anything, others no spaces and brackets. A position after the name is left out. */
function wordsLikePaths(text: string): string[] {
  const quoted = [...text.matchAll(/[`"']([^`"'\n]{1,300})[`"']/g)].map(([, word = '']) => word);
  const bare = text.split(/[\s`"'()[\]{}<>,;=|]+/);
  const short = [...quoted, ...bare].filter(({ length }) => length <= wordCharsMax);
  const words = short.map((word) =>
    word
      .replaceAll('\\', '/')
      .replace(/^(\.\/)+|[.:!?]+$/g, '')
      .replace(/(:\d+)+$|#L\d+(-L?\d+)?$/, ''),
  );
  return [...new Set(words)].filter(Boolean);
}
