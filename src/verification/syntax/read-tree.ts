// What the rules ask a syntax tree, in the same words for every language.
import { type LanguageName, languages, type SourceLanguage } from './languages.ts';
import { around, type SyntaxNode, type SyntaxTree, within } from './parse-source.ts';

type WordsOf = {
  [Key in keyof SourceLanguage]: SourceLanguage[Key] extends readonly string[] ? Key : never;
}[keyof SourceLanguage];

const sets = new Map<LanguageName, Map<WordsOf, ReadonlySet<string>>>(
  (Object.entries(languages) as Array<[LanguageName, SourceLanguage]>).map(([name, language]) => [
    name,
    new Map(
      (Object.entries(language) as Array<[WordsOf, unknown]>).flatMap(([words, types]) =>
        Array.isArray(types) ? [[words, new Set(types as string[])] as const] : [],
      ),
    ),
  ]),
);

export const is = (language: LanguageName, words: WordsOf, { type }: SyntaxNode): boolean =>
  sets.get(language)?.get(words)?.has(type) ?? false;

export const textOf = ({ text }: Pick<SyntaxTree, 'text'>, { from, to }: SyntaxNode): string =>
  text.slice(from, to);

const partOf = (node: SyntaxNode, field: string): SyntaxNode | null =>
  node.parts.find((each) => each.field === field) ?? null;

/** What a call calls, without what it gives: `expect().not.toEqual`, `self.assertEqual`, `assert_eq!`. */
export function calleeOf(tree: SyntaxTree, call: SyntaxNode): string {
  let text = '';
  const waiting = [call];
  const { language } = tree;
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    if (is(language, 'given', node) || is(language, 'comments', node)) {
      if (node.parent !== call) text += '()';
      continue;
    }
    // A block of Ruby, a body of a class.
    if (node !== call && (node.field === 'block' || node.field === 'body')) continue;
    if (language === 'shell' && node.field === 'argument') continue;
    if (node.parts.length === 0 || is(language, 'strings', node)) {
      const token = textOf(tree, node);
      text += token === 'new' || token === 'await' ? '' : token;
    } else for (let at = node.parts.length - 1; at >= 0; at -= 1) waiting.push(node.parts[at] as SyntaxNode);
    if (text.length > 300) break;
  }
  return text;
}

/** What a call gives: the expressions between its brackets. */
export function givenIn(tree: SyntaxTree, call: SyntaxNode): SyntaxNode[] {
  const list = call.parts.find((part) => is(tree.language, 'given', part));
  if (tree.language === 'shell') return call.parts.filter(({ field }) => field === 'argument');
  const parts = list?.parts.filter((part) => part.isNamed && !is(tree.language, 'comments', part)) ?? [];
  // PHP and C# put each in a node of its own.
  return parts.map((part) => (part.type === 'argument' ? (part.parts.at(-1) ?? part) : part));
}

/** The text in a string, without its quotes; null for what is put together at run time. */
export function literalOf(tree: SyntaxTree, node: SyntaxNode): string | null {
  if (!is(tree.language, 'strings', node)) return null;
  const text = textOf(tree, node);
  if (node.parts.some(({ type }) => /substitution|interpolation/.test(type))) return null;
  const found = /^[a-zA-Z@$#]*("""|'''|["'`:])([\s\S]*?)\1?$/.exec(text);
  return found?.[2] ?? text;
}

const isName = (type: string) => /(?:identifier|^constant|^name|^word|variable_name)$/.test(type);

/** The name that a declaration declares; null if the node declares none. */
export function declaredBy(tree: SyntaxTree, node: SyntaxNode): string | null {
  const name = partOf(node, 'name') ?? (node.type === 'assignment' ? partOf(node, 'left') : null);
  if (name === null || !isName(name.type)) return null;
  const declares =
    /declar|definition|_item|_spec$|^method|singleton_method|class|module|enum_variant|assignment|property_element/.test(
      node.type,
    ) && !/^(?:variable_assignment|named_argument|keyword_argument)$/.test(node.type);
  return declares ? textOf(tree, name).replace(/^\$/, '') : null;
}

/** The name of a function; that of the variable or key that it is given to, if it has none itself. */
export function nameOfFunction(tree: SyntaxTree, node: SyntaxNode): string | null {
  const own = partOf(node, 'name') ?? partOf(node, 'declarator');
  if (own) return textOf(tree, own);
  const { parent } = node;
  if (parent === null) return null;
  const given = partOf(parent, 'name') ?? partOf(parent, 'key') ?? partOf(parent, 'left');
  return given && given !== node ? textOf(tree, given) : null;
}

export interface FunctionBlock {
  /** With the class around it: `Cart.total`. */
  name: string;
  node: SyntaxNode;
  body: SyntaxNode;
}

/** Functions with a name and a body. */
export function functionsIn(tree: SyntaxTree): FunctionBlock[] {
  const found: FunctionBlock[] = [];
  for (const node of within(tree.root)) {
    if (!is(tree.language, 'functions', node)) continue;
    const body = partOf(node, 'body') ?? node.parts.find(({ type }) => /block|body/.test(type)) ?? null;
    const own = nameOfFunction(tree, node);
    if (own === null || body === null) continue;
    const outer = [...around(node)].flatMap((each) =>
      /class|impl_item|interface|trait|struct|module/.test(each.type)
        ? (declaredBy(tree, each) ?? typeOfImpl(tree, each) ?? [])
        : [],
    );
    found.push({ name: [...outer.reverse(), own].join('.'), node, body });
  }
  return found;
}

function typeOfImpl(tree: SyntaxTree, node: SyntaxNode): string | null {
  const type = node.type === 'impl_item' ? partOf(node, 'type') : null;
  return type && textOf(tree, type);
}

/** Names that the source declares outside of functions, and the methods of its classes, but those in these parts of it. */
export function declaredIn(tree: SyntaxTree, without: readonly SyntaxNode[] = []): Set<string> {
  const names = new Set<string>();
  for (const node of within(tree.root)) {
    const name = declaredBy(tree, node);
    if (name === null || without.some(({ from, to }) => node.from >= from && node.to <= to)) continue;
    const inFunction = [...around(node)].some((each) => is(tree.language, 'functions', each));
    if (!inFunction) names.add(name);
  }
  return names;
}

/** All names that stand in it, declared or used. */
export function namesIn(tree: SyntaxTree, root: SyntaxNode = tree.root): Set<string> {
  const names = new Set<string>();
  for (const node of within(root))
    if (node.parts.length === 0 && isName(node.type)) names.add(textOf(tree, node));
  return names;
}

/** The texts of its strings, as far as they are known before it runs. */
export function textsIn(tree: SyntaxTree, root: SyntaxNode = tree.root): string[] {
  const texts: string[] = [];
  for (const node of within(root)) {
    const text = literalOf(tree, node);
    if (text !== null && text !== '') texts.push(text);
  }
  return texts;
}

/**
 * What it imports, as it is written: `./parse.js`, `shop.cart`, `crate::cart`. Texts that name a file beside it count too,
 * because a file may be loaded in any number of ways.
 */
export function importsIn(tree: SyntaxTree): string[] {
  const { language } = tree;
  const found = new Set<string>();
  for (const node of within(tree.root)) {
    if (is(language, 'imports', node)) {
      if (node.type === 'mod_item' && node.parts.some(({ field }) => field === 'body')) continue;
      for (const each of importedBy(tree, node)) found.add(each);
    } else if (is(language, 'strings', node)) {
      const text = literalOf(tree, node);
      if (text !== null && /^[@~]?[\w.-]*(?:\/[\w.@-]+)+$|^[\w-]+\.\w{1,5}$/.test(text)) found.add(text);
    } else if (is(language, 'calls', node)) {
      const callee = calleeOf(tree, node);
      if (/(?:^|\.)(?:require\w*|import\w*|import_module|load|source|include)$|^\.$/.test(callee))
        for (const each of givenIn(tree, node))
          found.add(literalOf(tree, each) ?? textOf(tree, each).slice(0, 200));
      // A program of the repository is called by its name.
      if (language === 'shell' && /^[\w.-]{3,}$/.test(callee)) found.add(callee);
      if (language === 'shell')
        for (const word of textOf(tree, node).split(/[\s"'();|&<>]+/))
          if (/[./]/.test(word)) found.add(word.replace(/^\$\{?\w+\}?\//, ''));
    }
  }
  return [...found];
}

function* importedBy(tree: SyntaxTree, node: SyntaxNode): Generator<string> {
  const { language } = tree;
  if (language === 'python') {
    const from = partOf(node, 'module_name');
    const names = node.parts
      .filter(({ field }) => field === 'name')
      .map((part) => textOf(tree, partOf(part, 'name') ?? part));
    if (from === null) yield* names;
    else {
      const module = textOf(tree, from);
      yield module;
      for (const name of names) yield module.endsWith('.') ? `${module}${name}` : `${module}.${name}`;
    }
    return;
  }
  const text = [...within(node)].find((each) => is(language, 'strings', each));
  if (text) yield literalOf(tree, text) ?? '';
  else if (language === 'rust' || language === 'java' || language === 'csharp' || language === 'php')
    yield* expanded(
      textOf(tree, node)
        .replace(/^(?:pub(?:\([^)]*\))?\s+)?(?:use|mod|import|using|static|extern\s+crate)\s+/, '')
        .replace(/;$/, ''),
    );
}

/** `a::{b, c::d}` names `a::b` and `a::c::d`. */
function* expanded(text: string): Generator<string> {
  const open = text.indexOf('{');
  if (open === -1) {
    yield text.replace(/\s+as\s+\w+|\s+/g, '').replace(/^static/, '');
    return;
  }
  const before = text.slice(0, open).replace(/\s/g, '');
  for (const each of text.slice(open + 1).match(/[\w:.\\]+/g) ?? []) yield `${before}${each}`;
}
