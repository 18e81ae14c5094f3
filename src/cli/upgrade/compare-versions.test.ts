import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isNewer, isVersion } from './compare-versions.ts';

/** Versions in the order of Semantic Versioning's specification, and edge cases. */
const inOrder = [
  '0.9.10',
  '1.0.0-alpha',
  '1.0.0-alpha.1',
  '1.0.0-alpha.beta',
  '1.0.0-beta',
  '1.0.0-beta.2',
  '1.0.0-beta.11',
  '1.0.0-rc.1',
  '1.0.0',
  '1.0.1',
  '1.2.0',
  '1.10.0',
  '2.0.0',
];

test('R-DIST-1: versions are ordered as their specification says', () => {
  const sorted = [...inOrder].reverse().sort((one, other) => (isNewer(one, other) ? 1 : -1));
  expect(sorted).toEqual(inOrder);
});

test('the build of a version does not make it newer', () => {
  expect(isNewer('1.0.0+2', '1.0.0+1')).toBe(false);
  expect(isNewer('1.0.0', '1.0.0')).toBe(false);
});

test('property: of two versions at most one is newer', () => {
  const version = fc.constantFrom(...inOrder);
  fc.assert(
    fc.property(version, version, (one, other) => {
      expect(Number(isNewer(one, other)) + Number(isNewer(other, one))).toBe(one === other ? 0 : 1);
    }),
  );
});

test.each(['', '1.0', 'latest', '1.0.0; rm', '1.0.0\n2', `1.0.0-${'a'.repeat(200)}`, '\u001b[2J1.0.0'])(
  'the fear: a registry names as a version what is none: %j',
  (text) => {
    expect(isVersion(text)).toBe(false);
  },
);
