// Finds the files that a text names: by path, by the end of a path (as in a stack trace of another machine), or by a
// name that few files have. Pure.
import { baseName } from './file-roles.ts';

/** If more files share a name, the name identifies none of them. */
const sameNameMax = 3;
/** The text is a request, and possibly the output of a tool. */
const textCharsMax = 200_000;
/** A longer word is not a path. */
const wordCharsMax = 1_024;
/** The maximum of words that end in the same name; more come from a hostile list. */
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

/** Returns the files whose paths share the most trailing folders with the word. */
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

/** A name with an extension matches in any case; a name without one is often an ordinary word in lower case. */
function nameOf(path: string): string {
  const name = baseName(path);
  return name.includes('.') ? name.toLowerCase() : name;
}

/** A quoted name may contain anything; others contain no spaces or brackets. A line number after it is dropped. */
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
