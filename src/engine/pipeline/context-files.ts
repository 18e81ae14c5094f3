// Selects the files to show to a model: first those that the task names or whose code it mentions, then small ones, up
// to a limit. A named file that does not fit is cut, never silently omitted.
import type { SymbolPlaces } from '../../git/find-symbols.ts';
import type { TreeFile } from '../../git/tree.ts';

type ListedFile = Pick<TreeFile, 'path' | 'sizeBytes'>;

/** A larger file is listed but not shown, unless the task names it: it would leave no room for others. */
const fileBytesMax = 60_000;
/** Above this, not even a part is read. */
const namedBytesMax = 4 * 1024 * 1024;
const listedPathsMax = 400;
/** Generated files. */
const unreadable =
  /(^|\/)(package-lock\.json|pnpm-lock\.yaml|yarn\.lock|Cargo\.lock|go\.sum|poetry\.lock)$|\.(png|jpe?g|gif|webp|ico|pdf|zip|gz|tgz|woff2?|ttf|mp4|wasm|map|min\.js)$/i;

export interface RankedFile {
  path: string;
  /** True if the task names the file by its path, or by a name that few files have. */
  isNamed: boolean;
}

const noSymbols: SymbolPlaces = { defined: new Map(), mentioned: new Set() };

/** The files in the order in which they should be shown. Pure. */
export function rankFiles(
  files: readonly ListedFile[],
  text: string,
  symbols: SymbolPlaces = noSymbols,
): RankedFile[] {
  const lower = text.toLowerCase();
  const words = new Set(lower.match(/[a-z][a-z0-9_]{2,}/g) ?? []);
  const named = namedAmong(files, lower);
  const scored = files
    .filter(({ path }) => !unreadable.test(path))
    .map((file) => ({
      file,
      isNamed: named.has(file.path),
      score: scoreOf(file.path, lower, words) + symbolScore(file.path, symbols),
    }))
    .filter(({ file, isNamed }) => file.sizeBytes <= (isNamed ? namedBytesMax : fileBytesMax));
  scored.sort(
    (a, b) =>
      b.score - a.score || a.file.sizeBytes - b.file.sizeBytes || (a.file.path < b.file.path ? -1 : 1),
  );
  return scored.map(({ file, isNamed }) => ({ path: file.path, isNamed }));
}

/** A name that more files share identifies none of them. */
const sameNameMax = 3;

function namedAmong(files: readonly ListedFile[], text: string): Set<string> {
  const byName = Map.groupBy(
    files.filter(({ path }) => holdsName(text, nameOf(path))),
    ({ path }) => nameOf(path),
  );
  const named = [...byName.values()].flatMap((same) =>
    same.filter(({ path }) => same.length <= sameNameMax || holdsName(text, path.toLowerCase())),
  );
  return new Set(named.map(({ path }) => path));
}

/** Matches whole names: `data.ts` does not contain `a.ts`. */
function holdsName(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1))
    if (!/[\w.-]/.test(text[at - 1] ?? '') && !/\w/.test(text[at + name.length] ?? '')) return true;
  return false;
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1).toLowerCase();

/** A file that defines a symbol of the task comes before a file that only has such a name. */
const definesScore = 150;
const mentionsScore = 15;

function symbolScore(path: string, { defined, mentioned }: SymbolPlaces): number {
  const symbols = defined.get(path)?.size ?? 0;
  return symbols * definesScore + (mentioned.has(path) ? mentionsScore : 0);
}

function scoreOf(path: string, text: string, words: ReadonlySet<string>): number {
  const lower = path.toLowerCase();
  const name = nameOf(path);
  const stem = name.replace(/\.[^.]*$/, '');
  let score = 0;
  if (text.includes(lower)) score += 100;
  else if (text.includes(name)) score += 50;
  if (words.has(stem)) score += 20;
  for (const part of lower.split(/[^a-z0-9]+/)) if (part.length > 2 && words.has(part)) score += 3;
  if (name === 'package.json' || name === 'readme.md' || name === 'agents.md' || name === 'claude.md')
    score += 2;
  return score;
}

export interface ShownFiles {
  shown: Map<string, string>;
  /** For files that are not shown completely: which lines are shown, and the total number of lines. */
  cut: Map<string, string>;
  /** Files that the task names but that are not shown at all. */
  leftOut: string[];
}

/** A smaller part is of no use. */
const cutCharsMin = 1_000;

/**
 * Takes files in order as long as they fit. A file that the task names is cut to the remaining room, around the first
 * of the `symbols` that it contains.
 */
export function fitFiles(
  ranked: readonly RankedFile[],
  contents: ReadonlyMap<string, string>,
  charsMax: number,
  symbols: readonly string[] = [],
): ShownFiles {
  const fitted: ShownFiles = { shown: new Map(), cut: new Map(), leftOut: [] };
  let left = charsMax;
  for (const { path, isNamed } of ranked) {
    const content = contents.get(path);
    if (content === undefined) continue;
    if (content.length > left && !isNamed) continue;
    if (content.length > left && left < cutCharsMin) {
      fitted.leftOut.push(path);
      continue;
    }
    const part = content.length <= left ? content : cutAround(content, left, symbols);
    if (part !== content) fitted.cut.set(path, linesOf(content, part));
    fitted.shown.set(path, part);
    left -= part.length;
  }
  return fitted;
}

/** Keeps whole lines if possible, a third of them before the symbol. */
function cutAround(content: string, charsMax: number, symbols: readonly string[]): string {
  const places = symbols
    .map((symbol) => content.search(new RegExp(`\\b${symbol}\\b`)))
    .filter((at) => at >= 0);
  const wanted = Math.max(0, (places[0] ?? 0) - Math.floor(charsMax / 3));
  const start = wanted === 0 ? 0 : content.indexOf('\n', wanted) + 1;
  const end = content.lastIndexOf('\n', start + charsMax - 1) + 1;
  return content.slice(start, end > start ? end : start + charsMax).toWellFormed();
}

function linesOf(content: string, part: string): string {
  const before = content.slice(0, Math.max(0, content.indexOf(part)));
  const count = (text: string) => text.split('\n').length - 1;
  const first = count(before) + 1;
  return `lines ${first} to ${first + Math.max(0, count(part) - 1)} of ${count(content) + 1}`;
}

export function listing(files: readonly ListedFile[]): string {
  const paths = files.map(({ path }) => path);
  const shown = paths.slice(0, listedPathsMax).join('\n');
  return paths.length > listedPathsMax ? `${shown}\n… and ${paths.length - listedPathsMax} more` : shown;
}
