import assert from 'node:assert/strict';
import test from 'node:test';
import { chunk, unique } from '../src/list.js';

test('a list is cut into pieces', () => {
  assert.deepEqual(chunk([1, 2, 3], 2), [[1, 2], [3]]);
  assert.deepEqual(chunk([], 2), []);
});

test('repeated items are dropped', () => {
  assert.deepEqual(unique(['a', 'b', 'a']), ['a', 'b']);
});
