// Why two changes, each green alone, may be red together (R-GREEN-11). Pure. It only decides whether their checks run on
// both at once: a reason too many costs one run, a reason too few a red base branch.
import { addedLines, type ChangedFile } from '../changed-file.ts';
import { isManifest, looksLikeEvidence, saysHowChecksRun } from '../parts/file-names.ts';
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

/** What is compared of a change: made once, when it is first asked for, and compared with many others. */
export interface Comparable {
  files: readonly ChangedFile[];
  paths: ReadonlySet<string>;
  /** Every folder above a file of the change, except the root. */
  folders: ReadonlySet<string>;
  names(): NamesOfChange;
  /** Of migrations, decisions and the like: numbers that are given once. */
  numbers(): ReadonlySet<string>;
  /** Files that are gone from their place, by their name without extension. */
  gone(): ReadonlyMap<string, string>;
  /** Source files that existed before, by their name without extension. */
  sources(): ReadonlyMap<string, string>;
  addedWords(): ReadonlySet<string>;
  /** For each file, the words in the lines that load others. */
  loads(): ReadonlyArray<{ path: string; words: ReadonlySet<string> }>;
  /** The files that judge every file. */
  rules(): ReadonlySet<string>;
  hasSource: boolean;
}

/** What the project's base adds: files that judge, which may count or read whole folders. */
export interface Surroundings {
  /** Files that the commands of the checks reach beyond the table of judging files. */
  reached: ReadonlySet<string>;
  /** The words in the base's tests and in the scripts that its checks run, of those that read folders. */
  wordsOfReaders: ReadonlyArray<ReadonlySet<string>>;
}

const namesShownMax = 3;

export function comparable(files: readonly ChangedFile[]): Comparable {
  const paths = new Set(files.flatMap(({ path, oldPath }) => (oldPath === null ? [path] : [path, oldPath])));
  return {
    files,
    paths,
    folders: foldersOf(paths),
    names: onceMade(() => namesOfChange(files)),
    numbers: onceMade(() => numbersOf(files)),
    gone: onceMade(() => goneOf(files)),
    sources: onceMade(() => sourcesOf(files)),
    addedWords: onceMade(
      () => new Set(files.flatMap((file) => addedLines(file)).flatMap(({ text }) => [...wordsOf(text)])),
    ),
    loads: onceMade(() => files.map(({ path, after }) => ({ path, words: wordsOfImports(after ?? '') }))),
    rules: onceMade(() => new Set(files.filter(isRule).map(({ path }) => path))),
    hasSource: files.some(({ after, path }) => after !== null && isSource(path)),
  };
}

/** `texts`: of the base's tests, and of the scripts that its checks run. */
export function surroundings(reached: ReadonlySet<string>, texts: readonly string[]): Surroundings {
  return { reached, wordsOfReaders: texts.filter((text) => readsFolders.test(text)).map(wordsOf) };
}

function onceMade<T>(make: () => T): () => T {
  let made: { it: T } | undefined;
  return () => {
    made ??= { it: make() };
    return made.it;
  };
}

/** Empty if nothing connects them. */
export function likelyConflicts(
  one: Comparable,
  other: Comparable,
  around: Surroundings = { reached: new Set(), wordsOfReaders: [] },
): LikelyConflict[] {
  const found: LikelyConflict[] = [];
  const say = (kind: LikelyKind, text: string | null) => {
    if (text !== null) found.push({ kind, text });
  };
  say('same file', quoted('both change', shared(one.paths, other.paths)));
  say('number', quoted('both add the number', shared(one.numbers(), other.numbers())));
  say('defined twice', quoted('both define', shared(one.names().defined, other.names().defined)));
  for (const [changing, using] of [
    [one, other],
    [other, one],
  ] as const) {
    say('name', quoted('one removes and the other uses', shared(changing.names().gone, using.names().used)));
    say(
      'name',
      quoted('one changes and the other uses', shared(changing.names().altered, using.names().used)),
    );
    say('moved', movedAndNamed(changing, using));
    say('import', imported(changing, using));
    say('rule', ruleAndSource(changing, using, around.reached));
  }
  say('limit', countedTogether(one, other, around));
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

const numbersOf = (files: readonly ChangedFile[]) =>
  new Set(
    files.flatMap(({ path, status, oldPath }) => {
      const number =
        status === 'added' || oldPath !== null ? /^[a-zA-Z]{0,2}(\d+)/.exec(fileOf(path))?.[1] : null;
      return number ? [`${folderOf(path)}${number}`] : [];
    }),
  );

function goneOf(files: readonly ChangedFile[]): Map<string, string> {
  const gone = files.flatMap(({ path, oldPath, status }) =>
    oldPath !== null ? [oldPath] : status === 'deleted' ? [path] : [],
  );
  return new Map(gone.map((path) => [stemOf(path), path]));
}

/** A file that is gone from its place, and the other change names it: by its path or, in an import, by its name. */
function movedAndNamed(moving: Comparable, naming: Comparable): string | null {
  const gone = moving.gone();
  if (gone.size === 0) return null;
  const named = [...naming.addedWords()].flatMap((word) => gone.get(word) ?? []);
  return quoted('one moves or deletes and the other names', [...new Set(named)]);
}

const wordsOf = (text: string) => new Set(text.split(/[^\p{L}\p{N}_-]+/u));

const importing =
  /^\s*(?:import|export|from|use|using|require|include|#include|mod|source|\.)\b|\brequire\s*\(|\bimport\s*\(|\bfrom\s+['"]/;

function wordsOfImports(text: string): Set<string> {
  const words = new Set<string>();
  for (const line of text.split('\n'))
    if (importing.test(line)) for (const each of wordsOf(line)) words.add(each);
  return words;
}

const sourcesOf = (files: readonly ChangedFile[]) =>
  new Map(
    files
      .filter(({ before, path }) => before !== null && isSource(path))
      .map(({ path }) => [stemOf(path), path]),
  );

/** A file of one change that loads a file which the other one changes: what it does there may have changed. */
function imported(changing: Comparable, loading: Comparable): string | null {
  const sources = changing.sources();
  if (sources.size === 0) return null;
  const found = new Set<string>();
  for (const { path, words } of loading.loads())
    for (const [stem, loaded] of sources) if (words.has(stem) && loaded !== path) found.add(loaded);
  return quoted('one changes and a file of the other loads', [...found]);
}

const isSource = (path: string) =>
  !/\.(?:md|txt|rst|adoc|png|jpe?g|gif|svg|ico|pdf|lock)$|(?:^|\/)(?:LICENSE|CHANGELOG)[\w.]*$/i.test(path);

/** What looks at files it does not name. */
const readsFolders =
  /readdir|glob|\bwalk|listdir|rglob|scandir|opendir|\bls\s|\bfind\s|ReadDir|read_dir|grep\s+-r|\bwc\b|\bdu\b/i;

/** A rule of linters, compilers, runners or tests that holds for every file, and a file of the other change. */
function ruleAndSource(ruling: Comparable, ruled: Comparable, reached: ReadonlySet<string>): string | null {
  if (!ruled.hasSource) return null;
  const rules = ruling.files.filter(({ path }) => reached.has(path) || ruling.rules().has(path));
  return quoted(
    'one changes what judges every file',
    rules.map(({ path }) => path),
  );
}

function isRule(file: ChangedFile): boolean {
  const { path } = file;
  if (isManifest(path)) return !path.endsWith('go.mod');
  if (!looksLikeEvidence(path)) return false;
  return saysHowChecksRun(path) || addedLines(file).some(({ text }) => readsFolders.test(text));
}

/** A test or script of the base that reads a folder in which both changes have files: it may count or compare them. */
function countedTogether(
  one: Comparable,
  other: Comparable,
  { wordsOfReaders }: Surroundings,
): string | null {
  const folders = shared(one.folders, other.folders);
  const counted = folders.filter((folder) =>
    wordsOfReaders.some((words) => words.has(fileOf(folder.slice(0, -1)))),
  );
  return quoted('both have files where a check reads the folder', counted);
}

function foldersOf(paths: ReadonlySet<string>): Set<string> {
  const folders = new Set<string>();
  for (const path of paths)
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1))
      folders.add(path.slice(0, at + 1));
  return folders;
}
