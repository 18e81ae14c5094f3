// The functions of the product that a change adds or alters, each with a source in which it does nothing (R-GREEN-16). Pure.
import type { SortedFile } from '../parts/sorted-file.ts';
import { languageOf } from '../syntax/languages.ts';
import { parseSource, type SyntaxNode, type SyntaxTree, within } from '../syntax/parse-source.ts';
import { type FunctionBlock, functionsIn, is, textOf } from '../syntax/read-tree.ts';
import { testPartsIn } from '../syntax/tests-in.ts';
import { emptied } from './empty-body.ts';

export interface EmptiedFunction {
  path: string;
  /** With the class around it: `Cart.total`. */
  name: string;
  isNew: boolean;
  /** The whole file with the function emptied. */
  text: string;
}

export interface ChangedFunctions {
  /** The largest come first. */
  emptied: EmptiedFunction[];
  /** Others for which no body is known that does nothing. */
  leftOut: number;
}

/** What only gives back a value or a member has nothing to notice. */
const plainTokensMax = 8;
const plainToken = /^(?:[\w$@]+|[.;{}]|->)$/;

/** @param max how many are emptied at most */
export async function changedFunctions(
  sorted: readonly SortedFile[],
  max: number,
): Promise<ChangedFunctions> {
  if (max === 0) return { emptied: [], leftOut: 0 };
  const before = new Set<string>();
  const known = new Set<string>();
  const after: Array<{ path: string; tree: SyntaxTree; block: FunctionBlock; own: string[] }> = [];
  for (const { file, part, role } of sorted) {
    for (const { tree, block, own } of await functionsOf(file.oldPath ?? file.path, file.before)) {
      before.add(own.join(' '));
      known.add(`${tree.language} ${block.name}`);
    }
    if (part === 'product' || part === 'unknown' || (part === 'mixed' && role === 'source'))
      for (const each of await functionsOf(file.path, file.after)) after.push({ path: file.path, ...each });
  }
  const found: Array<EmptiedFunction & { size: number }> = [];
  let leftOut = 0;
  for (const { path, tree, block, own } of after) {
    if (before.has(own.join(' ')) || isPlain(tree, block)) continue;
    const text = emptied(tree, block);
    if (text === null) {
      leftOut += 1;
      continue;
    }
    const isNew = !known.has(`${tree.language} ${block.name}`);
    found.push({ path, name: block.name, isNew, text, size: own.length });
  }
  const largest = found.sort((a, b) => b.size - a.size).slice(0, max);
  return { emptied: largest.map(({ size, ...each }) => each), leftOut };
}

async function functionsOf(path: string, text: string | null) {
  const language = text === null ? null : languageOf(path, text);
  const tree = text === null || language === null ? null : await parseSource(language, text);
  if (tree === null) return [];
  const tests = testPartsIn(tree);
  const blocks = functionsIn(tree).filter(
    ({ node }) => !tests.some(({ from, to }) => node.from >= from && node.to <= to),
  );
  const nodes = new Set(blocks.map(({ node }) => node));
  return blocks.map((block) => ({ tree, block, own: tokensOf(tree, block.node, nodes) }));
}

/** Without comments, and without the functions in it that have names of their own. */
function tokensOf(tree: SyntaxTree, root: SyntaxNode, others: ReadonlySet<SyntaxNode>): string[] {
  const tokens: string[] = [];
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (is(tree.language, 'comments', node) || (node !== root && others.has(node))) continue;
    if (node.parts.length === 0 || is(tree.language, 'strings', node)) tokens.push(textOf(tree, node));
    else for (let at = node.parts.length - 1; at >= 0; at -= 1) waiting.push(node.parts[at] as SyntaxNode);
  }
  return tokens;
}

function isPlain(tree: SyntaxTree, { body }: FunctionBlock): boolean {
  let tokens = 0;
  for (const node of within(body)) {
    if (is(tree.language, 'calls', node)) return false;
    if (node.parts.length > 0 && !is(tree.language, 'strings', node)) continue;
    tokens += 1;
    if (
      tokens > plainTokensMax ||
      !(plainToken.test(textOf(tree, node)) || is(tree.language, 'strings', node))
    )
      return false;
  }
  return true;
}
