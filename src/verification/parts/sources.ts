// The sources around a change: which of them imports which, and which of them are tests (R-GREEN-2). Trees are made only of
// files in whose text the name of another one stands.
import type { ChangedFile } from '../changed-file.ts';
import { type LanguageName, languageOf, languages } from '../syntax/languages.ts';
import { parseSource } from '../syntax/parse-source.ts';
import { importsIn, namesIn } from '../syntax/read-tree.ts';
import { declaresTests, demandsIn, importsTestTool } from '../syntax/tests-in.ts';

/** Files that stand for the folder that they are in. */
const folderStems = new Set(['index', '__init__', 'mod', 'main', 'lib', '__main__']);
/** A repository may be of any size: beyond this, a file that nobody is known to import is no product. */
const readMax = 4_000;

export function stemOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return name.replace(/(?<=.)\.[^.]+$/, '').replace(/\.d$/, '');
}

export const folderOf = (path: string) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');

/** `cart.test.ts`, `test_cart.py`, `CartTest.java`, `cart_spec.rb` are about `cart`. */
export function subjectOf(path: string): string {
  return stemOf(path)
    .replace(/[._-]?(?:tests?|specs?|e2e|unit|it|cy|bench)$/i, '')
    .replace(/^(?:tests?|specs?|check|it|t(?=_))[._-]?(?=\w)/i, '')
    .replace(/[._-]/g, '')
    .toLowerCase();
}

/** What is kept of a source; its tree is not, because a repository has thousands. */
interface Read {
  imports: readonly string[];
  /** Where no import is needed: the names in it. */
  names: ReadonlySet<string> | null;
  isTest: boolean;
  usesTestTool: boolean;
  /** It compares, as helpers of tests do. */
  demands: boolean;
}

/** Of which there may be a test in a source; without these words there is none. */
const mayTest =
  /\b(?:it|x?test\w*|spec\w*|describe|context|suite|scenario|check|property|bench\w*|prop|step|fit|Test\w*|Fact|Theory|Property|Benchmark\w*|Fuzz\w*|Example\w*|unittest|pytest|hypothesis|junit|mocha|chai|vitest|jest|ava|tape?|qunit|jasmine|sinon|mockito|testing|testify|[Mm]initest|[Rr][Ss]pec|PHPUnit|Xunit|NUnit|rstest|proptest|quickcheck|cypress|playwright|supertest)\b|test_|_test|assert|expect/;

export class Sources {
  readonly #texts: ReadonlyMap<string, string>;
  /** By text: most files are the same in both states. */
  readonly #read: Map<string, Promise<Read | null>>;
  readonly #byStem = new Map<string, string[]>();
  readonly #folders = new Map<string, string[]>();
  readonly #importers = new Map<string, Promise<string[]>>();
  #mentions: Map<string, string[]> | undefined;

  /**
   * @param texts by path, in one state of the repository
   * @param same another state of it
   */
  constructor(texts: ReadonlyMap<string, string>, same?: Sources) {
    this.#texts = texts;
    this.#read = same ? same.#read : new Map();
    for (const [path, text] of texts) {
      if (languageOf(path, text) === null) continue;
      const folder = folderOf(path);
      this.#folders.set(folder, [...(this.#folders.get(folder) ?? []), path]);
      for (const stem of stemsOf(path)) this.#byStem.set(stem, [...(this.#byStem.get(stem) ?? []), path]);
    }
  }

  has(path: string): boolean {
    return this.#texts.has(path);
  }

  text(path: string): string | null {
    return this.#texts.get(path) ?? null;
  }

  inFolder(folder: string): readonly string[] {
    return this.#folders.get(folder) ?? [];
  }

  /** All sources below a folder. */
  below(folder: string): string[] {
    return [...this.#folders].flatMap(([each, paths]) =>
      each === folder || each.startsWith(`${folder}/`) || folder === '' ? paths : [],
    );
  }

  #readOf(path: string): Promise<Read | null> {
    const text = this.#texts.get(path);
    const language = languageOf(path, text);
    if (language === null || text === undefined) return Promise.resolve(null);
    const known = this.#read.get(text);
    if (known !== undefined) return known;
    const read = this.#read.size >= readMax ? Promise.resolve(null) : readSource(language, text);
    this.#read.set(text, read);
    return read;
  }

  /** Whether it is a test as a whole, or a part of it is one. */
  async isTest(path: string): Promise<boolean> {
    return mayTest.test(this.#texts.get(path) ?? '') && (await this.#readOf(path))?.isTest === true;
  }

  async usesTestTool(path: string): Promise<boolean> {
    return mayTest.test(this.#texts.get(path) ?? '') && (await this.#readOf(path))?.usesTestTool === true;
  }

  /** Null if it was not examined. */
  async demands(path: string): Promise<boolean | null> {
    return (await this.#readOf(path))?.demands ?? null;
  }

  /** The sources that import this file, or name what only it declares where no import is needed. */
  importersOf(path: string): Promise<string[]> {
    const known = this.#importers.get(path);
    if (known !== undefined) return known;
    const found = this.#findImporters(path);
    this.#importers.set(path, found);
    return found;
  }

  async #findImporters(path: string): Promise<string[]> {
    const language = languageOf(path, this.#texts.get(path));
    const found: string[] = [];
    for (const other of this.#mentioning(path)) {
      const text = this.#texts.get(other) ?? '';
      const theirs = languageOf(other, text);
      if (other === path || theirs === null) continue;
      if (language === 'go' && theirs === 'go' && folderOf(other) === folderOf(path)) {
        found.push(other);
        continue;
      }
      const read = await this.#readOf(other);
      if (read === null) continue;
      const isImported = read.imports.some((each) => this.#targets(other, theirs, each).includes(path));
      if (
        isImported ||
        (isOfFamily(theirs, language) &&
          languages[theirs].sharesNames &&
          theirs !== 'go' &&
          namesFile(read, path))
      )
        found.push(other);
    }
    return found;
  }

  /** Files in whose text the name of this one stands, as a word. Each text is searched once for the names of all. */
  #mentioning(path: string): Set<string> {
    this.#mentions ??= mentionsIn(this.#texts, this.#byStem);
    const found = new Set(this.#folders.get(folderOf(path)));
    for (const word of wordsFor(path)) for (const other of this.#mentions.get(word) ?? []) found.add(other);
    return found;
  }

  /** The files that an import may mean. */
  #targets(from: string, language: LanguageName, written: string): string[] {
    const folder = folderOf(from);
    if (language === 'go') {
      const parts = written.split('/');
      for (let at = 0; at < parts.length; at += 1) {
        const inside = this.#folders.get(parts.slice(at).join('/'));
        if (inside) return inside.filter((path) => path.endsWith('.go'));
      }
      return [];
    }
    const relative = /^(\.{1,2})(?:\/|$)/.test(written);
    if (relative || /\.\w{1,5}$/.test(written)) {
      const bare = withoutEnding(joined(folder, written));
      const rooted = withoutEnding(joined('', written));
      const exact = [
        ...(this.#byStem.get(stemOf(bare)) ?? []),
        ...(this.#byStem.get(stemOf(rooted)) ?? []),
      ].filter((path) =>
        [bare, rooted].some(
          (each) => withoutEnding(path) === each || withoutEnding(path) === `${each}/index`,
        ),
      );
      if (exact.length > 0 || relative) return exact;
    }
    if (language === 'python' && written.startsWith('.')) {
      const [, dots = '', rest = ''] = /^(\.+)(.*)$/.exec(written) ?? [];
      const up = folder.split('/').slice(0, folder === '' ? 0 : folder.split('/').length - dots.length + 1);
      return this.#suffixed([...up, ...rest.split('.').filter(Boolean)], folder, true);
    }
    const parts = written
      .replace(/^(?:@|~)\//, '')
      .split(/::|[./\\]/)
      .filter((part) => part !== '' && !/^(?:crate|self|super|\*)$/.test(part));
    return this.#suffixed(parts, folder, false);
  }

  /** The last part may be a name in the file. */
  #suffixed(parts: readonly string[], folder: string, isExact: boolean): string[] {
    for (const given of [parts, parts.slice(0, -1)]) {
      const last = given.at(-1);
      if (last === undefined) continue;
      const paths = (this.#byStem.get(last) ?? []).filter((path) => {
        const own = withoutEnding(path).split('/');
        if (folderStems.has(own.at(-1) ?? '') && own.at(-1) !== last) own.pop();
        if (isExact) return own.join('/') === given.join('/');
        // A package's own name may stand before, and a folder of sources in the repository.
        const short = Math.min(own.length, given.length);
        for (let length = short; length >= Math.min(2, short); length -= 1)
          if (own.slice(-length).join('/') === given.slice(-length).join('/'))
            return length > 1 || own.length === 1 || given.length === 1 || folderOf(path) === folder;
        return false;
      });
      if (paths.length > 0) return paths;
    }
    return [];
  }
}

/** What another source may call it by. */
const wordsFor = (path: string) => [...stemsOf(path), camelCased(stemOf(path))];

function mentionsIn(
  texts: ReadonlyMap<string, string>,
  byStem: ReadonlyMap<string, readonly string[]>,
): Map<string, string[]> {
  const wanted = new Set(
    [...byStem.values()]
      .flat()
      .flatMap(wordsFor)
      .flatMap((word) => [word, ...word.split(/[.-]/)]),
  );
  const mentions = new Map<string, string[]>();
  for (const [path, text] of texts) {
    if (languageOf(path, text) === null) continue;
    const own = new Set<string>();
    for (const [word] of text.matchAll(/[\w$.-]+/g))
      for (const each of [word, ...word.split(/[.-]/), word.replace(/\.\w+$/, '')])
        if (wanted.has(each)) own.add(each);
    for (const word of own) {
      const others = mentions.get(word);
      if (others) others.push(path);
      else mentions.set(word, [path]);
    }
  }
  return mentions;
}

async function readSource(language: LanguageName, text: string): Promise<Read | null> {
  const tree = await parseSource(language, text);
  if (tree === null) return null;
  return {
    imports: importsIn(tree),
    names: languages[language].sharesNames && language !== 'go' ? namesIn(tree) : null,
    isTest: declaresTests(tree),
    usesTestTool: importsTestTool(tree),
    demands: demandsIn(tree, tree.root).some(({ what }) =>
      /^(?:expect|assert\w+|self\.assert|t\.)/.test(what),
    ),
  };
}

const namesFile = ({ names }: Read, path: string) =>
  names !== null && (names.has(stemOf(path)) || names.has(camelCased(stemOf(path))));

const isOfFamily = (one: LanguageName, other: LanguageName | null) => one === other;

function stemsOf(path: string): string[] {
  const stem = stemOf(path);
  const folder = folderOf(path);
  const above = folder.slice(folder.lastIndexOf('/') + 1);
  return folderStems.has(stem) && above !== '' ? [stem, above] : [stem];
}

const withoutEnding = (path: string) => path.replace(/(?<=[^/])\.(?:d\.)?\w{1,5}$/, '');

const camelCased = (stem: string) =>
  stem.replace(/(?:^|[_-])([a-z])/g, (_, letter: string) => letter.toUpperCase());

/** From the root of the repository; what leads out of it stays as it is. */
export function joined(folder: string, written: string): string {
  const parts = written.startsWith('/') || folder === '' ? [] : folder.split('/');
  for (const part of written.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}

/** In both states of the repository. A change is sorted again after each run: whoever keeps its ground keeps these in it. */
export function sourcesOf({
  files,
  base,
}: {
  files: readonly ChangedFile[];
  base: ReadonlyMap<string, string>;
}): readonly [base: Sources, head: Sources] {
  const head = new Map(base);
  for (const { path, oldPath, after } of files) {
    if (oldPath !== null) head.delete(oldPath);
    if (after === null) head.delete(path);
    else head.set(path, after);
  }
  const ofBase = new Sources(base);
  return [ofBase, new Sources(head, ofBase)];
}
