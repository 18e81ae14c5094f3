// The rings of the tests name files that exist, and each promise is proved by the first one.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { askedRing, endToEndOfFirstRing, isEndToEnd, promises, ringOf, unitsOfSecondRing } from './rings.ts';

const root = join(import.meta.dirname, '..');
const named = promises.flatMap(({ first, second }) => [...first, ...second]);

test('every test file that a ring or a promise names exists', () => {
  const all = [...named, ...unitsOfSecondRing];
  expect(all.filter((path) => !/\.test\.ts$/.test(path) || !existsSync(join(root, path)))).toEqual([]);
});

test('no ring names a file twice, and no promise names one in the wrong ring', () => {
  expect(unitsOfSecondRing).toEqual([...new Set(unitsOfSecondRing)]);
  expect(unitsOfSecondRing.filter(isEndToEnd)).toEqual([]);
  for (const { first, second } of promises) {
    expect(first.filter((path) => ringOf(path) !== 'first')).toEqual([]);
    expect(second.filter((path) => ringOf(path) !== 'second')).toEqual([]);
  }
});

test('the first ring proves each promise, with about seven end-to-end tests', () => {
  expect(promises.filter(({ first }) => first.length === 0)).toEqual([]);
  expect(endToEndOfFirstRing.length).toBeGreaterThanOrEqual(5);
  expect(endToEndOfFirstRing.length).toBeLessThanOrEqual(9);
});

test('a file that no list names is in the first ring as a unit test, and in the second as an end-to-end test', () => {
  expect(ringOf('src/git/new.test.ts')).toBe('first');
  expect(ringOf('test/new.test.ts')).toBe('first');
  expect(ringOf('test/e2e/new.test.ts')).toBe('second');
  expect(ringOf('test/agents/new.test.ts')).toBe('second');
});

test('a run of both rings, unless one is asked for; an unknown ring is refused', () => {
  expect(askedRing({})).toBe('all');
  expect(askedRing({ MOOSE_TEST_RING: 'second' })).toBe('second');
  expect(() => askedRing({ MOOSE_TEST_RING: 'third' })).toThrow('can be first, second or all');
});
