import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitFiles, listing, rankFiles } from './context-files.ts';

const files = (...paths: string[]) => paths.map((path) => ({ path, sizeBytes: 100 }));

test('what the task names comes first: by its path, then by its name, then by its words', () => {
  const ranked = rankFiles(
    files('src/other.ts', 'src/money.ts', 'lib/date-parser.ts', 'src/util/strings.ts'),
    'Mend src/util/strings.ts; see date-parser.ts. It is about Money.',
  );
  expect(ranked).toEqual(['src/util/strings.ts', 'lib/date-parser.ts', 'src/money.ts', 'src/other.ts']);
});

test('of equals the smaller comes first, and the order does not depend on how they were listed', () => {
  const given = [
    { path: 'b.ts', sizeBytes: 5 },
    { path: 'a.ts', sizeBytes: 5 },
    { path: 'c.ts', sizeBytes: 1 },
  ];
  expect(rankFiles(given, '')).toEqual(['c.ts', 'a.ts', 'b.ts']);
  expect(rankFiles(given.toReversed(), '')).toEqual(['c.ts', 'a.ts', 'b.ts']);
});

test('what machines wrote, what nobody can read, and what is huge is left out', () => {
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
  expect(rankFiles(given, 'package-lock.json logo.png huge.ts')).toEqual(['ok.ts']);
});

test('files are taken in order while they fit, and one that does not fit leaves room for the next', () => {
  const contents = new Map([
    ['big', 'x'.repeat(8)],
    ['small', 'x'.repeat(2)],
  ]);
  expect([...fitFiles(['big', 'missing', 'small'], contents, 9).keys()]).toEqual(['big']);
  expect([...fitFiles(['big', 'small'], contents, 5).keys()]).toEqual(['small']);
  fc.assert(
    fc.property(fc.array(fc.string()), fc.nat(50), (texts, charsMax) => {
      const all = new Map(texts.map((text, index) => [String(index), text]));
      const shown = [...fitFiles([...all.keys()], all, charsMax).values()];
      expect(shown.join('').length).toBeLessThanOrEqual(charsMax);
    }),
  );
});

test('a long listing says how much more there is', () => {
  const many = Array.from({ length: 403 }, (_, index) => `f${index}`);
  expect(
    listing(files(...many))
      .split('\n')
      .at(-1),
  ).toBe('… and 3 more');
  expect(listing(files('a', 'b'))).toBe('a\nb');
});
