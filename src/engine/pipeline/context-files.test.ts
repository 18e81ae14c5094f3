import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitFiles, listing, type RankedFile, rankFiles } from './context-files.ts';

const pathsOf = (ranked: readonly RankedFile[]) => ranked.map(({ path }) => path);
const unnamed = (...paths: string[]) => paths.map((path) => ({ path, isNamed: false }));
const files = (...paths: string[]) => paths.map((path) => ({ path, sizeBytes: 100 }));

test('files that the task names come first: by path, then by name, then by words', () => {
  const ranked = rankFiles(
    files('src/other.ts', 'src/money.ts', 'lib/date-parser.ts', 'src/util/strings.ts'),
    'Mend src/util/strings.ts; see date-parser.ts. It is about Money.',
  );
  expect(pathsOf(ranked)).toEqual([
    'src/util/strings.ts',
    'lib/date-parser.ts',
    'src/money.ts',
    'src/other.ts',
  ]);
});

test('of equally relevant files the smaller comes first, in whatever order they were listed', () => {
  const given = [
    { path: 'b.ts', sizeBytes: 5 },
    { path: 'a.ts', sizeBytes: 5 },
    { path: 'c.ts', sizeBytes: 1 },
  ];
  expect(pathsOf(rankFiles(given, ''))).toEqual(['c.ts', 'a.ts', 'b.ts']);
  expect(pathsOf(rankFiles(given.toReversed(), ''))).toEqual(['c.ts', 'a.ts', 'b.ts']);
});

test('generated files, unreadable files, and huge files that the task does not name are left out', () => {
  const given = [
    ...files(
      'package-lock.json',
      'a/yarn.lock',
      'logo.PNG',
      'dist/app.min.js',
      'app.js.map',
      'go.sum',
      'ok.ts',
    ),
    { path: 'huge.ts', sizeBytes: 60_001 },
  ];
  expect(pathsOf(rankFiles(given, 'package-lock.json logo.png'))).toEqual(['ok.ts']);
});

test('files are taken in order as long as they fit, and one that does not fit leaves room for the next', () => {
  const contents = new Map([
    ['big', 'x'.repeat(8)],
    ['small', 'x'.repeat(2)],
  ]);
  expect([...fitFiles(unnamed('big', 'missing', 'small'), contents, 9).shown.keys()]).toEqual(['big']);
  expect([...fitFiles(unnamed('big', 'small'), contents, 5).shown.keys()]).toEqual(['small']);
  fc.assert(
    fc.property(fc.array(fc.string()), fc.nat(50), (texts, charsMax) => {
      const all = new Map(texts.map((text, index) => [String(index), text]));
      const shown = [...fitFiles(unnamed(...all.keys()), all, charsMax).shown.values()];
      expect(shown.join('').length).toBeLessThanOrEqual(charsMax);
    }),
  );
});

test('a long listing says how many more there are', () => {
  const many = Array.from({ length: 403 }, (_, index) => `f${index}`);
  expect(
    listing(files(...many))
      .split('\n')
      .at(-1),
  ).toBe('… and 3 more');
  expect(listing(files('a', 'b'))).toBe('a\nb');
});

test('R-PIPE-4: a file that defines a function of the task comes before files that only have such a name', () => {
  const given = files('src/cart.ts', 'docs/total.md', 'lib/x7.ts', 'lib/y8.ts');
  const symbols = {
    defined: new Map([['lib/x7.ts', new Set(['total'])]]),
    mentioned: new Set(['lib/y8.ts']),
  };
  expect(pathsOf(rankFiles(given, 'Fix total in docs/total.md', symbols))).toEqual([
    ...['lib/x7.ts', 'docs/total.md', 'lib/y8.ts', 'src/cart.ts'],
  ]);
});

test('R-PIPE-4: a named file that does not fit is cut around what the task mentions, and says so', () => {
  const lines = Array.from({ length: 3_000 }, (_, line) => `const line${line} = ${line};`);
  lines[2_000] = 'export function total() { return 7; }';
  const content = `${lines.join('\n')}\n`;
  const sized = [{ path: 'src/huge.ts', sizeBytes: content.length }, ...files('a.ts', 'b.ts')];
  const ranked = rankFiles(sized, 'Fix total() in huge.ts');
  expect(ranked[0]).toEqual({ path: 'src/huge.ts', isNamed: true });
  const contents = new Map([
    ['src/huge.ts', content],
    ['a.ts', 'x'],
  ]);
  const { shown, cut, leftOut } = fitFiles(ranked, contents, 20_000, ['total']);
  const part = shown.get('src/huge.ts') ?? '';
  expect(part).toContain('export function total()');
  expect(part.length).toBeLessThanOrEqual(20_000);
  expect(content).toContain(part);
  expect(cut.get('src/huge.ts')).toMatch(/^lines 1\d\d\d to 2\d\d\d of 3001$/);
  expect(leftOut).toEqual([]);
  // If not even a part fits, the file is listed as left out.
  expect(fitFiles(ranked, contents, 500, ['total']).leftOut).toEqual(['src/huge.ts']);
});

test('R-PIPE-4: a name that many files share identifies none of them, and neither does a name inside another', () => {
  const many = files('a/index.ts', 'b/index.ts', 'c/index.ts', 'd/index.ts', 'data.ts', 'a.ts');
  const named = (text: string) =>
    rankFiles(many, text)
      .filter(({ isNamed }) => isNamed)
      .map(({ path }) => path);
  expect(named('Mend index.ts')).toEqual([]);
  expect(named('Mend b/index.ts')).toEqual(['b/index.ts']);
  expect(named('Mend data.ts')).toEqual(['data.ts']);
});
