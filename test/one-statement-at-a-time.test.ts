// What runs in the database makes one statement after the other. If two of them fail at once, `Promise.all` passes on
// the first failure, and nobody ever hears of the second (R-FAIL-6).
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isNode, lineAt, type Node, nameOf, nodesOf, type SourceFile, sourceFiles } from './source-files.ts';

const rootPath = fileURLToPath(new URL('..', import.meta.url));

/** The lines where a `query` is used several times at once, unless each use has a run of its own. */
function concurrentStatements(file: SourceFile): number[] {
  return nodesOf(file)
    .filter((node) => isAtOnce(node) && usesQuery(node.arguments))
    .map(({ start }) => lineAt(file.text, start));
}

function isAtOnce({ type, callee }: Node): boolean {
  if (type !== 'CallExpression' || !isNode(callee) || callee.type !== 'MemberExpression') return false;
  const method = nameOf(callee.property);
  return nameOf(callee.object) === 'Promise' && method !== null && /^(all|allSettled|any|race)$/.test(method);
}

function usesQuery(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(usesQuery);
  if (!isNode(value)) return false;
  if (value.type === 'Identifier') return value.name === 'query';
  const given = Array.isArray(value.params) ? value.params.map(nameOf) : [];
  return !given.includes('query') && Object.values(value).some(usesQuery);
}

test('R-FAIL-6: no run of the database makes two statements at once', () => {
  const found = sourceFiles(rootPath, ['src'], /\.ts$/)
    .filter(({ path }) => !/\.(test|fixture)\.ts$/.test(path))
    .flatMap((file) => concurrentStatements(file).map((line) => `${file.path}:${line}`));
  expect(found).toEqual([]);
});

test.each([
  ['run((query) => Promise.all([a(query), b(query)]))', 1],
  ['run((query) => Promise.all(found.map(viewIn(query))))', 1],
  ['run((query) => Promise.all(found.map((one) => a(query, one))))', 1],
  ['Promise.all([run((query) => a(query)), run((query) => b(query))])', 0],
  ['run(async (query) => [await a(query), await b(query)])', 0],
  ['Promise.all([a(), b()])', 0],
])('R-FAIL-6: the check finds planted statements at once, and nothing else: %s', (text, count) => {
  expect(concurrentStatements({ path: 'src/a.ts', text })).toHaveLength(count);
});
