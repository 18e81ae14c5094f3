import fc from 'fast-check';
import { expect, test } from 'vitest';
import { treeSummary } from './tree-summary.ts';

test('R-SPEC-4: a small repository is listed whole', () => {
  expect(treeSummary(['src/a.ts', 'README.md', 'src/lib/b.ts'], 1_000)).toBe(
    'README.md\nsrc/a.ts\nsrc/lib/b.ts',
  );
});

test('R-SPEC-4: of a large one, deep and full folders are closed and say how many files they contain', () => {
  const many = Array.from({ length: 500 }, (_, index) => `data/deep/f${index}.json`);
  expect(treeSummary([...many, 'src/a.ts', 'go.mod'], 200).split('\n')).toEqual([
    'data/deep/ (500 files)',
    'go.mod',
    'src/a.ts',
  ]);
  expect(treeSummary(many, 3)).toBe('');
});

test('R-SPEC-4: a name with a line end in it is one line', () => {
  expect(treeSummary(['a\nb.ts'], 100)).toBe('a\\nb.ts');
});

const name = fc
  .string({ minLength: 1, maxLength: 8, unit: 'binary' })
  .map((each) => each.replaceAll('/', '-'));
const paths = fc.uniqueArray(fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/')));

test('R-SPEC-4: it never has more bytes than allowed, and is the same for every order of the files', () => {
  fc.assert(
    fc.property(paths, fc.nat(400), (given, bytesMax) => {
      const summary = treeSummary(given, bytesMax);
      expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(bytesMax);
      expect(treeSummary(given.toReversed(), bytesMax)).toBe(summary);
    }),
  );
});
