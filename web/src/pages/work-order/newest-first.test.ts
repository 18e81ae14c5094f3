import { expect, test } from 'vitest';
import { newestFirst } from './newest-first.ts';

test('the newest item is first for any input order, and each keeps its place', () => {
  const places = (given: string[]) =>
    newestFirst(given, (at) => at).map(({ place, item }) => `${place}${item}`);
  expect(places(['b', 'a', 'c'])).toEqual(['2c', '1b', '0a']);
  expect(places(['d', 'c', 'b', 'a'])).toEqual(['3d', '2c', '1b', '0a']);
});
