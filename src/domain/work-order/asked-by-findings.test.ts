import { expect, test } from 'vitest';
import { nothingAsked } from './asked.ts';
import { askedBy, withAsked } from './asked-by-findings.ts';
import type { Finding, FindingKind } from './finding.ts';

const refused = (kind: FindingKind, of: Partial<Finding> = {}): Finding => ({
  weight: 'refuses',
  kind,
  text: 'It is refused.',
  files: [],
  tests: [],
  ...of,
});

test.each([
  ['test_skipped', { skips: ['prints'] }],
  ['test_lost', { removes: ['prints'] }],
  ['fewer_cases', { removes: ['prints'] }],
  ['green_only_by_its_tests', { tests: 'may_change' }],
  ['test_emptied', { tests: 'may_change' }],
  ['green_only_by_its_configuration', { configuration: ['tsconfig.json'] }],
] as const)('R-GREEN-17: what refuses as %s is added by its names', (kind, added) => {
  const finding = refused(kind, { files: ['tsconfig.json'], tests: ['prints'] });
  expect(askedBy([finding], undefined)).toEqual({ ...nothingAsked, ...added });
});

test('R-GREEN-17: fear: a person allows one thing, and the change is refused for another one', () => {
  const skipped = refused('test_skipped', { tests: ['prints'] });
  expect(askedBy([skipped, refused('value_of_test_in_product')], undefined)).toBeNull();
  expect(askedBy([skipped, refused('test_lost')], undefined)).toBeNull();
  const told = { ...refused('test_retried'), weight: 'tells' as const };
  expect(askedBy([told, skipped], undefined)).toMatchObject({ skips: ['prints'] });
});

test('R-GREEN-17: what is asked already does not help again, and what is too long cannot be asked', () => {
  const skipped = refused('test_skipped', { tests: ['prints'] });
  expect(askedBy([skipped], { ...nothingAsked, skips: ['prints', 'opens'] })).toBeNull();
  expect(askedBy([skipped], { ...nothingAsked, skips: ['opens'] })).toMatchObject({ skips: ['prints'] });
  expect(askedBy([refused('test_skipped', { tests: ['x'.repeat(301)] })], undefined)).toBeNull();
  expect(askedBy([], undefined)).toBeNull();
});

test('R-GREEN-17: what is added leaves what is asked already as it is', () => {
  const asked = { ...nothingAsked, needs_test: true, skips: ['opens'], configuration: ['a.json'] };
  expect(withAsked(asked, { tests: 'may_change', skips: ['prints', 'opens'] })).toEqual({
    ...asked,
    tests: 'may_change',
    skips: ['opens', 'prints'],
  });
});
