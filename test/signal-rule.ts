import { isNode, lineAt, type Node, nameOf, type SourceFile } from './source-files.ts';
import type { Finding, TidyRule } from './tidy-rules.ts';

// Everything that waits takes a signal, and that of a controller that nobody keeps is never aborted.

export const signalsCanAbort: TidyRule = {
  name: 'signals-can-abort',
  applies: (path) => /^src\/.*\.tsx?$/.test(path) && !/\.(test|fixture)\.tsx?$/.test(path),
  find: (file, nodes) => nodes.flatMap((node) => findingOf(node, file)),
};

const what = 'makes a signal that nobody can abort: take that of the request or of the process';

function findingOf(node: Node, file: SourceFile): Finding[] {
  const isRead = node.type === 'MemberExpression' && isMade(node.object);
  const isTaken =
    node.type === 'VariableDeclarator' &&
    isNode(node.id) &&
    node.id.type === 'ObjectPattern' &&
    isMade(node.init);
  return isRead || isTaken ? [{ line: lineAt(file.text, node.start), what }] : [];
}

const isMade = (node: unknown) =>
  isNode(node) && node.type === 'NewExpression' && nameOf(node.callee) === 'AbortController';
