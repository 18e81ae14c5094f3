// Finds errors that are caught and then neither rethrown, nor looked at, nor answered (R-FAIL-1).
import { isNode, lineAt, type Node, nameOf, type SourceFile } from './source-files.ts';

export interface SilentCatch {
  path: string;
  line: number;
  /** The code on one line; it identifies an exception, because line numbers change. */
  code: string;
  /** The expression before `.catch`; empty for a `catch` clause. */
  receiver: string;
}

/**
 * Finds each `catch` that does not use its error, and each `.catch(...)` whose callback takes none, unless it throws.
 */
export function silentCatches(file: SourceFile, nodes: readonly Node[]): SilentCatch[] {
  const textOf = ({ start, end }: Node) => file.text.slice(start, end).replace(/\s+/g, ' ');
  return nodes.flatMap((node) => {
    const part = node.type === 'CatchClause' ? silentClause(node, file) : silentCallback(node, file);
    if (part === null) return [];
    const { callee } = node;
    const receiver = isNode(callee) && isNode(callee.object) ? textOf(callee.object) : '';
    return [{ path: file.path, line: lineAt(file.text, part.start), code: textOf(part), receiver }];
  });
}

function silentClause(node: Node, file: SourceFile): Node | null {
  const body = isNode(node.body) ? node.body : node;
  return isLookedAt(node.param, body, file) ? null : node;
}

const placeOfCallback = new Map([
  ['catch', 0],
  ['then', 1],
]);

/** The callback in `promise.catch(callback)` or `promise.then(kept, callback)`. */
function silentCallback(node: Node, file: SourceFile): Node | null {
  if (node.type !== 'CallExpression' || !isNode(node.callee) || node.callee.type !== 'MemberExpression')
    return null;
  const at = placeOfCallback.get(nameOf(node.callee.property) ?? '');
  const callback = at !== undefined && Array.isArray(node.arguments) ? node.arguments[at] : undefined;
  if (!isNode(callback) || !/^(Arrow)?FunctionExpression$/.test(callback.type)) return null;
  const [parameter] = Array.isArray(callback.params) ? callback.params : [];
  return isNode(callback.body) && isLookedAt(parameter, callback.body, file) ? null : callback;
}

/** Whether the error is used by name or destructured, or another error answers it. */
function isLookedAt(parameter: unknown, body: Node, file: SourceFile): boolean {
  const text = file.text.slice(body.start, body.end);
  if (/\bthrow\b|\breject\(/.test(withoutComments(text))) return true;
  if (!isNode(parameter)) return false;
  if (parameter.type === 'ObjectPattern') return true;
  const name = nameOf(parameter);
  return name !== null && new RegExp(`\\b${name}\\b`).test(withoutComments(text));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
}
