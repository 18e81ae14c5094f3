// Why a file of evidence had to change with the product (R-GREEN-8, R-GREEN-13): it follows what the change does and demands
// as much, it goes with what is gone, or it was asked for. What is not explained refuses. Pure.
import type { ChangedFile } from '../changed-file.ts';
import { withJudgingParts } from '../parts/manifest-parts.ts';
import type { SortedFile } from '../parts/sort-change.ts';
import { folderOf, stemOf, subjectOf } from '../parts/sources.ts';
import { languageOf } from '../syntax/languages.ts';
import { parseSource, type SyntaxNode, type SyntaxTree } from '../syntax/parse-source.ts';
import { declaredIn, functionsIn, namesIn, textOf, textsIn } from '../syntax/read-tree.ts';
import { demandsIn, isTitle, type TestBlock, testPartsIn, testsIn, valuesIn } from '../syntax/tests-in.ts';
import type { ReportedTest } from '../test-report.ts';
import { type Asked, isNameAsked, isPathAsked } from '../../domain/work-order/asked.ts';
import { type Block, profileOf, replacedIn, shapeOf, weakened } from './compare-blocks.ts';

export interface Explained {
  file: SortedFile;
  /** Null: nothing explains it, for the reason. */
  as: 'asked' | 'adapted' | 'removed' | 'data' | 'lock' | null;
  /** For people, after the path. */
  because: string;
  /** Titles of tests of the base, with the ones that they have now. */
  titles?: Array<readonly [before: string, now: string]>;
  /** Titles of tests of the base in whose place nothing stands, although what they test is there. */
  lost?: string[];
  /** Titles of tests that name fewer values than before. */
  fewer?: string[];
  /** Tests that demand less than on the base, with the reason. */
  weaker?: Array<readonly [title: string, reason: string]>;
  /** Titles of tests that demand nothing any more. */
  emptied?: string[];
  /** What tests it, and is put a double in the place of in its own tests. */
  doubled?: string;
}

export interface Change {
  sorted: readonly SortedFile[];
  asked: Asked;
  /** Tests that failed on the base too: nothing that the change does to them is an adaptation. */
  redBefore: readonly ReportedTest[];
  /** Of these, those that fail with the base's evidence on the product of the change too. */
  redStill: readonly ReportedTest[];
}

interface Parsed {
  file: ChangedFile;
  before: SyntaxTree | null;
  after: SyntaxTree | null;
}

/** What is gone and what is new in the product. */
interface Product {
  /** Names that it declared before, and declares nowhere now. */
  gone: ReadonlySet<string>;
  /** Words that stood in it, as names or in its texts, and stand nowhere in it now. */
  goneTexts: ReadonlySet<string>;
  /** Names that it declares now. */
  declared: ReadonlySet<string>;
  /** Stems of files that are gone. */
  goneFiles: ReadonlySet<string>;
  changedFiles: readonly string[];
}

export async function explainAll(change: Change): Promise<Explained[]> {
  const evidence = change.sorted.filter((sorted) => sorted.part === 'unknown' || (sorted.part === 'evidence' && sorted.role !== 'ci') || (sorted.part === 'mixed' && !isSameManifest(sorted)));
  const parsed = new Map<string, Parsed>();
  for (const { file } of change.sorted) parsed.set(file.path, await parsedFile(file));
  const product = productOf(change, parsed);
  const elsewhere = titlesAfter(evidence, parsed);
  const around = { change, product, elsewhere, values: valuesOfData(evidence) };
  const readOf = ({ file }: SortedFile) => parsed.get(file.path) as Parsed;
  const [fresh, known] = [evidence.filter(({ file }) => file.status === 'added'), evidence.filter(({ file }) => file.status !== 'added')];
  const explained: Explained[] = known.map((file) => ({ file, ...explain(file, readOf(file), around) }));
  // What is new is explained by what uses it.
  const left = new Set(fresh);
  for (let isMore = true; isMore; ) {
    isMore = false;
    for (const file of left) {
      const how = explainNew(file, readOf(file), around, explained);
      if (how.as === null) continue;
      explained.push({ file, ...how });
      left.delete(file);
      isMore = true;
    }
  }
  for (const file of left) explained.push({ file, as: null, because: 'is new, and nothing that follows the change uses it' });
  return explained;
}

/** Of a manifest that changes nothing that judges, nothing is to be explained. */
const isSameManifest = ({ role, file: { path, before, after } }: SortedFile) =>
  role === 'manifest' && before !== null && after !== null && withJudgingParts(path, before, after) === after;

/** Tests that stand in it now, or what explained evidence or the product names. */
function explainNew(sorted: SortedFile, { after }: Parsed, { change, elsewhere }: Around, explained: readonly Explained[]): Explanation {
  const { file, role } = sorted;
  if (isPathAsked(file.path, change.asked.configuration)) return { as: 'asked', because: 'was asked for' };
  if (role === 'lock') return explainLock(file, { change } as Around);
  if (!['test', 'helper', 'data', 'fixture'].includes(role)) return { as: null, because: 'says how the checks run' };
  const stem = stemOf(file.path);
  const users = explained.filter(({ as }) => as !== null).map(({ file: each }) => each.file);
  const namesIt = (text: string | null) => text !== null && new RegExp(`\\b${stem.replace(/\W/g, '\\$&')}\\b`).test(text);
  if (role !== 'test' && users.some((each) => namesIt(each.after))) return { as: 'adapted', because: 'is new, and what follows the change uses it' };
  if (role === 'test' && after !== null) {
    const moved = explained.some(({ as, file: each }) => as !== null && each.file.status !== 'added' && each.role === 'test' && testsMovedTo(file.path, each, elsewhere));
    if (moved) return { as: 'adapted', because: 'has tests that stood elsewhere' };
  }
  return { as: null, because: 'is new, and nothing that follows the change uses it' };
}

function testsMovedTo(path: string, { file }: SortedFile, elsewhere: Around['elsewhere']): boolean {
  const text = file.before ?? '';
  return [...elsewhere].some(([title, blocks]) => text.includes(title) && blocks.some((each) => each.path === path));
}

async function parsedFile(file: ChangedFile): Promise<Parsed> {
  const read = async (path: string, text: string | null) => {
    const language = languageOf(path, text);
    return text === null || language === null ? null : parseSource(language, text);
  };
  return { file, before: await read(file.oldPath ?? file.path, file.before), after: await read(file.path, file.after) };
}

function productOf({ sorted }: Change, parsed: ReadonlyMap<string, Parsed>): Product {
  const [before, after] = [new Set<string>(), new Set<string>()];
  const [hadTexts, hasTexts] = [new Set<string>(), new Set<string>()];
  const goneFiles = new Set<string>();
  const changed: string[] = [];
  for (const { file, part, role } of sorted) {
    if (part !== 'product' && !(part === 'mixed' && role === 'source')) continue;
    const read = parsed.get(file.path);
    changed.push(file.path);
    if (file.status === 'deleted') goneFiles.add(stemOf(file.path));
    if (file.oldPath !== null) goneFiles.add(stemOf(file.oldPath));
    for (const name of read?.before ? declaredIn(read.before) : []) before.add(name);
    for (const name of read?.after ? declaredIn(read.after) : []) after.add(name);
    for (const text of read?.before ? [...textsIn(read.before), ...namesIn(read.before)] : []) hadTexts.add(text);
    for (const text of read?.after ? [...textsIn(read.after), ...namesIn(read.after)] : []) hasTexts.add(text);
  }
  const goneTexts = new Set([...hadTexts].filter((text) => /^[-\w.]{3,40}$/.test(text) && ![...hasTexts].some((each) => each.includes(text))));
  return { gone: new Set([...before].filter((name) => !after.has(name))), goneTexts, declared: after, goneFiles, changedFiles: changed };
}

interface Around {
  change: Change;
  product: Product;
  /** Tests of the change by title, in all its files. */
  elsewhere: ReadonlyMap<string, Array<Named & { path: string }>>;
  /** Values in changed data of tests. */
  values: readonly string[];
}

const valuesOfData = (evidence: readonly SortedFile[]) =>
  evidence.flatMap(({ role, file }) =>
    role === 'data' || role === 'fixture' ? ((file.after ?? '').slice(0, 200_000).match(/[\w.-]+/g) ?? []).flatMap((word) => [word, `"${word}`]) : [],
  );

function titlesAfter(evidence: readonly SortedFile[], parsed: ReadonlyMap<string, Parsed>): Around['elsewhere'] {
  const found = new Map<string, Array<Named & { path: string }>>();
  for (const { file } of evidence) {
    const tree = parsed.get(file.path)?.after;
    if (!tree) continue;
    for (const { title, node } of testsIn(tree))
      found.set(title, [...(found.get(title) ?? []), { tree, node, title, path: file.path }]);
  }
  return found;
}

type Explanation = Omit<Explained, 'file'>;

function explain(sorted: SortedFile, parsed: Parsed, around: Around): Explanation {
  const { asked } = around.change;
  const { file, role } = sorted;
  const paths = [file.path, file.oldPath ?? file.path];
  if (paths.some((path) => isPathAsked(path, asked.configuration))) return { as: 'asked', because: 'was asked for' };
  switch (role) {
    case 'test':
    case 'source':
    case 'helper':
      return explainSource(sorted, parsed, around);
    case 'data':
    case 'fixture':
      return explainData(file, around);
    case 'lock':
      return explainLock(file, around);
    default:
      return { as: null, because: 'says how the checks run' };
  }
}

function explainSource({ file }: SortedFile, { before, after }: Parsed, around: Around): Explanation {
  const { asked, redBefore } = around.change;
  const mayChange = asked.tests === 'may_change';
  if (file.after !== null && (after === null || !after.isWhole) && before?.isWhole !== false)
    return { as: null, because: 'could not be read' };
  if (before === null) return { as: null, because: 'could not be read' };
  const tests = testsIn(before).filter(({ isSuite }) => !isSuite);
  const isRed = (test: TestBlock) =>
    redBefore.some((red) => isFor(red, test, file) && !(after && sameText(before, test, after)));
  const bent = tests.find((test) => isRed(test) && !isSameDemand(before, test, after));
  if (bent && !mayChange) return { as: null, because: `changes '${bent.title}', which failed before` };
  let isRemoval = false;
  const titles: Array<readonly [string, string]> = [];
  const [lost, fewer, emptied]: [string[], string[], string[]] = [[], [], []];
  const weaker: Array<readonly [string, string]> = [];
  let reason: string | null = null;
  for (const test of tests) {
    const same = after === null ? undefined : sameTitled(test, after, around, file.path);
    if (same === undefined && (mayChange || isGone(before, test, around))) {
      isRemoval = true;
      continue;
    }
    const now = same ?? (after === null ? undefined : inAnotherForm(test, tests, before, after, around));
    if (now === undefined) {
      lost.push(test.title);
      continue;
    }
    titles.push([test.title, now.title]);
    if (mayChange) continue;
    if (demandsIn(before, test.node).length > 0 && demandsIn(now.tree, now.node).length === 0) emptied.push(test.title);
    if (valuesIn(now.tree, now.node).length < valuesIn(before, test.node).length) fewer.push(test.title);
    const less = weakened({ tree: before, node: test.node }, now);
    if (less !== null && !isNameAsked(test.name, asked.skips)) {
      weaker.push([test.title, less]);
      reason ??= `changes '${test.title}': ${less}`;
    }
  }
  const doubled = after === null || mayChange ? null : doubleOfSubject(before, after, file.path);
  const found = { titles, lost, fewer, emptied, weaker, ...(doubled === null ? {} : { doubled }) };
  if (lost.length > 0) reason ??= `no longer has '${lost[0]}'`;
  if (reason !== null) return { as: null, because: reason, ...found };
  if (after === null)
    return tests.length > 0 || isNameAsked(file.path, asked.removes)
      ? { as: 'removed', because: 'goes with what it tested', ...found }
      : { as: null, because: 'is gone' };
  if (!mayChange) {
    const less = outsideWeakened(before, after, tests.length > 0);
    if (less !== null) return { as: null, because: less };
    const double = doubledProduct(before, after, around);
    if (double !== null) return { as: null, because: `puts a double in the place of ${double}` };
  }
  return isRemoval
    ? { as: 'removed', because: 'loses tests of what is gone', ...found }
    : { as: 'adapted', because: 'follows what the change does, and demands as much', ...found };
}

/** It only calls things otherwise. */
function isSameDemand(before: SyntaxTree, test: TestBlock, after: SyntaxTree | null): boolean {
  const now = after && testsIn(after).find(({ name }) => name === test.name);
  if (!after || !now) return false;
  const [then, since] = [valuesIn(before, test.node), valuesIn(after, now.node)].map((values) => values.sort().join('\n'));
  return then === since && weakened({ tree: before, node: test.node }, { tree: after, node: now.node }) === null;
}

const isFor = (red: ReportedTest, test: TestBlock, file: ChangedFile) =>
  (red.file === null || [file.path, file.oldPath].includes(red.file)) &&
  (red.name === test.name || isTitle(test.title, titleOf(red.name)));

/** The title without the suites around it, and without its case. */
export function titleOf(name: string): string {
  const last = name.split(/ > |::/).at(-1) ?? name;
  return last.replace(/\[.*\]$/s, '').trim();
}

function sameText(before: SyntaxTree, test: TestBlock, after: SyntaxTree): boolean {
  return after.text.includes(textOf(before, test.node));
}

interface Named extends Block {
  title: string;
}

/** The test of the same name in its file, or of the same title in another. */
function sameTitled(test: TestBlock, after: SyntaxTree, { elsewhere }: Around, path: string): Named | undefined {
  const now = testsIn(after).filter(({ isSuite }) => !isSuite);
  const same = now.find(({ name }) => name === test.name) ?? now.find(({ title }) => title === test.title);
  if (same) return { tree: after, node: same.node, title: same.title };
  return (elsewhere.get(test.title) ?? []).find((each) => each.path !== path);
}

/** The one that looks at the same values, or that calls the same and expects something else. */
function inAnotherForm(
  test: TestBlock,
  all: readonly TestBlock[],
  before: SyntaxTree,
  after: SyntaxTree,
  { elsewhere, product, values: ofData }: Around,
): Named | undefined {
  const now = testsIn(after).filter(({ isSuite }) => !isSuite);
  const known = new Set(all.map(({ name }) => name));
  const values = valuesIn(before, test.node);
  const names = namesIn(before, test.node);
  const fresh: Named[] = [
    ...now.filter(({ name }) => !known.has(name)).map(({ node, title }) => ({ tree: after, node, title })),
    ...[...elsewhere.values()].flat(),
  ];
  let best: { block: Named; share: number } | undefined;
  for (const block of fresh) {
    const theirs = new Set([...valuesIn(block.tree, block.node), ...ofData]);
    const called = namesIn(block.tree, block.node);
    const share = shareOf(values, theirs) * 0.6 + shareOf([...names], called) * 0.4;
    if (share > (best?.share ?? 0.55)) best = { block, share };
  }
  if (best) return best.block;
  // In its place stands one that calls the same of the product, and expects something else.
  const subjects = [...names].filter((name) => product.declared.has(name));
  const own = demandsIn(before, test.node).length;
  return subjects.length === 0
    ? undefined
    : fresh.find((block) => {
        const called = namesIn(block.tree, block.node);
        return subjects.every((name) => called.has(name)) && demandsIn(block.tree, block.node).length >= own;
      });
}

const shareOf = (some: readonly string[], all: ReadonlySet<string>) =>
  some.length === 0 ? 1 : some.filter((each) => all.has(each)).length / some.length;

/** What it tested is gone, or its removal was asked for. */
function isGone(tree: SyntaxTree, test: TestBlock, { product, change }: Around): boolean {
  const { removes } = change.asked;
  if (isNameAsked(test.name, removes)) return true;
  const names = namesIn(tree, test.node);
  const texts = textsIn(tree, test.node);
  if ([...names].some((name) => isNameAsked(name, removes))) return true;
  if ([...names].some((name) => product.gone.has(name)) || texts.some((text) => product.gone.has(text) || product.goneTexts.has(text) || text.split(/[^-\w.]+/).some((word) => product.goneTexts.has(word) || product.goneTexts.has(word.replace(/^-+/, ''))))) return true;
  return product.goneFiles.size > 0 && [...namesIn(tree), ...textsIn(tree)].some((each) => product.goneFiles.has(stemOf(each)));
}

/** Helpers, hooks and what stands beside the tests. */
function outsideWeakened(before: SyntaxTree, after: SyntaxTree, hasTests: boolean): string | null {
  const [then, now] = [before, after].map((tree) => functionsOutside(tree));
  for (const [name, block] of then ?? []) {
    const other = now?.get(name);
    if (other === undefined) continue;
    if (textOf(block.tree, block.node) === textOf(other.tree, other.node)) continue;
    const less = weakened(block, other);
    if (less !== null) return `changes the helper '${name}': ${less}`;
    if (!keepsShape(block, other)) return `changes what the helper '${name}' does`;
  }
  if (hasTests) return null;
  if (!keepsShape({ tree: before, node: before.root }, { tree: after, node: after.root })) return 'does something else';
  const [own, theirs] = [profileOf({ tree: before, node: before.root }), profileOf({ tree: after, node: after.root })];
  if (theirs.demands < own.demands) return 'demands less';
  if (theirs.leftOut > own.leftOut) return 'leaves out tests';
  return theirs.ends > own.ends ? 'ends the run' : null;
}

function functionsOutside(tree: SyntaxTree): Map<string, Block> {
  const tests = testPartsIn(tree);
  const isInTest = ({ from, to }: SyntaxNode) => tests.some((part) => from >= part.from && to <= part.to);
  return new Map(functionsIn(tree).filter(({ node }) => !isInTest(node)).map(({ name, node }) => [name, { tree, node }]));
}

/** The same with other names and values, or with something more in it. */
function keepsShape(before: Block, after: Block): boolean {
  const [then, now] = [shapeOf(before), shapeOf(after)];
  let at = 0;
  for (const each of now) if (each === then[at]) at += 1;
  return at === then.length && profileOf(after).branches <= profileOf(before).branches;
}

/** The module that the tests of this file are about, by their name. */
function doubleOfSubject(before: SyntaxTree, after: SyntaxTree, path: string): string | null {
  const known = new Set(replacedIn({ tree: before, node: before.root }));
  const fresh = replacedIn({ tree: after, node: after.root }).filter((each) => !known.has(each));
  return fresh.find((each) => /[/.]/.test(each) && stemOf(each).replace(/[._-]/g, '').toLowerCase() === subjectOf(path)) ?? null;
}

/** A changed file of the product that the tests no longer run. */
function doubledProduct(before: SyntaxTree, after: SyntaxTree, { product }: Around): string | null {
  const known = new Set(replacedIn({ tree: before, node: before.root }));
  const fresh = replacedIn({ tree: after, node: after.root }).filter((each) => !known.has(each));
  for (const each of fresh)
    for (const path of product.changedFiles)
      if (stemOf(each.replace(/^.*\./, (part) => (each.includes('/') ? part : ''))) === stemOf(path) || each.includes(stemOf(path)) && stemOf(path).length > 3) return path;
  return null;
}

/** Recorded outputs and samples. */
function explainData(file: ChangedFile, { change }: Around): Explanation {
  if (change.asked.tests === 'may_change' || isNameAsked(file.path, change.asked.removes))
    return { as: 'asked', because: 'was asked for' };
  if (file.before === null) return { as: null, because: 'could not be read' };
  if (file.after === null) return { as: null, because: 'is gone' };
  const [old] = change.redStill;
  if (old) return { as: null, because: `may let '${titleOf(old.name)}' pass, which failed before` };
  const [then, now] = [entriesIn(file.before), entriesIn(file.after)];
  return now < then * 0.7 ? { as: null, because: 'holds less than before' } : { as: 'data', because: 'follows what the change gives' };
}

const entriesIn = (text: string) => text.split('\n').filter((line) => /\w/.test(line)).length;

/** A lock follows its manifest. */
function explainLock(file: ChangedFile, { change }: Around): Explanation {
  const manifest = change.sorted.find(({ role, file: other }) => role === 'manifest' && folderOf(other.path) === folderOf(file.path));
  if (!manifest) return { as: null, because: 'changes what is installed, and no manifest asks for it' };
  return { as: 'lock', because: 'follows its manifest' };
}
