// What an error path is (R-CHA-2), and where they are in a file. Exactly these count:
//
// - the body of a `catch` clause that holds a statement;
// - a function that is written out as the callback of `.catch(…)`, or as the second one of `.then(…, …)`;
// - a `throw` statement, but of a `TypeError`: that is how the sources say what cannot happen, and no test should reach it;
// - a function that does nothing but build an error: it is said to return one (`: MooseError`), or all that it holds is
//   the return of a new one.
//
// A path counts for itself, also inside of another: a `throw` in a `catch` is two. One is covered when a test has run its
// first statement, or has called its function; nothing is said about whether the test looked at what came of it. A
// condition that answers a failure without any of these (`if (!response.ok) return null`) is not seen here.
import { isNode, lineAt, type Node, nameOf, nodesOf, type SourceFile } from '../source-files.ts';

export interface ErrorPath {
  path: string;
  kind: 'catch' | 'callback' | 'throw' | 'builder';
  /** What has to have run, as offsets into the file: a statement, or a function without one. */
  start: number;
  end: number;
  line: number;
  /** A statement may begin where a function does, as that of a constant: they are told apart. */
  isFunction: boolean;
}

/** Sources of which the error paths count: what runs at a user's, but for programs of their own and the demonstration. */
export function countsForErrorPaths(path: string): boolean {
  return /^src\/.*\.ts$/.test(path) && !/^src\/demo\/|\.(test|fixture)\.ts$|-program\.ts$/.test(path);
}

export function findErrorPaths(file: SourceFile): ErrorPath[] {
  return nodesOf(file).flatMap((node) => {
    const found = pathIn(node);
    if (found === null) return [];
    const [kind, place] = found;
    // A function has run when its first statement has; one without any is looked for itself.
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

/** Method → which of its arguments is told of a failure. */
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
