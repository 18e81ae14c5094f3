import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FactsMaker } from './file-facts.ts';
import { roleOf } from './file-roles.ts';
import { fitFiles, type ReadFile } from './fit-files.ts';
import { Pace } from './pace.ts';
import { rankFiles } from './rank-files.ts';
import { referencesBetween } from './reference-graph.ts';
import type { RepositoryIndex } from './repository-index.ts';
import { termsOf } from './words.ts';

const maker = new FactsMaker();

async function indexOf(
  given: Record<string, string | null>,
  recent: string[] = [],
): Promise<RepositoryIndex> {
  const files = Object.entries(given).map(([path, text]) => ({
    path,
    sizeBytes: Buffer.byteLength(text ?? ''),
    objectId: '0',
    role: roleOf(path),
    facts: text === null ? null : maker.factsOf(path, text),
    pathTerms: Uint32Array.from(path.split('/').flatMap(termsOf)),
  }));
  return {
    files,
    references: await referencesBetween(
      files.map(({ facts }) => facts),
      new Pace(undefined),
    ),
    recency: new Map(recent.map((path) => [path, 1])),
    isPartial: false,
  };
}

async function rank(given: Record<string, string | null>, title: string, text = ''): Promise<string[]> {
  return (await rankFiles(await indexOf(given), { title, text })).map(({ file }) => file.path);
}

test('R-PIPE-4: a file is found by the words in it, in whatever form they are written', async () => {
  const files = {
    'src/a.ts': 'export const x = 1;',
    'src/b.ts': '// Caches what was parsed.\nconst parsedDates = new Map();',
    'src/c.ts': 'export const y = 1;',
  };
  expect((await rank(files, 'The cache of the date parser grows'))[0]).toBe('src/b.ts');
});

test('R-PIPE-4: a file that the request names comes first, however little else speaks for it', async () => {
  const files = { 'src/cart.ts': 'cart total cart total', 'dist/old.js': 'x', 'docs/total.md': 'cart' };
  expect((await rank(files, 'Correct the cart total as in old.js'))[0]).toBe('dist/old.js');
});

test('R-PIPE-4: a file that defines a function of the task comes before files that only use or have such a name', async () => {
  const files = {
    'src/total.ts': 'export const z = 2;',
    'lib/x7.ts': 'export function roundTotal() {}',
    'lib/y8.ts': 'roundTotal(); roundTotal(); roundTotal();',
  };
  expect((await rank(files, 'Fix `roundTotal`'))[0]).toBe('lib/x7.ts');
});

test('R-SPEC-4: the test beside a source comes with it, and so does what the source uses', async () => {
  const others = Object.fromEntries(
    Array.from({ length: 20 }, (_, n) => [`src/z${n}.ts`, `const z = ${n};`]),
  );
  const files = {
    ...others,
    'src/invoice.ts': 'export function printInvoice() { return roundHalfUp(1); }',
    'src/invoice.test.ts': 'expect(1).toBe(1);',
    'src/round.ts': 'export function roundHalfUp() {}',
  };
  const ranked = await rank(files, 'printInvoice prints a wrong sum');
  expect(ranked.slice(0, 3).sort()).toEqual(['src/invoice.test.ts', 'src/invoice.ts', 'src/round.ts']);
  expect(ranked[0]).toBe('src/invoice.ts');
});

test('R-SPEC-4: of two equal files the one that was changed lately comes first, and of others the smaller', async () => {
  const index = await indexOf({ 'a.ts': 'total', 'b.ts': 'total', 'c.ts': 'long text', 'd.ts': 'x' }, [
    'b.ts',
  ]);
  const ranked = (await rankFiles(index, { title: 'total', text: '' })).map(({ file }) => file.path);
  expect(ranked).toEqual(['b.ts', 'a.ts', 'd.ts', 'c.ts']);
});

test('R-PIPE-4: of files that were not read, one that git finds a name in comes first; unreadable ones never', async () => {
  const index = await indexOf({ 'a.dat2': null, 'z.ts': null, 'logo.png': null, 'yarn.lock': 'total' });
  const ranked = await rankFiles(index, { title: 'total logo.png', text: '' }, new Set(['z.ts']));
  expect(ranked.map(({ file }) => file.path)).toEqual(['z.ts', 'a.dat2']);
});

const names = ['total', 'Cart', 'parseDate', 'src', 'x1', '', '…', 'function total() {', '\n'];
const path = fc.constantFrom(
  'a.ts',
  'src/a.ts',
  'a.test.ts',
  'lib/b.py',
  'package.json',
  'c.md',
  'x\ny.go',
  'd/e/f.rs',
);
const text = fc.array(fc.constantFrom(...names), { maxLength: 300 }).map((parts) => parts.join(' '));
const files = fc.dictionary(path, text, { maxKeys: 8 });

test('R-SPEC-4: the order does not depend on the order of the files, and every file is in it once', async () => {
  await fc.assert(
    fc.asyncProperty(files, text, text, async (given, title, more) => {
      const reversed = Object.fromEntries(Object.entries(given).toReversed());
      const ranked = await rank(given, title, more);
      expect(await rank(reversed, title, more)).toEqual(ranked);
      expect(ranked.toSorted()).toEqual(Object.keys(given).sort());
    }),
  );
});

test('R-SPEC-4: what is shown never has more bytes than allowed, and every named file is shown or listed', async () => {
  await fc.assert(
    fc.asyncProperty(files, text, fc.nat(6_000), async (given, title, bytesMax) => {
      const ranked = await rankFiles(await indexOf(given), { title, text: 'a.test.ts b.py' });
      const read = ranked.map((each): ReadFile => ({ ...each, content: given[each.file.path] ?? '' }));
      const sought = { names: new Set(['total']), terms: new Set<number>(), text: title };
      const { tree, shown, cut, leftOut, symbols } = fitFiles(Object.keys(given), read, sought, bytesMax);
      const written = [...shown]
        .flat()
        .concat(...cut.values(), tree, symbols)
        .join('');
      expect(Buffer.byteLength(written)).toBeLessThanOrEqual(bytesMax);
      for (const { file, isNamed } of ranked)
        if (isNamed) expect(shown.has(file.path) || leftOut.includes(file.path)).toBe(true);
    }),
  );
});
