import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join } from '../src/join.js';

test('commas stand between words', () => {
  assert.equal(join(['a', 'b']), 'a, b');
});

test('nothing is empty', () => {
  assert.equal(join([]), '');
});
