// A new use of something by which the product can find out that it is judged, or alter what it is compared with
// (R-GREEN-15). Read from syntax trees; a use that the file had before, that the task names, or that reads a setting by a
// name which the base knows, is none.
import type { Finding } from '../../domain/work-order/finding.ts';
import { around, type SyntaxNode, type SyntaxTree, within } from '../syntax/parse-source.ts';
import {
  calleeOf,
  declaredBy,
  givenIn,
  importsIn,
  is,
  literalOf,
  nameOfFunction,
  textOf,
  textsIn,
} from '../syntax/read-tree.ts';
import { testPartsIn } from '../syntax/tests-in.ts';
import { type Primitive, type PrimitiveKind, primitives } from './primitives.ts';

export interface Use {
  kind: PrimitiveKind;
  /** As it is written. */
  what: string;
  line: number;
}

const chain =
  /^(?:member_expression|attribute|selector_expression|scoped_identifier|field_expression|field_access|subscript_expression|subscript|element_access_expression|member_access_expression|element_reference|scope_resolution|qualified_name|meta_property|simple_expansion)$/;
const leaf = /^(?:identifier|constant|global_variable|variable_name|special_variable_name)$/;

/** All uses, in the order of the text, but those in these parts of it. */
export function usesIn(tree: SyntaxTree, without: readonly SyntaxNode[] = []): Use[] {
  const found: Use[] = [];
  const list = primitives[tree.language];
  const add = (where: Primitive['in'], text: string, node: SyntaxNode) => {
    for (const { in: place, kind, pattern, unlessLiteral, unlessImports, unlessProgram } of list) {
      if (place !== where || !pattern.test(text)) continue;
      if (unlessLiteral && isLiteralCall(tree, node)) continue;
      if (unlessImports && !declaresOtherwise(tree, node)) continue;
      if (unlessProgram && /^package main\b|\bfn main\s*\(/m.test(tree.text)) continue;
      found.push({ kind, what: text.slice(0, 80), line: lineOf(tree, node) });
      return;
    }
  };
  const skipped = new Set(without);
  const waiting = [tree.root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (
      skipped.has(node) ||
      without.some(({ from, to }) => (node as SyntaxNode).from >= from && (node as SyntaxNode).to <= to)
    )
      continue;
    if (is(tree.language, 'comments', node)) {
      add('comment', textOf(tree, node), node);
      continue;
    }
    const setting = tree.language === 'shell' ? settingRead(tree, node) : null;
    if (setting !== null) found.push({ kind: 'environment', what: setting, line: lineOf(tree, node) });
    for (const [where, text] of placesOf(tree, node)) {
      add(where, text, node);
      if (where === 'declared' && isAlwaysEqual(tree, node, text))
        found.push({ kind: 'replaced comparison', what: text, line: lineOf(tree, node) });
    }
    for (let at = node.parts.length - 1; at >= 0; at -= 1) waiting.push(node.parts[at] as SyntaxNode);
  }
  for (const each of importsIn(tree)) {
    const node = tree.root;
    for (const { in: place, kind, pattern } of list)
      if (place === 'import' && pattern.test(each))
        found.push({ kind, what: `import of ${each}`, line: lineOf(tree, node) });
  }
  return found;
}

const ofTheShell =
  /^\$?(?:HOME|PATH|PWD|OLDPWD|USER|LOGNAME|TMPDIR|IFS|SHELL|RANDOM|SECONDS|LINENO|HOSTNAME|UID|EUID|OPTARG|OPTIND|REPLY|COLUMNS|LINES|TERM|LANG|LC_\w+)$/;

/** A variable that the script gives no value, so that it comes from whoever runs it. */
function settingRead(tree: SyntaxTree, node: SyntaxNode): string | null {
  if (node.type !== 'variable_name' || !/expansion/.test(node.parent?.type ?? '')) return null;
  const name = textOf(tree, node);
  if (!/^[A-Z][A-Z0-9_]{2,}$/.test(name) || ofTheShell.test(name)) return null;
  const isGiven = new RegExp(
    `(?:^|[\\s;(])(?:(?:export|local|readonly|declare|typeset)\\s+)?(?:${name}=(?!["']?\\$\\{${name}\\b)|(?:for|read(?:\\s+-\\w+)*)\\s+${name}\\b)`,
    'm',
  );
  return isGiven.test(tree.text) ? null : `$${name}`;
}

/** What stands in a node, and as what. */
function* placesOf(tree: SyntaxTree, node: SyntaxNode): Generator<readonly [Primitive['in'], string]> {
  const { language } = tree;
  if (is(language, 'marks', node)) yield ['mark', textOf(tree, node)];
  if (node.type === 'variable_declarator' && textOf(tree, node).startsWith('{'))
    yield ['taken', compact(textOf(tree, node))];
  const isInChain = chain.test(node.parent?.type ?? '');
  if (chain.test(node.type) && !isInChain) yield ['name', compact(textOf(tree, node))];
  else if (leaf.test(node.type) && !isInChain && !isKey(node)) yield ['name', textOf(tree, node)];
  if (is(language, 'calls', node)) yield ['call', calledWith(tree, node)];
  const left = assignedIn(node);
  if (left) yield ['assigned', compact(textOf(tree, left))];
  const declared = declaredAs(tree, node);
  if (declared !== null) yield ['declared', declared];
  const text = literalOf(tree, node);
  if (text !== null && !is(language, 'imports', node.parent ?? node) && !isDocumentation(node))
    yield ['text', text];
}

function declaredAs(tree: SyntaxTree, node: SyntaxNode): string | null {
  if (is(tree.language, 'functions', node)) return nameOfFunction(tree, node);
  return node.type === 'pair' ? keyOf(tree, node) : declaredBy(tree, node);
}

const compact = (text: string) =>
  text
    .replace(/\bnew\s+/g, '')
    .replace(/\s+|\?(?=\.)/g, '')
    .slice(0, 300);

/** The callee; with the first name that it gets, for what works on what it is given. */
function calledWith(tree: SyntaxTree, node: SyntaxNode): string {
  const callee = calleeOf(tree, node).replace(/\s+|\?(?=\.)/g, '');
  const [first] = givenIn(tree, node);
  return first && /^(?:Object|Reflect|setattr|delattr)/.test(callee)
    ? `${callee}(${compact(textOf(tree, first))}`
    : callee;
}

function isLiteralCall(tree: SyntaxTree, node: SyntaxNode): boolean {
  const [first] = givenIn(tree, node);
  return first !== undefined && literalOf(tree, first) !== null;
}

/** A condition in a function, or one that decides which function there is. */
function declaresOtherwise({ language }: SyntaxTree, node: SyntaxNode): boolean {
  const outer = [...around(node)];
  const branch = outer.find(({ type }) => type === 'if_statement');
  return (
    outer.some((each) => is(language, 'functions', each)) ||
    (branch !== undefined && [...within(branch)].some((each) => is(language, 'functions', each)))
  );
}

const isKey = ({ field, parent }: SyntaxNode) =>
  field === 'key' || field === 'property' || /pair|import|export|parameter/.test(parent?.type ?? '');

const keyOf = (tree: SyntaxTree, node: SyntaxNode) => {
  const key = node.parts.find(({ field }) => field === 'key');
  return key ? textOf(tree, key).replace(/^["']|["']$/g, '') : null;
};

function assignedIn(node: SyntaxNode): SyntaxNode | null {
  if (!/assignment|^update_expression$|^delete_statement$/.test(node.type)) return null;
  return node.parts.find(({ field }) => field === 'left') ?? node.parts[0] ?? null;
}

/** `"""…"""` as a statement. */
const isDocumentation = ({ parent }: SyntaxNode) => parent?.type === 'expression_statement';

function isAlwaysEqual(tree: SyntaxTree, node: SyntaxNode, name: string): boolean {
  if (!/^(?:__eq__|__ne__|equals|Equals|==|eql\?|Equal|eq|ne|isEqual)$/.test(name)) return false;
  const body = node.parts.find(({ field, type }) => field === 'body' || /block|body/.test(type));
  return (
    body !== undefined && /^[{\s]*(?:return\s+)?(?:[Tt]rue|[Ff]alse)\s*;?[}\s]*$/.test(textOf(tree, body))
  );
}

export const lineOf = ({ text }: SyntaxTree, { from }: SyntaxNode) => {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < from; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
};

export interface Looked {
  path: string;
  before: SyntaxTree | null;
  after: SyntaxTree;
  /** Tests in a source of the product. */
  tests: readonly SyntaxNode[];
}

export interface Known {
  /** The task, in which names and values are looked for as they are written. */
  task: string;
  /** Texts of the base that are no tests. */
  base: () => Iterable<string>;
}

const always = /test|jest|mocha|\bCI\b|\bci\b|spec|NODE_ENV|coverage/i;

export function looksAround(files: readonly Looked[], known: Known): Finding[] {
  const found: string[] = [];
  const paths = new Set<string>();
  const [had, has] = [new Map<string, number>(), new Map<string, number>()];
  const keyOf = ({ kind, what }: Use) => `${kind} ${what}`;
  const add = (to: Map<string, number>, uses: readonly Use[]) => {
    for (const use of uses) to.set(keyOf(use), (to.get(keyOf(use)) ?? 0) + 1);
  };
  for (const { before, after, tests } of files) {
    add(had, before ? usesIn(before, testPartsIn(before)) : []);
    add(has, usesIn(after, tests));
  }
  // What moved from one source to another is not new.
  const isMoved = (use: Use) => (had.get(keyOf(use)) ?? 0) >= (has.get(keyOf(use)) ?? 0);
  for (const { path, before, after, tests } of files) {
    const own = new Set((before ? usesIn(before, testPartsIn(before)) : []).map(keyOf));
    for (const use of usesIn(after, tests)) {
      if (own.has(keyOf(use)) || isMoved(use)) continue;
      // A program is told by its arguments what to do, and says by its exit code how it went.
      if ((use.kind === 'arguments' || use.what === 'process.exitCode') && isProgram(path, after)) continue;
      if (isNamedByTask(use, known.task) || (use.kind === 'environment' && isKnownSetting(after, use, known)))
        continue;
      found.push(`${path}:${use.line} \`${use.what}\` (${use.kind})`);
      paths.add(path);
    }
  }
  if (found.length === 0) return [];
  const rest = found.length > 8 ? ` and ${found.length - 8} more` : '';
  return [
    {
      weight: 'refuses',
      kind: 'acts_otherwise_under_test',
      text: `The product newly looks at what runs it, or alters what it is compared with: ${found.slice(0, 8).join('; ')}${rest}. Remove it, or name it in the task.`,
      files: [...paths],
      tests: [],
    },
  ];
}

const isProgram = (path: string, { text }: SyntaxTree) =>
  text.startsWith('#!') ||
  /(?:^|\/)__main__\.py$|(?:^|\/)(?:bin|cmd)\/|(?:^|\/)(?:bin|cli|main)\.\w+$/.test(path) ||
  /__name__\s*==\s*['"]__main__['"]|^package main\b|\bfn main\s*\(|require\.main\s*===?\s*module|import\.meta\.main/m.test(
    text,
  );

/** The task says it by its name: the variable, or what is used. */
function isNamedByTask({ what, kind }: Use, task: string): boolean {
  const words = what.match(/[A-Za-z_]\w{2,}/g) ?? [];
  const last =
    kind === 'environment'
      ? words.at(-1)
      : words.find((word) => !/^(?:process|import|sys|os|of|Object|System)$/.test(word));
  return (
    last !== undefined &&
    !always.test(last) &&
    new RegExp(`\\b${last}\\b`, kind === 'environment' ? '' : 'i').test(task)
  );
}

function isKnownSetting(tree: SyntaxTree, { line, what }: Use, { task, base }: Known): boolean {
  const text = tree.text.split('\n')[line - 1] ?? '';
  const own = text.match(/\b[A-Z][A-Z0-9_]{2,}\b/g) ?? [];
  // It may be passed on, and read further down.
  const further = [
    ...textsIn(tree),
    ...membersOf(tree, /(\w+)[^=\w]*=[^=]*$/.exec(text.split(what)[0] ?? '')?.[1]),
  ];
  const names = own.length > 0 ? own : further.filter((each) => /^[A-Z][A-Z0-9_]{2,}$/.test(each));
  if (names.length === 0 || names.some((name) => always.test(name))) return false;
  return names.every((name) => task.includes(name) || anyHas(base(), name));
}

/** What is read of a variable: `env.PORT`. */
function membersOf(tree: SyntaxTree, name: string | undefined): string[] {
  if (name === undefined) return [];
  return [...tree.text.matchAll(new RegExp(`\\b${name}\\??\\.(\\w+)`, 'g'))].map(([, member = '']) => member);
}

function anyHas(texts: Iterable<string>, name: string): boolean {
  for (const text of texts) if (text.includes(name)) return true;
  return false;
}
