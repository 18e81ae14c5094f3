// What of a change is the product, and what is evidence about it (R-GREEN-2). Product is only what is positively product:
// a source that other sources of the product import, or that tests import as what they test. Whatever else a change
// touches stays as the base has it in the run that decides.
import { isCiFile } from '../../domain/forge/ci-files.ts';
import type { ChangedFile } from '../changed-file.ts';
import { languageOf, languages } from '../syntax/languages.ts';
import { parseSource } from '../syntax/parse-source.ts';
import { testPartsIn, testsIn } from '../syntax/tests-in.ts';
import { changesExamples } from './compose.ts';
import { entriesOf } from './entries.ts';
import {
  documents,
  isAbout,
  isJudging,
  isLoadedByTools,
  locks,
  looksLikeEvidence,
  manifests,
  maySayHowChecksRun,
  otherSources,
  testFolder,
  toolModules,
} from './file-names.ts';
import { comparesWith, isNamedIn, isRunBy, looksAt } from './named-files.ts';
import { reachedFiles } from './reached-files.ts';
import type { Role, SortedFile } from './sorted-file.ts';
import { folderOf, type Sources, sourcesOf, stemOf, subjectOf } from './sources.ts';

export interface Ground {
  files: readonly ChangedFile[];
  /** Texts of the base by path: its sources, scripts, manifests and settings. */
  base: ReadonlyMap<string, string>;
  /** All paths of the base. */
  basePaths: ReadonlySet<string>;
  commands: readonly string[];
  /** What `sourcesOf` gives. */
  sources?: readonly [base: Sources, head: Sources];
}

/** Beyond this, nothing is known about who imports a file. */
const importersMax = 400;
const sampleMax = 40;
const samplesOfProductMax = 60;

export class ChangeSorter {
  readonly #ground: Ground;
  readonly #reported: ReadonlySet<string>;
  readonly #checkers: readonly string[];
  readonly #base: Sources;
  readonly #head: Sources;
  readonly #reached: ReadonlySet<string>;
  readonly #isProduct = new Map<string, Promise<boolean>>();
  readonly #evidenceFolders = new Map<string, Promise<boolean>>();
  readonly #entries: ReadonlySet<string>;

  /**
   * @param reported files that the report of the base names as files of tests
   * @param checkers the commands that look at sources, and run no test
   */
  constructor(ground: Ground, reported: ReadonlySet<string>, checkers: readonly string[] = ground.commands) {
    this.#ground = ground;
    this.#checkers = checkers;
    this.#reported = reported;
    const [base, head] = ground.sources ?? sourcesOf(ground);
    this.#base = base;
    this.#head = head;
    this.#reached = new Set(ground.commands.flatMap((command) => [...this.reachedBy(command)]));
    this.#entries = entriesOf(ground.base);
  }

  /** What the command runs, or reads to know what to run, on the base. */
  reachedBy(command: string): ReadonlySet<string> {
    const { base, basePaths } = this.#ground;
    return reachedFiles(command, (path) => base.get(path) ?? (basePaths.has(path) ? '' : null));
  }

  async sort(): Promise<SortedFile[]> {
    const sorted: SortedFile[] = [];
    for (const file of this.#ground.files) sorted.push({ file, ...(await this.#sorted(file)) });
    return this.#withDataOfProduct(sorted);
  }

  /** A source of the product that is there with the change and without it, if possible one that tests import. */
  async sampleOfProduct(): Promise<string | null> {
    const { files, base } = this.#ground;
    const touched = new Set(files.flatMap(({ path, oldPath }) => [path, oldPath]));
    const changed = files.filter(({ status, oldPath }) => status === 'changed' && oldPath === null);
    const untouched = [...base.keys()].filter((path) => !touched.has(path));
    let product: string | null = null;
    let looked = 0;
    for (const path of [...changed.map((file) => file.path), ...untouched]) {
      if (looked >= samplesOfProductMax) break;
      if (languageOf(path, base.get(path)) === null || this.#reported.has(path) || isLoadedByTools(path))
        continue;
      looked += 1;
      if ((await this.#isTestFile(path, this.#base)) || !(await this.#isProductSource(path, true))) continue;
      if (await this.#isTested(path, true)) return path;
      product ??= path;
    }
    return product;
  }

  async #sorted(file: ChangedFile): Promise<Omit<SortedFile, 'file'>> {
    const { path, oldPath } = file;
    if (isCiFile(path)) return evidence('ci', 'it defines continuous integration');
    if (locks.test(path)) return evidence('lock', 'it says which packages are installed');
    if (manifests.test(path))
      return {
        part: 'mixed',
        role: 'manifest',
        because: 'of a manifest, only what the product needs is product',
      };
    const language = languageOf(path, file.after ?? file.before);
    if (language === null) return this.#other(path, await this.#isEvidenceFolder(folderOf(path)));
    if (/_test\.go$/.test(path) || /_test\.go$/.test(oldPath ?? ''))
      return evidence('test', 'there are tests in it');
    if (isLoadedByTools(path)) return evidence('configuration', 'tools load it by its name');
    const before = oldPath ?? path;
    const known = this.#base.has(before);
    const [isProduct, hasTests] = await Promise.all([
      this.#isProductSource(known ? before : path, known),
      this.#hasTests(file),
    ]);
    // The report of the change is written by the change.
    const isReported = this.#reported.has(before);
    if (this.#ground.basePaths.has(before) && this.#checkers.some((command) => isRunBy(command, before)))
      return { ...evidence('configuration', 'a check runs it'), isReached: true };
    const bringsTests =
      isProduct &&
      file.before !== null &&
      file.after !== null &&
      (await judgesMore(path, file.before, file.after));
    if (isProduct && !hasTests && !isReported && bringsTests)
      return { part: 'mixed', role: 'source', because: 'the tests in it are evidence' };
    if (isProduct && !hasTests && !isReported)
      return {
        part: 'product',
        role: 'source',
        because: `${languages[language].name} that the product imports, or that tests test`,
      };
    const isUsed =
      isProduct && (!hasTests || (await this.#isImportedByProduct(known ? before : path, known)));
    if (isUsed && (hasTests || isReported))
      return { part: 'mixed', role: 'source', because: 'the tests in it are evidence' };
    if (hasTests && !isReported && !(await writesTests(file)))
      return evidence('helper', 'it serves tests, and has none');
    if (hasTests || isReported) return evidence('test', 'there are tests in it');
    const isReached = this.#reached.has(before);
    if (await this.#isEvidenceFolder(folderOf(before)))
      return { ...evidence('helper', 'it lies where the tests are'), ...(isReached ? { isReached } : {}) };
    if (isReached) return evidence('configuration', 'a check runs it');
    return { part: 'unknown', role: 'helper', because: 'nothing shows that it belongs to the product' };
  }

  #other(path: string, isAmongTests: boolean): Omit<SortedFile, 'file'> {
    if (documents.test(path) && !this.#isNamed(path))
      return { part: 'neutral', role: 'document', because: 'no check reads it' };
    if (otherSources.test(path) && !isAmongTests && !looksLikeEvidence(path))
      return { part: 'product', role: 'data', because: 'a source of a language that is read by runs alone' };
    if (this.#isCheckedByCommand(path))
      return { part: 'product', role: 'data', because: 'a check looks at it' };
    if (this.#ground.commands.some((command) => comparesWith(command, path)))
      return evidence('data', 'a check compares with it');
    if (this.#reached.has(path)) return evidence('configuration', 'a check reads it');
    if (isAmongTests && !/(?:^|\/)\.[^/]+$/.test(path))
      return evidence('fixture', 'it lies where the tests are');
    if (maySayHowChecksRun.test(path)) return evidence('configuration', 'it may say how the checks run');
    return evidence('data', 'it is no source');
  }

  /** Checkers name it as what they look at, and not as the value of an option; what a test compares with is evidence. */
  #isCheckedByCommand(path: string): boolean {
    const naming = this.#ground.commands.filter((command) => isNamedIn(command, path));
    return (
      naming.length > 0 && naming.every((command) => looksAt(command, path) && !comparesWith(command, path))
    );
  }

  /** Named where something judges: in a command, a script, a setting or a test. */
  #isNamed(path: string): boolean {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (this.#reached.has(path) || this.#ground.commands.some((command) => command.includes(name)))
      return true;
    for (const [other, text] of this.#ground.base)
      if (other !== path && !documents.test(other) && isJudging(other) && text.includes(name)) return true;
    return false;
  }

  /** In the base, if it is there: what the change puts into a source of the product makes no evidence of it. */
  async #hasTests({ path, oldPath, before, after }: ChangedFile): Promise<boolean> {
    const text = before ?? after;
    const language = languageOf(path, text);
    if (language === null || text === null) return false;
    const tree = await parseSource(language, text);
    if (tree !== null && testPartsIn(tree).length > 0) return true;
    return before === null ? this.#head.usesTestTool(path) : this.#base.usesTestTool(oldPath ?? path);
  }

  /** With the state in which its importers are looked for: the base's, unless the change brings the file. */
  #isProductSource(path: string, known: boolean): Promise<boolean> {
    const key = `${known} ${path}`;
    const found = this.#isProduct.get(key);
    if (found !== undefined) return found;
    const judged = this.#judgeSource(path, known);
    this.#isProduct.set(key, judged);
    return judged;
  }

  async #judgeSource(path: string, known: boolean): Promise<boolean> {
    if (await this.#isEvidenceFolder(folderOf(path))) return false;
    if (this.#entries.has(path)) return true;
    if (isLoadedByTools(path) || (!known && (await this.#takesPlace(path)))) return false;
    return (await this.#isTested(path, known)) || (await this.#isImportedByProduct(path, known));
  }

  /** From importer to importer, to a program of the product or to what tests test. */
  async #isImportedByProduct(path: string, known: boolean): Promise<boolean> {
    if (this.#entries.has(path)) return true;
    const sources = known ? this.#base : this.#head;
    const seen = new Set([path]);
    const waiting = [path];
    for (let at = waiting.pop(); at !== undefined && seen.size < importersMax; at = waiting.pop())
      for (const each of await sources.importersOf(at)) {
        if (seen.has(each)) continue;
        seen.add(each);
        if ((await this.#isTestFile(each, sources)) && !this.#isMixedSource(each)) continue;
        if (
          this.#entries.has(each) ||
          (await this.#isRoot(each, known)) ||
          (await this.#isTested(each, known))
        )
          return true;
        waiting.push(each);
      }
    return false;
  }

  /** Tests import it as what they test. */
  async #isTested(path: string, known: boolean): Promise<boolean> {
    const sources = known ? this.#base : this.#head;
    if (isLoadedByTools(path) || (await sources.usesTestTool(path))) return false;
    const tests = [];
    for (const each of await sources.importersOf(path))
      if (await this.#isTestFile(each, sources)) tests.push(each);
    if (tests.length === 0) return false;
    if (tests.some((each) => isAbout(each, path))) return true;
    if (path.endsWith('.go')) return tests.some((each) => folderOf(each) === folderOf(path));
    return (await sources.demands(path)) === false;
  }

  /** Nobody imports it, and it is neither a test nor what a check runs: a program of the product. */
  async #isRoot(path: string, known: boolean): Promise<boolean> {
    if (this.#reached.has(path) || isLoadedByTools(path) || !this.#base.has(path)) return false;
    const sources = known ? this.#base : this.#head;
    return (await sources.importersOf(path)).length === 0 && !(await sources.usesTestTool(path));
  }

  /** Rust keeps tests in the sources themselves. */
  #isMixedSource(path: string): boolean {
    return path.endsWith('.rs');
  }

  async #isTestFile(path: string, sources: Sources): Promise<boolean> {
    return (
      this.#reported.has(path) ||
      /_test\.go$/.test(path) ||
      (await sources.isTest(path)) ||
      (await this.#isEvidenceFolder(folderOf(path)))
    );
  }

  /** The folder, or one around it, holds tests and what serves them. */
  async #isEvidenceFolder(folder: string): Promise<boolean> {
    if (folder === '') return false;
    const known = this.#evidenceFolders.get(folder);
    if (known !== undefined) return known;
    const judged = (async () =>
      (await this.#isEvidenceFolder(folderOf(folder))) || (await this.#holdsTests(folder)))();
    this.#evidenceFolders.set(folder, judged);
    return judged;
  }

  async #holdsTests(folder: string): Promise<boolean> {
    const sources = this.#base;
    const own = sources.below(folder);
    const name = folder.slice(folder.lastIndexOf('/') + 1);
    if (testFolder.test(name)) return true;
    if (own.length === 0 || own.length > 2_000) return false;
    // Of a large folder, some tell what it is.
    const step = Math.ceil(own.length / sampleMax);
    const sample = own.filter((_, at) => at % step === 0);
    let tests = 0;
    const subjects = new Set<string>();
    for (const path of sample)
      if (this.#reported.has(path) || /_test\.go$/.test(path) || (await sources.isTest(path))) {
        if (path.endsWith('.rs')) return false;
        tests += 1;
        subjects.add(subjectOf(path));
      }
    if (tests === 0 || tests * 2 < sample.length) return false;
    // Tests beside what they test.
    const isBeside = own.some(
      (path) =>
        this.#entries.has(path) || (subjectOf(path) === plainStem(path) && subjects.has(plainStem(path))),
    );
    if (isBeside) return false;
    return !own.some((path) => path.endsWith('.go'));
  }

  /** A new file that an import of the base would now find in place of what it found there. */
  async #takesPlace(path: string): Promise<boolean> {
    const stem = stemOf(path);
    if (languageOf(path) !== 'python') return /(?:^|\/)node_modules\//.test(path);
    const module = stem === '__init__' ? (folderOf(path).split('/').at(-1) ?? '') : stem;
    for (const [other, text] of this.#ground.base) {
      if (!other.endsWith('.py') || !text.includes(module)) continue;
      if (
        new RegExp(`^\\s*(?:import|from)\\s+${module.replace(/\W/g, '.')}\\b`, 'm').test(text) &&
        !this.#baseResolves(module)
      )
        return true;
    }
    return toolModules.has(module);
  }

  #baseResolves(module: string): boolean {
    for (const path of this.#ground.base.keys())
      if (path === `${module}.py` || path.endsWith(`/${module}.py`) || path.endsWith(`${module}/__init__.py`))
        return true;
    return false;
  }

  /** What only sources of the product name is read by them, and judges nothing. */
  async #withDataOfProduct(sorted: readonly SortedFile[]): Promise<SortedFile[]> {
    const product = sorted.filter(
      ({ part, role }) => part === 'product' || (part === 'mixed' && role === 'source'),
    );
    const judging = sorted.filter(
      ({ part, role }) => role === 'manifest' || (part === 'evidence' && role === 'configuration'),
    );
    const result: SortedFile[] = [];
    for (const each of sorted) {
      const isData = each.part === 'evidence' && each.role === 'data';
      result.push(
        isData && (await this.#isDataOfProduct(each.file.path, product, judging))
          ? {
              ...each,
              part: 'product',
              because: 'sources of the product name it, and nothing that judges does',
            }
          : each,
      );
    }
    return result;
  }

  async #isDataOfProduct(
    path: string,
    changed: readonly SortedFile[],
    judging: readonly SortedFile[],
  ): Promise<boolean> {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (judging.some(({ file }) => file.path !== path && file.after?.includes(name))) return false;
    const stem = stemOf(path);
    if (stem.length < 3 || (await this.#isEvidenceFolder(folderOf(path))) || this.#isNamed(path))
      return false;
    const folder = folderOf(path).split('/').at(-1) ?? '';
    const names = (text: string) =>
      text.includes(name) ||
      new RegExp(`["'\`/]${stem.replace(/\W/g, '\\$&')}["'\`]`).test(text) ||
      (folder.length > 2 && text.includes(folder) && !/^(?:src|lib|app)$/.test(folder));
    for (const other of this.#ground.base.keys()) {
      if (
        languageOf(other, this.#ground.base.get(other)) === null ||
        !names(this.#ground.base.get(other) ?? '')
      )
        continue;
      if (await this.#isTestFile(other, this.#base)) return false;
      if (await this.#isProductSource(other, true)) return true;
    }
    return changed.some(({ file }) => names(file.after ?? ''));
  }
}

const plainStem = (path: string) => stemOf(path).replace(/[._-]/g, '').toLowerCase();

/** Now or before, whatever tool it uses beside. */
async function writesTests({ path, oldPath, before, after }: ChangedFile): Promise<boolean> {
  for (const [name, text] of [
    [oldPath ?? path, before],
    [path, after],
  ] as const) {
    const language = languageOf(name, text);
    const tree = language === null || text === null ? null : await parseSource(language, text);
    if (tree && testsIn(tree).length > 0) return true;
  }
  return false;
}

/** The change puts tests into it, or alters examples that a runner may run. */
async function judgesMore(path: string, before: string, after: string): Promise<boolean> {
  const language = languageOf(path, after);
  const tree = language === null ? null : await parseSource(language, after);
  return tree !== null && (testPartsIn(tree).length > 0 || (await changesExamples(path, before, after)));
}

const evidence = (role: Role, because: string): Omit<SortedFile, 'file'> => ({
  part: 'evidence',
  role,
  because,
});
