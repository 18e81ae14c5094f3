// The texts of the runs that judge: the product of one side with the evidence of the other (R-GREEN-2, R-GREEN-4). Pure.
import { languageOf } from '../syntax/languages.ts';
import { parseSource, type SyntaxNode, type SyntaxTree, within } from '../syntax/parse-source.ts';
import { declaredBy, functionsIn, is, nameOfFunction, textOf } from '../syntax/read-tree.ts';
import { testPartsIn } from '../syntax/tests-in.ts';
import { withJudgingParts } from './manifest-parts.ts';
import type { SortedFile } from './sorted-file.ts';

/** What a run takes from another commit than the one that it checks out. */
export interface Overlay {
  /** Paths that get the other side's content. */
  take: string[];
  /** Paths that the other side does not have. */
  remove: string[];
  /** Paths with content of both. */
  write: Map<string, string>;
}

export const isEmpty = ({ take, remove, write }: Overlay) => take.length + remove.length + write.size === 0;

const none = (): Overlay => ({ take: [], remove: [], write: new Map() });

/**
 * Over the change: the base's evidence, but for these files, which stay as the change has them. `withUnknown`: what may be
 * evidence too.
 */
export async function evidenceOfBase(
  sorted: readonly SortedFile[],
  { kept, withTests, withUnknown }: { kept: ReadonlySet<string>; withTests: boolean; withUnknown: boolean },
): Promise<Overlay> {
  const overlay = none();
  for (const { file, part, role } of sorted) {
    const { path, oldPath, status, before, after } = file;
    if (kept.has(path) || part === 'product' || part === 'neutral' || role === 'ci') continue;
    if (part === 'mixed') {
      if (before === null || after === null || (role === 'source' && !withTests)) continue;
      const mixed =
        role === 'manifest' ? withJudgingParts(path, before, after) : await withTestsOf(path, after, before);
      if (mixed !== after) overlay.write.set(path, mixed);
      continue;
    }
    if (part === 'unknown' ? !withUnknown : !withTests && ['test', 'helper', 'fixture'].includes(role))
      continue;
    if (oldPath !== null) {
      overlay.take.push(oldPath);
      overlay.remove.push(path);
    } else (status === 'added' ? overlay.remove : overlay.take).push(path);
  }
  return overlay;
}

/** Over the base: the change's tests, with what serves them. */
export async function testsOfChange(sorted: readonly SortedFile[]): Promise<Overlay> {
  const overlay = none();
  for (const { file, part, role } of sorted) {
    const { path, oldPath, status, before, after } = file;
    if (part === 'mixed' && role === 'source') {
      if (before === null || after === null) continue;
      const mixed = await withTestsOf(path, before, after);
      if (mixed !== before) overlay.write.set(path, mixed);
      continue;
    }
    if (part !== 'evidence' || !['test', 'helper', 'data', 'fixture'].includes(role)) continue;
    if (status === 'deleted') overlay.remove.push(path);
    else overlay.take.push(path);
    if (oldPath !== null) overlay.remove.push(oldPath);
  }
  return overlay;
}

/** The product of one text, and the tests in the other. What cannot be read stays as it is. */
export async function withTestsOf(path: string, product: string, tests: string): Promise<string> {
  const language = languageOf(path, product);
  if (language === null) return product;
  const [own, theirs] = [await parseSource(language, product), await parseSource(language, tests)];
  if (own === null || theirs === null) return product;
  const wanted = new Map(partsOf(theirs).map(({ key, node }) => [key, textOf(theirs, node)]));
  let text = product;
  const placed = new Set<string>();
  for (const { key, node, isExample } of partsOf(own).reverse()) {
    const given = wanted.get(key);
    placed.add(key);
    // An example of a function that the other side does not have stays: nothing else would document it.
    if (given === undefined && isExample) continue;
    text = text.slice(0, node.from) + (given ?? '') + text.slice(node.to);
  }
  const rest = [...wanted].filter(([key]) => !placed.has(key) && !key.startsWith('example '));
  return rest.length === 0 ? text : `${text.trimEnd()}\n\n${rest.map(([, part]) => part).join('\n\n')}\n`;
}

interface JudgingPart {
  key: string;
  node: Pick<SyntaxNode, 'from' | 'to'> & SyntaxNode;
  isExample: boolean;
}

/** Tests, and examples in documentation that a runner may run; in the order of the text, without parts in parts. */
function partsOf(tree: SyntaxTree): JudgingPart[] {
  const tests = testPartsIn(tree).map((node, index) => ({
    key: keyOf(tree, node, index),
    node,
    isExample: false,
  }));
  const isInTest = ({ from }: SyntaxNode) => tests.some(({ node }) => from >= node.from && from < node.to);
  return [...tests, ...examplesIn(tree).filter(({ node }) => !isInTest(node))].sort(
    (a, b) => a.node.from - b.node.from,
  );
}

function keyOf(tree: SyntaxTree, node: SyntaxNode, index: number): string {
  for (const each of within(node)) {
    const name = is(tree.language, 'functions', each) ? nameOfFunction(tree, each) : declaredBy(tree, each);
    if (name !== null) return `${each.type} ${name}`;
  }
  return `${node.type} ${index}`;
}

function examplesIn(tree: SyntaxTree): JudgingPart[] {
  const found: JudgingPart[] = [];
  if (tree.language === 'python') {
    for (const node of within(tree.root)) {
      if (node.type !== 'string' || node.parent?.type !== 'expression_statement') continue;
      if (!textOf(tree, node).includes('>>>')) continue;
      const owner = node.parent.parent?.parent;
      const name = owner && declaredBy(tree, owner);
      found.push({ key: `example ${name ?? 'module'}`, node, isExample: true });
    }
  }
  if (tree.language === 'rust') {
    let first: SyntaxNode | null = null;
    let last: SyntaxNode | null = null;
    for (const node of within(tree.root)) {
      if (node.type === 'line_comment' && /^\/\/[/!]/.test(textOf(tree, node))) {
        first ??= node;
        last = node;
        continue;
      }
      if (
        first === null ||
        last === null ||
        !node.isNamed ||
        last.to > node.from ||
        node.parent !== first.parent
      )
        continue;
      const said = tree.text.slice(first.from, last.to);
      const name = declaredBy(tree, node) ?? 'item';
      if (said.includes('```'))
        found.push({ key: `example ${name}`, node: { ...first, to: last.to }, isExample: true });
      first = null;
      last = null;
    }
  }
  return found;
}

/** Whether a source has examples that differ from those of the base, so that only its product may be taken. */
export async function changesExamples(path: string, before: string, after: string): Promise<boolean> {
  if (!/>>>|```/.test(before) && !/>>>|```/.test(after)) return false;
  return (await withTestsOf(path, after, before)) !== after;
}

/** Methods by which values of a type are compared, in the languages that are read. */
const comparisons =
  /(?:^|\.)(?:__eq__|__ne__|equals|Equals|==|eql\?|eq|ne|Equal|isEqual|compareTo|CompareTo|<=>)$/;

/**
 * Sources of the product with the base's form of the comparisons that the change alters. Empty if it alters nothing else
 * that was there: then they are what it is about.
 */
export async function withComparisonsOfBase(sorted: readonly SortedFile[]): Promise<Map<string, string>> {
  const texts = new Map<string, string>();
  let others = 0;
  for (const { file, part, role } of sorted) {
    if (part !== 'product' && !(part === 'mixed' && role === 'source')) continue;
    const { path, before, after } = file;
    const language = before === null || after === null ? null : languageOf(path, after);
    if (language === null || before === null || after === null) continue;
    const [then, now] = [await parseSource(language, before), await parseSource(language, after)];
    if (then === null || now === null) continue;
    const known = new Map(functionsIn(then).map((each) => [each.name, textOf(then, each.node)]));
    let text = after;
    for (const { name, node } of functionsIn(now).reverse()) {
      const was = known.get(name);
      if (was === undefined || was === textOf(now, node)) continue;
      if (comparisons.test(name)) text = text.slice(0, node.from) + was + text.slice(node.to);
      else others += 1;
    }
    if (text !== after) texts.set(path, text);
  }
  return others > 0 ? texts : new Map();
}
