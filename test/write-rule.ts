import { isNode, lineAt, type Node, nameOf, type SourceFile, stringOf } from './source-files.ts';
import type { Finding, TidyRule } from './tidy-rules.ts';

// Whoever writes a file has to say whether it must survive a power failure. So the functions of Node that write are only
// in the folder whose names say it.

const doors = 'src/stdx/files/';
const modules = ['node:fs', 'node:fs/promises', 'fs', 'fs/promises'];
const writers = /^(?:writeFile|appendFile|rename|link|copyFile|cp|truncate|createWriteStream)(?:Sync)?$/;
const openers = /^open(?:Sync)?$/;
/** The flags of open(2) that write: as text in a call, and as constants. */
const writing =
  /\bopen(?:Sync)?\((?:[^()]|\([^()]*\))*?['"](?:[wa]|rs?\+)|\bconstants\.O_(?:WRONLY|RDWR|CREAT|APPEND|TRUNC)\b/;

export const writesSayHowLong: TidyRule = {
  name: 'writes-say-how-long',
  applies: (path) =>
    /^src\/.*\.tsx?$/.test(path) && !/\.(test|fixture)\.tsx?$/.test(path) && !path.startsWith(doors),
  find: (file, nodes) =>
    nodes.flatMap((node): Finding[] =>
      around(node, file).map((what) => ({ line: lineAt(file.text, node.start), what })),
    ),
};

function around(node: Node, file: SourceFile): string[] {
  if (!/^(?:Import(?:Declaration|Expression)|Export(?:Named|All)Declaration)$/.test(node.type)) return [];
  if (node.importKind === 'type' || !modules.includes(stringOf(node.source) ?? '')) return [];
  const specifiers = Array.isArray(node.specifiers) ? node.specifiers.filter(isNode) : [];
  const names = specifiers.map((each) => nameOf(each.imported ?? each.local) ?? '');
  const isWhole =
    node.type !== 'ImportDeclaration' || specifiers.some(({ type }) => type !== 'ImportSpecifier');
  const opensToWrite = writing.test(file.text) && names.some((name) => openers.test(name));
  return [
    ...(isWhole ? ['takes all functions of node:fs at once'] : []),
    ...names.filter((name) => writers.test(name)).map((name) => `writes with ${name}`),
    ...(opensToWrite ? ['opens files to write'] : []),
  ];
}
