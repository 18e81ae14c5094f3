// Why two changes, each green alone, may be red together (R-GREEN-11). Pure. It only decides whether their checks run on
// both at once: a reason too many costs one run, a reason too few a red base branch.
import { addedLines, type ChangedFile } from '../changed-file.ts';
import { isMixed, judgingKind } from '../judging-files.ts';
import { type NamesOfChange, namesOfChange } from './names-of-change.ts';

export type LikelyKind =
  | 'same file'
  | 'name'
  | 'defined twice'
  | 'number'
  | 'moved'
  | 'import'
  | 'rule'
  | 'limit';

export interface LikelyConflict {
  kind: LikelyKind;
  /** What connects the two changes, as the end of a sentence about both. */
  text: string;
}

/** What is compared of a change; made once, and compared with many others. */
export interface Comparable {
  files: readonly ChangedFile[];
  names: NamesOfChange;
  paths: ReadonlySet<string>;
}

/** What the project's base adds: files that judge, which may count or read whole folders. */
export interface Surroundings {
  /** Files that the commands of the checks reach beyond the table of judging files. */
  reached: ReadonlySet<string>;
  /** The texts of the base's tests and of the scripts that its checks run. */
  judgingTexts: readonly string[];
}

const namesShownMax = 3;

export function comparable(files: readonly ChangedFile[]): Comparable {
  const paths = new Set(files.flatMap(({ path, oldPath }) => (oldPath === null ? [path] : [path, oldPath])));
  return { files, names: namesOfChange(files), paths };
}

/** Empty if nothing connects them. */
export function likelyConflicts(
  one: Comparable,
  other: Comparable,
  around: Surroundings = { reached: new Set(), judgingTexts: [] },
): LikelyConflict[] {
  const found: LikelyConflict[] = [];
  const say = (kind: LikelyKind, text: string | null) => {
    if (text !== null) found.push({ kind, text });
  };
  say('same file', quoted('both change', shared(one.paths, other.paths)));
  say('number', sameNumber(one, other));
  say('defined twice', quoted('both define', shared(one.names.defined, other.names.defined)));
  for (const [changing, using] of [
    [one, other],
    [other, one],
  ] as const) {
    say('name', quoted('one removes and the other uses', shared(changing.names.gone, using.names.used)));
    say('name', quoted('one changes and the other uses', shared(changing.names.altered, using.names.used)));
    say('moved', movedAndNamed(changing, using));
    say('import', imported(changing, using));
    say('rule', ruleAndSource(changing, using, around.reached));
  }
  say('limit', countedTogether(one, other, around.judgingTexts));
  return found;
}

function shared(some: ReadonlySet<string>, others: ReadonlySet<string>): string[] {
  const [small, large] = some.size <= others.size ? [some, others] : [others, some];
  return [...small].filter((each) => large.has(each));
}

function quoted(what: string, names: readonly string[]): string | null {
  if (names.length === 0) return null;
  const shown = names.slice(0, namesShownMax).map((name) => `\`${name}\``);
  const more = names.length > namesShownMax ? ` and ${names.length - namesShownMax} more` : '';
  return `${what} ${shown.join(', ')}${more}`;
}

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);
const fileOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const stemOf = (path: string) => fileOf(path).replace(/(?<=.)\..*$/, '');

/** Migrations, decisions and the like: numbers that are given once. */
function sameNumber(one: Comparable, other: Comparable): string | null {
  const numbers = ({ files }: Comparable) =>
    new Set(
      files.flatMap(({ path, status, oldPath }) => {
        const number =
          status === 'added' || oldPath !== null ? /^[a-zA-Z]{0,2}(\d+)/.exec(fileOf(path))?.[1] : null;
        return number ? [`${folderOf(path)}${number}`] : [];
      }),
    );
  return quoted('both add the number', shared(numbers(one), numbers(other)));
}

/** A file that is gone from its place, and the other change names it: by its path or, in an import, by its name. */
function movedAndNamed(moving: Comparable, naming: Comparable): string | null {
  const gone = moving.files.flatMap(({ path, oldPath, status }) =>
    oldPath !== null ? [oldPath] : status === 'deleted' ? [path] : [],
  );
  const stems = new Map(gone.map((path) => [stemOf(path), path]));
  const named = naming.files
    .flatMap((file) => addedLines(file))
    .flatMap(({ text }) => [...wordsOf(text)].flatMap((each) => stems.get(each) ?? []));
  return quoted('one moves or deletes and the other names', [...new Set(named)]);
}

const wordsOf = (text: string) => new Set(text.split(/[^\p{L}\p{N}_-]+/u));

const importing =
  /^\s*(?:import|export|from|use|using|require|include|#include|mod|source|\.)\b|\brequire\s*\(|\bimport\s*\(|\bfrom\s+['"]/;

/** A file of one change that loads a file which the other one changes: what it does there may have changed. */
function imported(changing: Comparable, loading: Comparable): string | null {
  const stems = new Map(
    changing.files
      .filter(({ before, path }) => before !== null && isSource(path))
      .map(({ path }) => [stemOf(path), path]),
  );
  const found = new Set<string>();
  for (const { after, path } of loading.files)
    for (const line of (after ?? '').split('\n'))
      if (importing.test(line))
        for (const each of wordsOf(line)) {
          const loaded = stems.get(each);
          if (loaded !== undefined && loaded !== path) found.add(loaded);
        }
  return quoted('one changes and a file of the other loads', [...found]);
}

const isSource = (path: string) =>
  !/\.(?:md|txt|rst|adoc|png|jpe?g|gif|svg|ico|pdf|lock)$|(?:^|\/)(?:LICENSE|CHANGELOG)[\w.]*$/i.test(path);

/** What looks at files it does not name. */
const readsFolders =
  /readdir|glob|\bwalk|listdir|rglob|scandir|opendir|\bls\s|\bfind\s|ReadDir|read_dir|grep\s+-r|\bwc\b|\bdu\b/i;

/** A rule of linters, compilers, runners or tests that holds for every file, and a file of the other change. */
function ruleAndSource(ruling: Comparable, ruled: Comparable, reached: ReadonlySet<string>): string | null {
  const rules = ruling.files.filter((file) => isRule(file, reached)).map(({ path }) => path);
  if (rules.length === 0 || !ruled.files.some(({ after, path }) => after !== null && isSource(path)))
    return null;
  return quoted('one changes what judges every file', rules);
}

function isRule(file: ChangedFile, reached: ReadonlySet<string>): boolean {
  const { path } = file;
  const kind = judgingKind(path);
  if (kind === 'configuration' || kind === 'setup' || reached.has(path)) return true;
  if (isMixed(path) && !/\.rs$|\bgo\.mod$/.test(path)) return true;
  return kind !== null && addedLines(file).some(({ text }) => readsFolders.test(text));
}

/** A test or script of the base that reads a folder in which both changes have files: it may count or compare them. */
function countedTogether(one: Comparable, other: Comparable, texts: readonly string[]): string | null {
  const folders = shared(foldersOf(one), foldersOf(other));
  const named = texts.filter((text) => readsFolders.test(text)).map(wordsOf);
  const counted = folders.filter((folder) => named.some((words) => words.has(fileOf(folder.slice(0, -1)))));
  return quoted('both have files where a check reads the folder', counted);
}

/** Every folder above a file of the change, except the root. */
function foldersOf({ paths }: Comparable): Set<string> {
  const folders = new Set<string>();
  for (const path of paths)
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1))
      folders.add(path.slice(0, at + 1));
  return folders;
}
