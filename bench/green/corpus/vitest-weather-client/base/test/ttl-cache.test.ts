import { expect, test } from 'vitest';
import { TtlCache } from '../src/ttl-cache';

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test('keeps a value for a while', () => {
  const cache = new TtlCache<number>(1000);
  cache.set('a', 1);
  expect(cache.get('a')).toBe(1);
  expect(cache.get('b')).toBeUndefined();
});

test('forgets it then', async () => {
  const cache = new TtlCache<number>(20);
  cache.set('a', 1);
  await wait(5);
  expect(cache.get('a')).toBe(1);
  await wait(25);
  expect(cache.get('a')).toBeUndefined();
});

test('has a size', () => {
  const cache = new TtlCache<number>(1000);
  cache.set('a', 1);
  cache.set('b', 2);
  cache.set('a', 3);
  expect(cache.size).toBe(2);
});
