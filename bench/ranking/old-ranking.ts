// The first ranking that Moose used, for comparison only: by words in the path, and by lines that seem to
// define a name of the request. It found these lines with `git grep`; here the same patterns run on texts in memory.
import { namedSymbols } from '../../src/engine/run/reading/named-symbols.ts';

const fileBytesMax = 60_000;
const definesScore = 150;
const mentionsScore = 15;
const linesMax = 20;

export function rankByPath(files: ReadonlyMap<string, string>, title: string): string[] {
  const lower = title.toLowerCase();
  const words = new Set(lower.match(/[a-z][a-z0-9_]{2,}/g) ?? []);
  const { names, sought } = namedSymbols(title, '');
  const scored = [...files]
    .map(([path, text]) => ({ path, text, bytes: Buffer.byteLength(text) }))
    .filter(({ bytes }) => bytes <= fileBytesMax)
    .map(({ path, text, bytes }) => ({
      path,
      bytes,
      score:
        pathScore(path, lower, words) +
        definedIn(text, names) * definesScore +
        (wholeWords(sought)?.test(text) ? mentionsScore : 0),
    }));
  scored.sort((a, b) => b.score - a.score || a.bytes - b.bytes || (a.path < b.path ? -1 : 1));
  return scored.map(({ path }) => path);
}

function pathScore(path: string, text: string, words: ReadonlySet<string>): number {
  const lower = path.toLowerCase();
  const name = lower.slice(lower.lastIndexOf('/') + 1);
  let score = text.includes(lower) ? 100 : text.includes(name) ? 50 : 0;
  if (words.has(name.replace(/\.[^.]*$/, ''))) score += 20;
  for (const part of lower.split(/[^a-z0-9]+/)) if (part.length > 2 && words.has(part)) score += 3;
  if (/^(package\.json|readme\.md|agents\.md|claude\.md)$/.test(name)) score += 2;
  return score;
}

function wholeWords(names: readonly string[]): RegExp | null {
  return names.length === 0 ? null : new RegExp(`(?<!\\w)(${names.join('|')})(?!\\w)`);
}

const keywords =
  '(?:function\\*?|def|class|fn|func|fun|interface|type|struct|enum|trait|const|let|var|val|module|object|record|sub|proc|macro_rules!)';

/** Returns how many of the names the text seems to define. */
function definedIn(text: string, names: readonly string[]): number {
  const mention = wholeWords(names);
  if (mention === null || !mention.test(text)) return 0;
  const name = `(?:${names.join('|')})`;
  const patterns = [
    `(?:^|[^A-Za-z0-9_])${keywords}\\s+${name}(?:[^A-Za-z0-9_]|$)`,
    `^func\\s+\\([^)]*\\)\\s*${name}(?:[^A-Za-z0-9_]|$)`,
    `(?:^|[^A-Za-z0-9_.])${name}\\s*[:=]\\s*(?:async\\s*)?(?:function|\\()`,
    `^\\s*(?:[A-Za-z_][\\][A-Za-z0-9_<>,.*&?]*\\s+)+[*&]?${name}\\s*\\(`,
    `^\\s+(?:async\\s+)?${name}\\(.*\\{\\s*$`,
  ].map((source) => new RegExp(source));
  const found = new Set<string>();
  let lines = 0;
  for (const line of text.split('\n')) {
    if (!mention.test(line)) continue;
    const said = patterns.map((pattern) => pattern.exec(line)?.[0]).filter((part) => part !== undefined);
    for (const word of said.join(' ').match(/\w+/g) ?? []) if (names.includes(word)) found.add(word);
    if (said.length > 0) lines += 1;
    if (lines === linesMax) break;
  }
  return found.size;
}
