import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newId, type RunId, shortId } from './ids.ts';

const times = fc.date({ min: new Date(0), max: new Date('9999-12-31'), noInvalidDate: true });

test('an id is a UUID of version 7 that contains its creation time', () => {
  fc.assert(
    fc.property(times, (at) => {
      const id = newId<RunId>(at);
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(at.getTime());
    }),
  );
});

test('ids of different milliseconds sort by their creation time', () => {
  fc.assert(
    fc.property(times, times, (one, other) => {
      fc.pre(one.getTime() < other.getTime());
      expect(newId<RunId>(one) < newId<RunId>(other)).toBe(true);
    }),
  );
});

test('many ids of the same millisecond all differ, and so do their short ids', () => {
  const now = new Date();
  const ids = Array.from({ length: 10_000 }, () => newId<RunId>(now));
  expect(new Set(ids).size).toBe(ids.length);
  // With 32 random bits, ten thousand ids contain an equal pair about once in a hundred runs; three pairs are
  // practically impossible.
  expect(new Set(ids.map(shortId)).size).toBeGreaterThan(ids.length - 3);
  for (const id of ids.slice(0, 100)) expect(id.replaceAll('-', '').endsWith(shortId(id))).toBe(true);
});
