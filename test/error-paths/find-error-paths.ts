// Defines error paths (R-CHA-2), and finds them in a file. Exactly these count:
//
// - the body of a `catch` clause that contains a statement;
// - a function that is written as the callback of `.catch(…)`, or as the second one of `.then(…, …)`;
// - a `throw` statement, except for a `TypeError`, which marks what cannot happen and so need not be reached by a test;
// - a function that only builds an error: its return type is one (`: MooseError`), or it only returns a new one.
//
// A path counts separately even inside another one: a `throw` in a `catch` is two paths. A path is covered if a test
// has run its first statement, or has called its function. That does not mean that the test looked at the result. A
// condition that answers a failure without any of these (`if (!response.ok) return null`) is not found.
import { isNode, lineAt, type Node, nameOf, nodesOf, type SourceFile } from '../source-files.ts';

export interface ErrorPath {
  path: string;
  kind: 'catch' | 'callback' | 'throw' | 'builder';
  /** What must have run, as offsets into the file: a statement, or a function without statements. */
  start: number;
  end: number;
  line: number;
  /** Distinguishes a function from a statement that begins at the same place, such as that of a constant. */
  isFunction: boolean;
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
    // A function has run if its first statement has; a function without statements is measured itself.
    const [measured = place] = isFunction(place) ? statementsOf(place.body) : [];
    const { start, end } = measured;
    return [
      {
        path: file.path,
        kind,
        start,
        end,
        line: lineAt(file.text, node.start),
        isFunction: isFunction(measured),
      },
    ];
  });
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
  return isNode(value) && value.type === 'NewExpression' && isErrorName(nameOf(value.callee));
}

function statementsOf(block: unknown): Node[] {
  return isNode(block) && Array.isArray(block.body) ? block.body.filter(isNode) : [];
}
