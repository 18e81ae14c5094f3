// The body of a function made to do nothing: it returns a default value at once (R-GREEN-16; extreme mutation as in
// Niedermayr et al., "Will my tests tell me if I break this code?", 2016). What it did stays below as text that never runs, so
// that names and imports keep their uses and a compiler accepts it.
import type { SyntaxNode, SyntaxTree } from '../syntax/parse-source.ts';
import { within } from '../syntax/parse-source.ts';
import { type FunctionBlock, is, textOf } from '../syntax/read-tree.ts';

interface Edit {
  from: number;
  to: number;
  text: string;
}

/** The whole source with it; null where no default value is known, or nothing would change. */
export function emptied(tree: SyntaxTree, { node, body }: FunctionBlock): string | null {
  const edits = editsFor(tree, node, body);
  if (edits === null) return null;
  let { text } = tree;
  for (const edit of [...edits].sort((a, b) => b.from - a.from))
    text = text.slice(0, edit.from) + edit.text + text.slice(edit.to);
  return text === tree.text ? null : text;
}

const insert = (at: number, text: string): Edit => ({ from: at, to: at, text });

function editsFor(tree: SyntaxTree, node: SyntaxNode, body: SyntaxNode): Edit[] | null {
  const first = (returned: string | null) =>
    returned === null ? null : [insert(body.from + 1, ` if (true) { ${returned} }`)];
  switch (tree.language) {
    case 'javascript':
      return inScript(tree, node, body, 'undefined');
    case 'typescript':
    case 'tsx':
      return inScript(tree, node, body, '(undefined as never)');
    case 'python':
      return inPython(tree, body);
    case 'go':
      return inGo(tree, node, body);
    case 'rust': {
      const value = body.type === 'block' ? rustValue(tree, fieldOf(node, 'return_type')) : null;
      return value === null ? null : [insert(body.from + 1, ` if true { return ${value}; }`)];
    }
    case 'java':
      return body.type === 'block' ? first(javaReturn(fieldOf(node, 'type'))) : null;
    case 'csharp':
      return inCsharp(tree, node, body);
    case 'php':
      return body.type === 'compound_statement' ? first(phpReturn(tree, node, body)) : null;
    case 'ruby':
      return body.type === 'body_statement' ? [insert(body.from, 'return if true; ')] : null;
    case 'shell':
      return body.type === 'compound_statement' ? [insert(body.from + 1, ' return 0;')] : null;
  }
}

const fieldOf = (node: SyntaxNode, ...names: string[]) =>
  node.parts.find(({ field }) => field !== null && names.includes(field)) ?? null;

function inScript(tree: SyntaxTree, node: SyntaxNode, body: SyntaxNode, value: string): Edit[] | null {
  // An object has to be made before its constructor may end.
  const name = fieldOf(node, 'name');
  if (name && textOf(tree, name) === 'constructor') return null;
  if (body.type === 'statement_block') return [insert(body.from + 1, ` if (true) return ${value};`)];
  return [insert(body.from, `(true ? ${value} : `), insert(body.to, ')')];
}

function inPython(tree: SyntaxTree, body: SyntaxNode): Edit[] | null {
  if (body.type !== 'block') return [insert(body.from, '(None if True else '), insert(body.to, ')')];
  const statements = body.parts.filter((part) => part.isNamed && !is(tree.language, 'comments', part));
  const isText = ({ type, parts }: SyntaxNode) =>
    type === 'expression_statement' &&
    parts.length === 1 &&
    is(tree.language, 'strings', parts[0] as SyntaxNode);
  const first = statements.find((each, index) => index > 0 || !isText(each));
  if (first === undefined) return null;
  const line = tree.text.slice(tree.text.lastIndexOf('\n', first.from - 1) + 1, first.from);
  return [insert(first.from, line.trim() === '' ? `return\n${line}` : 'return; ')];
}

/** The results get blank names, so that a bare `return` gives the zero value of each type. */
function inGo(tree: SyntaxTree, node: SyntaxNode, body: SyntaxNode): Edit[] | null {
  if (node.type === 'func_literal') return null;
  const result = fieldOf(node, 'result');
  const edits = [insert(body.from + 1, ' if true { return };')];
  if (result === null) return edits;
  if (result.type !== 'parameter_list')
    return [...edits, { from: result.from, to: result.to, text: `(_ ${textOf(tree, result)})` }];
  const results = result.parts.filter(({ isNamed, type }) => isNamed && type !== 'comment');
  const unnamed = results.filter((each) => fieldOf(each, 'name') === null);
  if (unnamed.length > 0 && unnamed.length < results.length) return null;
  return [...edits, ...unnamed.map(({ from }) => insert(from, '_ '))];
}

const numbers = /^(?:[ui](?:8|16|32|64|128|size))$/;

/** Null for a type whose default is not known: what does not compile shows nothing. */
function rustValue(tree: SyntaxTree, type: SyntaxNode | null): string | null {
  if (type === null) return '';
  const text = textOf(tree, type).replace(/\s+/g, '');
  if (text === '()') return '()';
  if (text === 'bool') return 'false';
  if (numbers.test(text)) return '0';
  if (/^f(?:32|64)$/.test(text)) return '0.0';
  if (text === 'char') return "'\\0'";
  if (text === 'String') return 'String::new()';
  if (/^&(?:'\w+)?str$/.test(text)) return '""';
  if (type.type !== 'generic_type') return null;
  const name = /^(?:\w+::)*(\w+)</.exec(text)?.[1];
  if (name === 'Option') return 'None';
  if (name === 'Vec') return 'Vec::new()';
  if (/^(?:Hash|BTree)(?:Map|Set)$|^VecDeque$/.test(name ?? '')) return 'Default::default()';
  if (name !== 'Result') return null;
  const given = fieldOf(type, 'type_arguments')?.parts.find(({ isNamed }) => isNamed) ?? null;
  const value = given && rustValue(tree, given);
  return value === null ? null : `Ok(${value})`;
}

function javaReturn(type: SyntaxNode | null): string | null {
  // A constructor.
  if (type === null) return null;
  if (type.type === 'void_type') return 'return;';
  if (type.type === 'boolean_type') return 'return false;';
  return /^(?:integral|floating_point)_type$/.test(type.type) ? 'return 0;' : 'return null;';
}

const yields = (body: SyntaxNode) => [...within(body)].some(({ type }) => /^yield/.test(type));

function inCsharp(tree: SyntaxTree, node: SyntaxNode, body: SyntaxNode): Edit[] | null {
  const type = fieldOf(node, 'returns', 'type');
  if (type === null) return null;
  const text = textOf(tree, type);
  const isAsync = /(?:^|\s)async\s/.test(tree.text.slice(node.from, type.from));
  const isVoid = text === 'void' || (isAsync && /^(?:\w+\.)*(?:Value)?Task$/.test(text));
  if (body.type === 'arrow_expression_clause') {
    const value = body.parts.at(-1);
    if (isVoid || value === undefined) return null;
    return [insert(value.from, `true ? default(${text}) : (`), insert(value.to, ')')];
  }
  if (body.type !== 'block') return null;
  const returned = yields(body) ? 'yield break;' : isVoid ? 'return;' : 'return default;';
  return [insert(body.from + 1, ` if (true) { ${returned} }`)];
}

function phpReturn(tree: SyntaxTree, node: SyntaxNode, body: SyntaxNode): string | null {
  const type = fieldOf(node, 'return_type');
  if (type === null || yields(body)) return 'return;';
  const text = textOf(tree, type).toLowerCase();
  if (text === 'void') return 'return;';
  if (/^\?|\bnull\b|^mixed$/.test(text)) return 'return null;';
  const values: Record<string, string> = {
    int: '0',
    float: '0.0',
    string: "''",
    bool: 'false',
    array: '[]',
    iterable: '[]',
  };
  return values[text] === undefined ? null : `return ${values[text]};`;
}
