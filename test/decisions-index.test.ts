import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { decisionsIndex, indexLine } from '../scripts/docs/decisions-index.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

test('every page of decisions is in the index exactly once', () => {
  const names = readdirSync(new URL('../docs/decisions', import.meta.url));
  const linked = [...decisionsIndex().matchAll(/\]\((.+?\.md)\)/g)].map(([, file]) => file);
  expect(linked.toSorted()).toEqual(names.filter((name) => name !== 'README.md').toSorted());
});

test('a line of the index has the title of a page and its first sentence', () => {
  expect(indexLine('money.md', '# Money\n\nHow limits hold while\nmany runs spend. More.\n\n## A\n')).toBe(
    '- [Money](money.md): How limits hold while many runs spend.',
  );
});

test.each(['# Money\n\n## Limits\n', 'How limits hold.\n'])('a page must say what it is for: %j', (text) => {
  expect(() => indexLine('money.md', text)).toThrow('docs/decisions/money.md does not begin with a title');
});

test('every dependency has a row that says why it is there', () => {
  const { dependencies, devDependencies } = JSON.parse(read('../package.json'));
  const names = Object.keys({ ...dependencies, ...devDependencies });
  const rows = read('../docs/decisions/dependencies.md').match(/^\|[^|]+\|/gm) ?? [];
  const named = rows.flatMap((row) => [...row.matchAll(/`(.+?)`/g)].map(([, name]) => name));
  expect(named.toSorted()).toEqual(names.filter((name) => !name.startsWith('@types/')).toSorted());
});
