import { isNode, lineAt, type Node, nameOf, type SourceFile, stringOf } from './source-files.ts';
import type { Finding, TidyRule } from './tidy-rules.ts';

// SQL is allowed in three folders only, so that all statements are in one place.

const folders = ['src/store', 'src/durable', 'src/postgres'];
const packages = ['kysely', 'pg'];
const builders = [
  'selectFrom',
  'selectNoFrom',
  'insertInto',
  'replaceInto',
  'updateTable',
  'deleteFrom',
  'mergeInto',
];
const objects = 'table|database|index|schema|role|type|function|trigger';
const beginnings = [
  'select\\s[\\s\\S]*\\sfrom\\s',
  'select\\s+[\\w.]+\\(',
  'insert\\s+into\\s',
  'update\\s+\\w+\\s+set\\s',
  'delete\\s+from\\s',
  `(?:create|alter|drop)\\s+(?:${objects})\\s`,
  'with\\s+\\w+\\s+as\\s+\\(',
  '(?:savepoint|listen|notify)\\s+\\w+\\s*$',
];
const statement = new RegExp(`^\\s*(?:${beginnings.join('|')})`);

export const sqlInTheStore: TidyRule = {
  name: 'sql-in-the-store',
  applies: (path) =>
    /^src\/.*\.tsx?$/.test(path) &&
    !/\.(test|fixture)\.tsx?$/.test(path) &&
    !folders.some((folder) => path.startsWith(`${folder}/`)),
  find: (file, nodes) =>
    nodes.flatMap((node): Finding[] => {
      const what = importedPackage(node) ?? builtQuery(node) ?? writtenStatement(node, file);
      return what === null ? [] : [{ line: lineAt(file.text, node.start), what }];
    }),
};

/** Type imports are allowed everywhere. */
function importedPackage(node: Node): string | null {
  if (!/^(Import|Export(Named|All))(Declaration|Expression)$/.test(node.type)) return null;
  if (node.importKind === 'type' || node.exportKind === 'type') return null;
  const name = stringOf(node.source);
  return name !== null && packages.includes(name) ? `imports ${name} outside of the store` : null;
}

function builtQuery(node: Node): string | null {
  const name = node.type === 'MemberExpression' ? nameOf(node.property) : null;
  return name !== null && builders.includes(name) ? `calls ${name} outside of the store` : null;
}

function writtenStatement(node: Node, file: SourceFile): string | null {
  const isText = node.type === 'TemplateLiteral' || (node.type === 'Literal' && stringOf(node) !== null);
  const text = isText && isNode(node) ? file.text.slice(node.start + 1, node.end - 1) : '';
  return statement.test(text) ? 'holds a statement outside of the store' : null;
}
