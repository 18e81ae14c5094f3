import { expect, test } from 'vitest';
import { nothingAsked } from './asked.ts';
import { askedLimits, askedOf, askedTexts, problemOfAsked } from './given-asked.ts';

test.each([undefined, null, {}, { tests: 'keep' }, { needs_test: false, skips: [] }] as const)(
  'R-GREEN-17: %j asks for nothing, and nothing is stored',
  (given) => {
    expect(askedOf(given)).toBeUndefined();
  },
);

test('R-GREEN-17: what is left out asks for nothing, and a name stands once without the spaces around it', () => {
  expect(askedOf({ skips: [' opens a window ', 'opens a window'] })).toEqual({
    ...nothingAsked,
    skips: ['opens a window'],
  });
  expect(askedOf({ needs_test: true })).toEqual({ ...nothingAsked, needs_test: true });
});

test('R-GREEN-17: what is asked is said in phrases, one for each member', () => {
  expect(askedTexts(nothingAsked)).toEqual([]);
  expect(
    askedTexts({
      tests: 'may_change',
      needs_test: true,
      skips: ['a', 'b'],
      removes: ['legacy'],
      configuration: ['tsconfig.json'],
    }),
  ).toEqual([
    'tests may demand less',
    'needs a test that fails without it',
    'may skip a, b',
    'removes legacy',
    'may change tsconfig.json',
  ]);
});

const { namesMax, nameCharsMax } = askedLimits;
test.each([
  [{ skips: ['  '] }, 'is empty'],
  [{ removes: ['x'.repeat(nameCharsMax + 1)] }, 'longer than 300'],
  [{ removes: ['a\0b'] }, 'contains a NUL'],
  [{ configuration: Array.from({ length: namesMax + 1 }, (_, at) => `${at}.json`) }, 'More than 50'],
  [{ configuration: ['a**b**c**d**e**f'] }, 'more than 4 stars'],
  [{ configuration: ['*'.repeat(9)] }, 'more than 4 stars'],
])('%j is refused: %s', (given, because) => {
  expect(problemOfAsked(askedOf(given))).toContain(because);
});

test.each(['tsconfig.json', 'packages/**/tsconfig*.json', '**/*.config.*', '********'])(
  'the path %s can be asked for',
  (path) => {
    expect(problemOfAsked(askedOf({ configuration: [path] }))).toBeUndefined();
  },
);
