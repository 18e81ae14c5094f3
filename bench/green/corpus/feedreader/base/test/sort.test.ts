import test from 'node:test';
import assert from 'node:assert/strict';
import { byTag, newestFirst } from '../src/sort.js';
import type { Item } from '../src/types.js';

const item = (id: string, day: number, tags: string[] = []): Item => ({ id, title: id, published: new Date(2024, 0, day), tags });

test('newest first', () => {
  assert.deepEqual(newestFirst([item('a', 1), item('b', 3), item('c', 2)]).map((i) => i.id), ['b', 'c', 'a']);
});

test('by tag', () => {
  const groups = byTag([item('a', 1, ['x', 'y']), item('b', 2, ['y'])]);
  assert.deepEqual([...groups].map(([tag, items]) => [tag, items.map((i) => i.id)]), [['x', ['a']], ['y', ['a', 'b']]]);
});
