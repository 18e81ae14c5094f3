import { expect, test } from 'vitest';
import { edgesOf, placesOf } from './plan-places.ts';

const box = { width: 100, height: 20, gapX: 40, gapY: 10 };

test('R-SPEC-1: layers stand from left to right, and no box stands on another', () => {
  const { of, width, height } = placesOf([['a'], ['b', 'c'], ['d']], box);
  expect([width, height]).toEqual([380, 50]);
  expect(of.get('a')).toEqual({ x: 0, y: 15 });
  expect(of.get('b')).toEqual({ x: 140, y: 0 });
  expect(of.get('c')).toEqual({ x: 140, y: 30 });
  expect(of.get('d')).toEqual({ x: 280, y: 15 });
});

test('a line goes from what comes first to what depends on it; unknown keys have none', () => {
  const { of } = placesOf([['a'], ['b']], box);
  const orders = [
    { key: 'a', depends_on: ['a', 'nothing'] },
    { key: 'b', depends_on: ['a', 'a'] },
  ];
  expect(edgesOf(orders, of, box)).toEqual([{ id: 'a b', from: 'a', path: 'M100 10 C120 10 120 10 140 10' }]);
});

test('a plan without layers has a size', () => {
  expect(placesOf([], box)).toEqual({ of: new Map(), width: 100, height: 20 });
});

test('R-SPEC-2: a layer of two hundred takes columns that a person can read, and no box stands on another', () => {
  const keys = Array.from({ length: 200 }, (_, at) => `k${at}`);
  const { of, width, height } = placesOf([['first'], keys], { ...box, rowsMax: 12 });
  expect(of.size).toBe(201);
  expect(new Set(Array.from(of.values(), ({ x, y }) => `${x} ${y}`)).size).toBe(201);
  expect(height).toBe(12 * 20 + 11 * 10);
  expect(width).toBe(18 * 100 + 17 * 40);
});
