// Defines error paths (R-CHA-2), and finds them in a file. Exactly these count:
//
// - the body of a `catch` clause that contains a statement;
// - a function that is written as the callback of `.catch(…)`, or as the second one of `.then(…, …)`;
// - a `throw` statement, except for a `TypeError`, which marks what cannot happen and so need not be reached by a test;
// - a function that only builds an error: its return type is one (`: MooseError`), or it only returns a new one, or one of
//   a catalogue (`gitFailures.GIT_MISSING(…)`).
//
// A path counts separately even inside another one: a `throw` in a `catch` is two paths. A path is covered if a test
// has run its first statement, or has called its function. That does not mean that the test looked at the result. A
// condition that answers a failure without any of these (`if (!response.ok) return null`) is not found.
import { isNode, lineAt, type Node, nameOf, nodesOf, type SourceFile } from '../source-files.ts';

export interface ErrorPath {
  path: string;
  kind: 'catch' | 'callback' | 'throw' | 'builder';
  line: number;
  mark: MarkPlace;
}

/** Where a call goes that reports that the path was run, as offsets into the file, and the form in which it fits there. */
export interface MarkPlace {
  form: 'statement' | 'throw' | 'expression';
  start: number;
  end: number;
}

/**
 * Whether the error paths of a source count: it must run in production, but separate programs and the demo do not
 * count.
 */
export function countsForErrorPaths(path: string): boolean {
  return /^src\/.*\.ts$/.test(path) && !/^src\/demo\/|\.(test|fixture)\.ts$|-program\.ts$/.test(path);
}

export function findErrorPaths(file: SourceFile): ErrorPath[] {
  return nodesOf(file).flatMap((node) => {
    const found = pathIn(node);
    if (found === null) return [];
    const [kind, place] = found;
    return [{ path: file.path, kind, line: lineAt(file.text, node.start), mark: markOf(place) }];
  });
}

/** A function has run if its first statement has; one without statements is an expression, or empty. */
function markOf(place: Node): MarkPlace {
  if (!isFunction(place)) return markBefore(place);
  const [first] = statementsOf(place.body);
  if (first) return markBefore(first);
  if (!isNode(place.body)) throw new Error('A function has a body');
  const { type, start, end } = place.body;
  return type === 'BlockStatement'
    ? { form: 'statement', start: start + 1, end }
    : { form: 'expression', start, end };
}

function markBefore({ type, start, end }: Node): MarkPlace {
  return { form: type === 'ThrowStatement' ? 'throw' : 'statement', start, end };
}

function pathIn(node: Node): [ErrorPath['kind'], Node] | null {
  if (node.type === 'ThrowStatement') return isOfTheImpossible(node) ? null : ['throw', node];
  if (node.type === 'CatchClause') {
    const [first] = statementsOf(node.body);
    return first ? ['catch', first] : null;
  }
  if (node.type === 'CallExpression') {
    const callback = failureCallback(node);
    return callback ? ['callback', callback] : null;
  }
  return isFunction(node) && buildsAnError(node) ? ['builder', node] : null;
}

function isOfTheImpossible({ argument }: Node): boolean {
  return isNode(argument) && argument.type === 'NewExpression' && nameOf(argument.callee) === 'TypeError';
}

/** For each method, the index of the argument that is called with a failure. */
const callbackPlaces = new Map([
  ['catch', 0],
  ['then', 1],
]);

function failureCallback({ callee, arguments: given }: Node): Node | undefined {
  if (!isNode(callee) || callee.type !== 'MemberExpression' || !Array.isArray(given)) return undefined;
  const place = callbackPlaces.get(nameOf(callee.property) ?? '');
  const callback: unknown = place === undefined ? undefined : given[place];
  return isNode(callback) && isFunction(callback) ? callback : undefined;
}

function isFunction({ type }: Node): boolean {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(type);
}

const isErrorName = (name: string | null) => name !== null && /Error$/.test(name);

function buildsAnError(node: Node): boolean {
  const returned = isNode(node.returnType) ? node.returnType.typeAnnotation : undefined;
  if (isNode(returned) && returned.type === 'TSTypeReference' && isErrorName(nameOf(returned.typeName)))
    return true;
  if (isNewError(node.body)) return true;
  const [only, ...more] = statementsOf(node.body);
  return only?.type === 'ReturnStatement' && more.length === 0 && isNewError(only.argument);
}

function isNewError(value: unknown): boolean {
  if (!isNode(value)) return false;
  if (value.type === 'ConditionalExpression')
    return isNewError(value.consequent) && isNewError(value.alternate);
  return (value.type === 'NewExpression' && isErrorName(nameOf(value.callee))) || isRaised(value);
}

function isRaised({ type, callee }: Node): boolean {
  if (type !== 'CallExpression' || !isNode(callee) || callee.type !== 'MemberExpression') return false;
  return /Failures$/.test(nameOf(callee.object) ?? '');
}

function statementsOf(block: unknown): Node[] {
  return isNode(block) && Array.isArray(block.body) ? block.body.filter(isNode) : [];
}
