import test from 'node:test';
import assert from 'node:assert/strict';
import { merge } from '../src/index.js';

test('the source wins', () => {
  assert.deepStrictEqual(merge({ a: 1, b: 2 }, { b: 3 }), { a: 1, b: 3 });
});

test('the target is not touched', () => {
  const target = { a: 1 };
  merge(target, { a: 2 });
  assert.deepStrictEqual(target, { a: 1 });
});
