// The sources around a change: which of them imports which, and which of them are tests (R-GREEN-2). Trees are made only of
// files in whose text the name of another one stands.
import { type LanguageName, languageOf, languages } from '../syntax/languages.ts';
import { parseSource, type SyntaxTree } from '../syntax/parse-source.ts';
import { importsIn, namesIn } from '../syntax/read-tree.ts';
import { declaresTests, importsTestTool } from '../syntax/tests-in.ts';

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

interface Read {
  tree: SyntaxTree;
  imports: readonly string[];
}

export class Sources {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #read = new Map<string, Promise<Read | null>>();
  readonly #byStem = new Map<string, string[]>();
  readonly #folders = new Map<string, string[]>();
  readonly #importers = new Map<string, Promise<string[]>>();

  /** @param texts by path, in one state of the repository */
  constructor(texts: ReadonlyMap<string, string>) {
    this.#texts = texts;
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

  /** Null if it was not examined. */
  async tree(path: string): Promise<SyntaxTree | null> {
    return (await this.#readOf(path))?.tree ?? null;
  }

  #readOf(path: string): Promise<Read | null> {
    const known = this.#read.get(path);
    if (known !== undefined) return known;
    const text = this.#texts.get(path);
    const language = languageOf(path, text);
    const read =
      language === null || text === undefined || this.#read.size >= readMax
        ? Promise.resolve(null)
        : parseSource(language, text).then((tree) => tree && { tree, imports: importsIn(tree) });
    this.#read.set(path, read);
    return read;
  }

  /** Whether it is a test as a whole, or a part of it is one. */
  async isTest(path: string): Promise<boolean> {
    const tree = await this.tree(path);
    return tree !== null && declaresTests(tree);
  }

  async usesTestTool(path: string): Promise<boolean> {
    const tree = await this.tree(path);
    return tree !== null && importsTestTool(tree);
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
    const words = [...stemsOf(path), path.slice(path.lastIndexOf('/') + 1)];
    const found: string[] = [];
    for (const [other, text] of this.#texts) {
      const theirs = languageOf(other, text);
      if (other === path || theirs === null) continue;
      if (language === 'go' && theirs === 'go' && folderOf(other) === folderOf(path)) {
        found.push(other);
        continue;
      }
      if (!words.some((word) => text.includes(word)) && !text.includes(camelCased(stemOf(path)))) continue;
      const read = await this.#readOf(other);
      if (read === null) continue;
      const isImported = read.imports.some((each) => this.#targets(other, theirs, each).includes(path));
      if (
        isImported ||
        (isOfFamily(theirs, language) &&
          languages[theirs].sharesNames &&
          theirs !== 'go' &&
          this.#names(read.tree, path))
      )
        found.push(other);
    }
    return found;
  }

  #names(tree: SyntaxTree, path: string): boolean {
    const names = namesIn(tree);
    return names.has(stemOf(path)) || names.has(camelCased(stemOf(path)));
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
