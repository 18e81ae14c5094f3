// Why a test, or a source that serves tests, had to change: its tests follow what the change does and demand as much, or go
// with what is gone (R-GREEN-8, R-GREEN-13). Pure.
import { isNameAsked } from '../../domain/work-order/asked.ts';
import type { ChangedFile } from '../changed-file.ts';
import type { SortedFile } from '../parts/sorted-file.ts';
import { stemOf, subjectOf } from '../parts/sources.ts';
import { type SyntaxNode, type SyntaxTree, within } from '../syntax/parse-source.ts';
import { declaredBy, functionsIn, is, namesIn, textOf, textsIn } from '../syntax/read-tree.ts';
import { demandsIn, isTitle, type TestBlock, testPartsIn, testsIn, valuesIn } from '../syntax/tests-in.ts';
import type { ReportedTest } from '../test-report.ts';
import { type Block, profileOf, replacedIn, shapeOf, weakened } from './compare-blocks.ts';
import { type Around, type Explanation, type Named, type Parsed, titleOf } from './explanation.ts';

export function explainSource(
  { file, part }: SortedFile,
  { before, after }: Parsed,
  around: Around,
): Explanation {
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
  const { isRemoval, reason, ...found } = compared(before, after, { tests, around, path: file.path });
  if (reason !== null) return { as: null, because: reason, ...found };
  if (after === null)
    return tests.length > 0 || isNameAsked(file.path, asked.removes)
      ? { as: 'removed', because: 'goes with what it tested', ...found }
      : { as: null, because: 'is gone' };
  if (!mayChange) {
    const less =
      functionsWeakened(functionsInTests(before), functionsInTests(after)) ?? looserWithin(before, after);
    if (less !== null) return { as: null, because: less, ...found };
  }
  // What stands beside the tests of a source of the product is the product.
  if (!mayChange && part !== 'mixed') {
    const less = outsideWeakened(before, after, tests.length > 0);
    if (less !== null) return { as: null, because: less, ...found };
    const double = doubledProduct(before, after, around);
    if (double !== null) return { as: null, because: `replaces ${double} with a double`, ...found };
  }
  return isRemoval
    ? { as: 'removed', because: 'loses tests of what is gone', ...found }
    : { as: 'adapted', because: 'follows what the change does, and demands as much', ...found };
}

/** Each test of the base with its new form. `reason`: why one of them demands less. */
function compared(
  before: SyntaxTree,
  after: SyntaxTree | null,
  { tests, around, path }: { tests: readonly TestBlock[]; around: Around; path: string },
) {
  const { asked } = around.change;
  const mayChange = asked.tests === 'may_change';
  let isRemoval = false;
  let reason: string | null = null;
  const titles: Array<readonly [string, string]> = [];
  const [lost, fewer, emptied]: [string[], string[], string[]] = [[], [], []];
  const weaker: Array<readonly [string, string]> = [];
  const pairs = after === null ? new Map<TestBlock, TestBlock>() : paired(before, tests, after);
  // What other tests still test, under another name, is not gone.
  const renamed = new Set([...pairs.keys()].flatMap(({ node }) => [...namesIn(before, node)]));
  for (const test of tests) {
    const pair = pairs.get(test);
    if (pair && after && textOf(before, test.node) === textOf(after, pair.node)) {
      titles.push([test.title, pair.title]);
      continue;
    }
    const same =
      pair && after
        ? { tree: after, node: pair.node, title: pair.title }
        : (around.elsewhere.get(test.title) ?? []).find((each) => each.path !== path);
    if (same === undefined && (mayChange || isGone(before, test, around, renamed))) {
      isRemoval = true;
      continue;
    }
    const now = same ?? (after === null ? undefined : inAnotherForm(test, tests, before, after, around));
    if (now === undefined) {
      const parts = after === null ? [] : splitInto(test, tests, before, after);
      if (parts.length === 0) lost.push(test.title);
      for (const each of parts) titles.push([test.title, each.title]);
      continue;
    }
    titles.push([test.title, now.title]);
    if (mayChange || isNameAsked(test.name, asked.skips)) continue;
    if (
      demandsIn(before, test.node).length > 0 &&
      demandsIn(now.tree, now.node).length === 0 &&
      ![...namesIn(now.tree, now.node)].some((name) => around.demanding.has(name))
    )
      emptied.push(test.title);
    if (valuesIn(now.tree, now.node).length < valuesIn(before, test.node).length) fewer.push(test.title);
    const less = weakened({ tree: before, node: test.node }, now, around.demanding);
    if (less === null) continue;
    weaker.push([test.title, less]);
    reason ??= `changes '${test.title}': ${less}`;
  }
  if (lost.length > 0) reason ??= `no longer has '${lost[0]}'`;
  const doubled = after === null || mayChange ? null : doubleOfSubject(before, after, path);
  return {
    isRemoval,
    reason,
    titles,
    lost,
    fewer,
    emptied,
    weaker,
    ...(doubled === null ? {} : { doubled }),
  };
}

/** It only calls things otherwise. */
function isSameDemand(before: SyntaxTree, test: TestBlock, after: SyntaxTree | null): boolean {
  const now = after && testsIn(after).find(({ name }) => name === test.name);
  if (!after || !now) return false;
  const [then, since] = [valuesIn(before, test.node), valuesIn(after, now.node)].map((values) =>
    values.sort().join('\n'),
  );
  return (
    then === since && weakened({ tree: before, node: test.node }, { tree: after, node: now.node }) === null
  );
}

const isFor = (red: ReportedTest, test: TestBlock, file: ChangedFile) =>
  (red.file === null || [file.path, file.oldPath].includes(red.file)) &&
  (red.name === test.name || isTitle(test.title, titleOf(red.name)));

function sameText(before: SyntaxTree, test: TestBlock, after: SyntaxTree): boolean {
  return after.text.includes(textOf(before, test.node));
}

/** Each test with its form in the changed file: of the same text, of the same name, or of the same title, one to one. */
function paired(
  before: SyntaxTree,
  tests: readonly TestBlock[],
  after: SyntaxTree,
): Map<TestBlock, TestBlock> {
  const left = new Set(testsIn(after).filter(({ isSuite }) => !isSuite));
  const pairs = new Map<TestBlock, TestBlock>();
  const pair = (isSame: (one: TestBlock, other: TestBlock) => boolean) => {
    for (const test of tests) {
      if (pairs.has(test)) continue;
      for (const other of left)
        if (isSame(test, other)) {
          pairs.set(test, other);
          left.delete(other);
          break;
        }
    }
  };
  const isSameText = (one: TestBlock, other: TestBlock) =>
    textOf(before, one.node) === textOf(after, other.node);
  pair((one, other) => one.name === other.name && isSameText(one, other));
  pair((one, other) => one.name === other.name);
  pair((one, other) => one.title === other.title);
  return pairs;
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
    const called = namesIn(block.tree, block.node);
    const ofTables = valuesOfTables(block.tree, called);
    const theirs = new Set([...valuesIn(block.tree, block.node), ...ofTables, ...ofData]);
    const share = shareOf(values, theirs) * 0.6 + shareOf([...names], called) * 0.4;
    if (share > (best?.share ?? 0.55)) best = { block, share };
  }
  if (best) return best.block;
  // In its place stands one that calls the same of the product, and expects something else.
  const subjects = [...names].filter((name) => product.declared.has(name));
  const own = demandsIn(before, test.node).length;
  const place = placeOf(all, test.title);
  return subjects.length === 0
    ? undefined
    : fresh.find((block) => {
        const called = namesIn(block.tree, block.node);
        const isAlike = wordsShared(test.title, block.title) >= 0.5;
        const isInPlace = block.tree === after && placeOf(now, block.title) === place;
        const calls = (name: string) => called.has(name);
        const isAbout = isAlike && isInPlace ? subjects.some(calls) : subjects.every(calls);
        return (isAlike || isInPlace) && isAbout && demandsIn(block.tree, block.node).length >= own;
      });
}

/** The title of the test before it; empty for the first one. */
const placeOf = (tests: readonly TestBlock[], title: string) =>
  tests[tests.findIndex((each) => each.title === title) - 1]?.title ?? '';

/** Of the words of the shorter title, those that the other one has too. */
function wordsShared(one: string, other: string): number {
  const [fewer = [], more = []] = [one, other]
    .map(
      (title) =>
        title
          .replace(/([a-z])([A-Z])/g, '$1 $2')
          .toLowerCase()
          .match(/[a-z0-9]{2,}/g) ?? [],
    )
    .map((words) => words.filter((word) => word !== 'test'))
    .sort((a, b) => a.length - b.length);
  return fewer.length === 0 ? 0 : fewer.filter((word) => more.includes(word)).length / fewer.length;
}

/** New tests of the file that together look at nearly all of its values, and demand as much. */
function splitInto(
  test: TestBlock,
  all: readonly TestBlock[],
  before: SyntaxTree,
  after: SyntaxTree,
): TestBlock[] {
  const known = new Set(all.map(({ name }) => name));
  const values = valuesIn(before, test.node);
  const parts = testsIn(after).filter(
    ({ name, node, isSuite }) =>
      !isSuite && !known.has(name) && shareOf(valuesIn(after, node), new Set(values)) >= 0.5,
  );
  const together = new Set(parts.flatMap(({ node }) => valuesIn(after, node)));
  const demanded = parts.reduce((sum, { node }) => sum + demandsIn(after, node).length, 0);
  const isAll = values.length >= 3 && shareOf(values, together) >= 0.8;
  return isAll && demanded >= demandsIn(before, test.node).length ? parts : [];
}

/** Values of what stands outside of functions under one of these names, such as the table of a test. */
function valuesOfTables(tree: SyntaxTree, names: ReadonlySet<string>): string[] {
  const found: string[] = [];
  for (const node of outsideFunctions(tree)) {
    const name = declaredBy(tree, node);
    if (name !== null && names.has(name)) found.push(...valuesIn(tree, node));
  }
  return found;
}

function* outsideFunctions(tree: SyntaxTree): Generator<SyntaxNode> {
  const waiting = [tree.root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (is(tree.language, 'functions', node)) continue;
    yield node;
    waiting.push(...node.parts);
  }
}

const shareOf = (some: readonly string[], all: ReadonlySet<string>) =>
  some.length === 0 ? 1 : some.filter((each) => all.has(each)).length / some.length;

/** What it tested is gone, or its removal was asked for. */
function isGone(
  tree: SyntaxTree,
  test: TestBlock,
  { product, change }: Around,
  renamed: ReadonlySet<string>,
): boolean {
  const { removes } = change.asked;
  if (isNameAsked(test.name, removes)) return true;
  const names = namesIn(tree, test.node);
  const texts = textsIn(tree, test.node);
  if ([...names].some((name) => isNameAsked(name, removes))) return true;
  if (
    [...names].some((name) => product.gone.has(name) && !renamed.has(name)) ||
    texts.some(
      (text) =>
        product.gone.has(text) ||
        product.goneTexts.has(text) ||
        text
          .split(/[^-\w.]+/)
          .some((word) => product.goneTexts.has(word) || product.goneTexts.has(word.replace(/^-+/, ''))),
    )
  )
    return true;
  return (
    product.goneFiles.size > 0 &&
    [...namesIn(tree), ...textsIn(tree)].some((each) => product.goneFiles.has(stemOf(each)))
  );
}

/** Helpers, hooks and what stands beside the tests. */
function outsideWeakened(before: SyntaxTree, after: SyntaxTree, hasTests: boolean): string | null {
  const less = functionsWeakened(functionsOutside(before), functionsOutside(after));
  if (less !== null || hasTests) return less;
  if (!keepsShape({ tree: before, node: before.root }, { tree: after, node: after.root }))
    return 'does something else';
  const [own, theirs] = [
    profileOf({ tree: before, node: before.root }),
    profileOf({ tree: after, node: after.root }),
  ];
  if (theirs.demands < own.demands) return 'demands less';
  if (theirs.leftOut > own.leftOut) return 'leaves out tests';
  return theirs.ends > own.ends ? 'ends the run' : null;
}

function functionsWeakened(then: Map<string, Block>, now: Map<string, Block>): string | null {
  for (const [name, block] of then) {
    const other = now.get(name);
    if (other === undefined) continue;
    if (textOf(block.tree, block.node) === textOf(other.tree, other.node)) continue;
    const less = weakened(block, other);
    if (less !== null) return `changes the helper '${name}': ${less}`;
    if (!keepsShape(block, other) || (demandsSomething(block) && addsOnly(block, other)))
      return `changes what the helper '${name}' does`;
  }
  return null;
}

/** It decides whether a test passes. */
const demandsSomething = ({ tree, node }: Block) =>
  demandsIn(tree, node).length > 0 || [...within(node)].some(({ type }) => /^(?:throw|raise)/.test(type));

/** More is done in it, and no more is demanded. */
const addsOnly = (before: Block, after: Block) =>
  shapeOf(after).length > shapeOf(before).length && profileOf(after).demands <= profileOf(before).demands;

/** Functions that stand among the tests of a source, and are none. */
function functionsInTests(tree: SyntaxTree): Map<string, Block> {
  const parts = testPartsIn(tree);
  const tests = testsIn(tree).filter(({ isSuite }) => !isSuite);
  const isIn = (node: SyntaxNode, outer: SyntaxNode) => node.from >= outer.from && node.to <= outer.to;
  return new Map(
    functionsIn(tree)
      .filter(({ node }) => parts.some((part) => part !== node && isIn(node, part)))
      .filter(({ node }) => !tests.some((test) => isIn(node, test.node) || isIn(test.node, node)))
      .map(({ name, node }) => [name, { tree, node }]),
  );
}

/** A number beside the tests within which they compare. */
function looserWithin(before: SyntaxTree, after: SyntaxTree): string | null {
  const numbers = (tree: SyntaxTree) => {
    const found = new Map<string, string>();
    for (const node of outsideFunctions(tree)) {
      const name = declaredBy(tree, node);
      const [value, ...more] = name === null ? [] : valuesIn(tree, node);
      if (name !== null && value !== undefined && more.length === 0 && /^-?[\d.]/.test(value))
        found.set(name, value);
    }
    return found;
  };
  const [then, now] = [numbers(before), numbers(after)];
  const loose = demandsIn(after, after.root)
    .map(({ node }) => textOf(after, node))
    .filter((text) => /delta|abs|rel|places|toler|eps|within|close|near|approx|almost|[<>]/i.test(text));
  for (const [name, value] of then) {
    const other = now.get(name);
    if (other === undefined || other === value) continue;
    if (loose.some((text) => new RegExp(`\\b${name}\\b`).test(text)))
      return `changes '${name}', within which it compares`;
  }
  return null;
}

function functionsOutside(tree: SyntaxTree): Map<string, Block> {
  const tests = testPartsIn(tree);
  const isInTest = ({ from, to }: SyntaxNode) => tests.some((part) => from >= part.from && to <= part.to);
  return new Map(
    functionsIn(tree)
      .filter(({ node }) => !isInTest(node))
      .map(({ name, node }) => [name, { tree, node }]),
  );
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
  return (
    fresh.find((each) => {
      // Of `shop.cart.total`, the last part is what a double stands for.
      const module = each.includes('/') ? stemOf(each) : (each.split('.').at(-1) ?? '');
      return /[/.]/.test(each) && module.replace(/[._-]/g, '').toLowerCase() === subjectOf(path);
    }) ?? null
  );
}

/** A changed file of the product that the tests no longer run. */
function doubledProduct(before: SyntaxTree, after: SyntaxTree, { product }: Around): string | null {
  const known = new Set(replacedIn({ tree: before, node: before.root }));
  const fresh = replacedIn({ tree: after, node: after.root }).filter((each) => !known.has(each));
  for (const each of fresh)
    for (const path of product.changedFiles)
      if (
        stemOf(each.replace(/^.*\./, (part) => (each.includes('/') ? part : ''))) === stemOf(path) ||
        (each.includes(stemOf(path)) && stemOf(path).length > 3)
      )
        return path;
  return null;
}
