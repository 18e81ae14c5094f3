// Reads a source as a syntax tree. The grammars are WebAssembly: a hostile text can neither end the process nor reach its
// memory, and a limit of time holds.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Language as Grammar, Parser as WasmParser } from '@vscode/tree-sitter-wasm';
import { type LanguageName, languages } from './languages.ts';

/** A node with its tokens. Plain data: it does not keep the memory of the parser. */
export interface SyntaxNode {
  type: string;
  /** False for signs and keywords. */
  isNamed: boolean;
  /** Which part of its parent it is, if the grammar says so. */
  field: string | null;
  /** Positions in the text, in UTF-16 units. */
  from: number;
  to: number;
  parts: SyntaxNode[];
  parent: SyntaxNode | null;
}

export interface SyntaxTree {
  language: LanguageName;
  text: string;
  root: SyntaxNode;
  /** False if a part of the text does not follow the grammar. */
  isWhole: boolean;
}

export const sourceCharsMax = 1_500_000;
const nodesMax = 1_000_000;
const parseMsMax = 10_000;

let parser: Promise<WasmParser> | undefined;
const grammars = new Map<LanguageName, Promise<Grammar>>();
const require = createRequire(import.meta.url);

/** The last trees: each rule reads the files of a change again. */
const kept = new Map<string, Promise<SyntaxTree | null>>();
const keptCharsMax = 3_000_000;
let keptChars = 0;

/** Null if the text is too long, has too many parts, or takes too long: then it was not examined. */
export function parseSource(language: LanguageName, text: string): Promise<SyntaxTree | null> {
  const key = `${language}\0${text}`;
  const known = kept.get(key);
  if (known !== undefined) return known;
  const tree = parse(language, text);
  kept.set(key, tree);
  keptChars += key.length;
  for (const oldest of kept.keys()) {
    if (keptChars <= keptCharsMax) break;
    kept.delete(oldest);
    keptChars -= oldest.length;
  }
  return tree;
}

async function parse(language: LanguageName, text: string): Promise<SyntaxTree | null> {
  if (text.length > sourceCharsMax) return null;
  const { Parser, Language } =
    require('@vscode/tree-sitter-wasm') as typeof import('@vscode/tree-sitter-wasm');
  parser ??= Parser.init().then(() => new Parser());
  const wasm = await parser;
  const loaded = grammars.get(language) ?? Language.load(grammarOf(language));
  grammars.set(language, loaded);
  wasm.setLanguage(await loaded);
  const startedAt = performance.now();
  const tree = wasm.parse(text, null, {
    progressCallback: () => performance.now() - startedAt > parseMsMax,
  });
  wasm.reset();
  if (tree === null) return null;
  try {
    const root = copied(tree.walk());
    return root && { language, text, root, isWhole: !tree.rootNode.hasError };
  } finally {
    tree.delete();
  }
}

/** Its path, or its bytes: the package carries the grammars compressed, because they are a fifth of its size. */
function grammarOf(language: LanguageName): string | Uint8Array {
  const folder = dirname(require.resolve('@vscode/tree-sitter-wasm'));
  const path = join(folder, `tree-sitter-${languages[language].grammar}.wasm`);
  return existsSync(path) ? path : gunzipSync(readFileSync(`${path}.gz`));
}

type Cursor = ReturnType<NonNullable<ReturnType<WasmParser['parse']>>['walk']>;

/** Without recursion: a text may nest a hundred thousand times. */
function copied(cursor: Cursor): SyntaxNode | null {
  try {
    const nodeAt = (parent: SyntaxNode | null): SyntaxNode => ({
      type: cursor.nodeType,
      isNamed: cursor.nodeIsNamed,
      field: cursor.currentFieldName,
      from: cursor.startIndex,
      to: cursor.endIndex,
      parts: [],
      parent,
    });
    const root = nodeAt(null);
    let at = root;
    for (let count = 1; count <= nodesMax; count += 1) {
      if (cursor.gotoFirstChild()) {
        const node = nodeAt(at);
        at.parts.push(node);
        at = node;
        continue;
      }
      while (!cursor.gotoNextSibling()) {
        if (!cursor.gotoParent() || at.parent === null) return root;
        at = at.parent;
      }
      const node = nodeAt(at.parent);
      at.parent?.parts.push(node);
      at = node;
    }
    return null;
  } finally {
    cursor.delete();
  }
}

/** The node and all that is in it, outer ones first. */
export function* within(root: SyntaxNode): Generator<SyntaxNode> {
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    for (let at = node.parts.length - 1; at >= 0; at -= 1) waiting.push(node.parts[at] as SyntaxNode);
  }
}

export function* around(node: SyntaxNode): Generator<SyntaxNode> {
  for (let each = node.parent; each !== null; each = each.parent) yield each;
}
